import torch


def contraction(x0):
    """ij -> ji"""
    t0 = x0.t()  # j i
    return t0
