import torch


def contraction(x0, x1):
    """bhqd, bhkd -> bhqk"""
    t0 = x1.mT  # b h d k
    t1 = torch.matmul(x0, t0)  # b h q k
    return t1
