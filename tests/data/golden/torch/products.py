import torch


def contraction(x0, x1, x2):
    """ij, ij, ji -> ij"""
    t0 = x2.t()  # i j
    t1 = x0 * t0  # i j
    t2 = t1 * x1  # i j
    return t2
