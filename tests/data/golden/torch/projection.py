import torch


def contraction(x0, x1):
    """bti, ij -> btj"""
    t0 = x0.reshape(x0.shape[0] * x0.shape[1], x0.shape[2])  # (b t) i
    t1 = t0.mm(x1)  # (b t) j
    t2 = t1.reshape(x0.shape[0], x0.shape[1], x1.shape[1])  # b t j
    return t2
