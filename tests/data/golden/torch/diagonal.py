import torch


def contraction(x0):
    """ii -> i"""
    t0 = x0.diagonal(0, 0, 1)  # i
    return t0
