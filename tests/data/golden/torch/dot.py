import torch


def contraction(x0, x1):
    """i, i ->"""
    t0 = x0.dot(x1)  # scalar
    return t0
