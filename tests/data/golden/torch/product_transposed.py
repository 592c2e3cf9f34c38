import torch


def contraction(x0, x1):
    """ij, jk -> ki"""
    t0 = x0.mm(x1)  # i k
    t1 = t0.t()  # k i
    return t1
