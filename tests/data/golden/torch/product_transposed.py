import torch


def contraction(x0, x1):
    """ij, jk -> ki"""
    t0 = x1.t()  # k j
    t1 = x0.t()  # j i
    t2 = torch.mm(t0, t1)  # k i
    return t2
