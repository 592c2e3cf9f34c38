import torch


def contraction(x0, x1, x2):
    """ij, jk, kl -> il"""
    t0 = x0.mm(x1)  # i k
    t1 = t0.mm(x2)  # i l
    return t1
