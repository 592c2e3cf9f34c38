import torch


def contraction(x0, x1, x2):
    """ij, ij, ji -> ij"""
    t0 = x0.t()  # j i
    t1 = t0 * x2  # j i
    t2 = t1.t()  # i j
    t3 = t2 * x1  # i j
    return t3
