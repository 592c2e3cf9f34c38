import torch


def contraction(x0, x1):
    """bqhd, bkhd -> bhqk"""
    t0 = x0.permute(0, 2, 1, 3)  # b h q d
    t1 = x1.permute(0, 2, 3, 1)  # b h d k
    t2 = torch.matmul(t0, t1)  # b h q k
    return t2
