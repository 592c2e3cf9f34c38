import torch


def contraction(x0):
    """ij ->"""
    t0 = x0.sum()  # scalar
    return t0
