import torch


def contraction(x0, x1):
    """ij, jk -> ik"""
    t0 = x0.mm(x1)  # i k
    return t0
