import torch


def contraction(x0):
    """ii ->"""
    t0 = x0.trace()  # scalar
    return t0
