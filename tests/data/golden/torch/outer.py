import torch


def contraction(x0, x1):
    """i, j -> ij"""
    t0 = x0.unsqueeze(1)  # i 1
    t1 = t0 * x1  # i j
    return t1
