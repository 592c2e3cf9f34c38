import torch


def contraction(x0, x1):
    """ij, jk -> iki"""
    t0 = x0.mm(x1)  # i k
    t1 = t0.t()  # k i
    t2 = torch.diag_embed(t1)  # k i i
    t3 = t2.permute(1, 0, 2)  # i k i
    return t3
