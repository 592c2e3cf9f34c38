import torch


def contraction(x0, x1):
    """ij, jk -> ik"""
    t0 = x0.to(torch.float32)  # i j
    t1 = x1.to(torch.float32)  # j k
    t2 = t0.mm(t1)  # i k
    del t0, t1
    t3 = t2.to(torch.bool)  # i k
    return t3
