import torch


def contraction(x0, x1):
    """ik, kj -> ij"""
    t0 = x0.mm(x1)  # i j
    return t0
