import torch


def contraction(x0, x1):
    """ij, ij ->"""
    t0 = x0.reshape(-1)  # (i j)
    t1 = x1.reshape(-1)  # (i j)
    t2 = t0.dot(t1)  # scalar
    return t2
