import torch


def contraction(x0, x1):
    """ki, jk -> ij"""
    t0 = x1.mm(x0)  # j i
    t1 = t0.t()  # i j
    return t1
