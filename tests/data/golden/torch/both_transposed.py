import torch


def contraction(x0, x1):
    """ki, jk -> ij"""
    t0 = x0.t()  # i k
    t1 = x1.t()  # k j
    t2 = torch.mm(t0, t1)  # i j
    return t2
