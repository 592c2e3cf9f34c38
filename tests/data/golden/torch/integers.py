import torch


def contraction(x0, x1):
    """ij, jk -> i"""
    t0 = x1.sum(1, dtype=torch.int32)  # j
    t1 = x0.mv(t0)  # i
    return t1
