import torch


def contraction(x0, x1):
    """bi, bi -> b"""
    t0 = torch.linalg.vecdot(x0, x1)  # b
    return t0
