import torch


def contraction(x0, x1):
    """ij, i1 -> i"""
    t0 = x0.sum(1)  # i
    t1 = x1.squeeze(1)  # i
    t2 = t0 * t1  # i
    return t2
