import torch


def contraction(x0, x1):
    """1j, ij -> ij"""
    t0 = x0[0, :]  # j
    t1 = t0 * x1  # i j
    return t1
