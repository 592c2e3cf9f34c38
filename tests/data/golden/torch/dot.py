import torch


def contraction(x0, x1):
    """i, i ->"""
    t0 = torch.dot(x0, x1)  # scalar
    return t0
