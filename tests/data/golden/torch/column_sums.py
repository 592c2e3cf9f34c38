import torch


def contraction(x0):
    """ij -> j"""
    t0 = x0.sum(0)  # j
    return t0
