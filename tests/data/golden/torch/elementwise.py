import torch


def contraction(x0, x1):
    """i, i -> i"""
    t0 = x0 * x1  # i
    return t0
