import torch


def contraction(x0, x1, x2):
    """ij, jk, kl -> il"""
    t0 = torch.mm(x0, x1)  # i k
    t1 = torch.mm(t0, x2)  # i l
    return t1
