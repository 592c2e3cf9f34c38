import torch


def contraction(x0):
    """i -> ii"""
    t0 = torch.diag_embed(x0)  # i i
    return t0
