import torch


def contraction(x0, x1):
    """i, j -> ji"""
    t0 = x1.unsqueeze(1)  # j 1
    t1 = x0 * t0  # j i
    return t1
