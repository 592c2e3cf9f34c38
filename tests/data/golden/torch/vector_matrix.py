import torch


def contraction(x0, x1):
    """i, ij -> j"""
    t0 = x1.t()  # j i
    t1 = t0.mv(x0)  # j
    return t1
