import torch


def contraction(x0, x1):
    """ij, j -> i"""
    t0 = torch.mv(x0, x1)  # i
    return t0
