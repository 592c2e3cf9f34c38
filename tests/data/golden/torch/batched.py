import torch


def contraction(x0, x1):
    """bik, bkj -> bij"""
    t0 = torch.bmm(x0, x1)  # b i j
    return t0
