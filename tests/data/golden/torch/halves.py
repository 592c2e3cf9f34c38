import torch


def contraction(x0, x1):
    """ij, jk -> ik"""
    t0 = torch.mm(x0, x1)  # i k
    return t0
