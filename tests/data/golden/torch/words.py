import torch


def contraction(x0, x1):
    """batch row k, batch k col -> batch row col"""
    t0 = x0.bmm(x1)  # batch row col
    return t0
