import torch


def contraction(x0, x1):
    """ij, j -> i"""
    t0 = x0.mv(x1)  # i
    return t0
