import torch


def contraction(x0, x1):
    """, ij -> ij"""
    t0 = x0 * x1  # i j
    return t0
