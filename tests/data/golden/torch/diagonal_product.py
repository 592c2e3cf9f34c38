import torch


def contraction(x0, x1):
    """iij, jk -> ik"""
    t0 = x0.diagonal()  # j i
    t1 = t0.t()  # i j
    t2 = t1.mm(x1)  # i k
    return t2
