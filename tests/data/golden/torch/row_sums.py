import torch


def contraction(x0):
    """ij -> i"""
    t0 = x0.sum(1)  # i
    return t0
