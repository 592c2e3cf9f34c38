import torch


def contraction(x0):
    """ij -> i"""
    t0 = x0.any(1)  # i
    return t0
