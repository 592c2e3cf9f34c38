import torch


def contraction(x0, x1):
    """ki, jk -> ij"""
    t0 = torch.mm(x1, x0)  # j i
    t1 = t0.t()  # i j
    return t1
