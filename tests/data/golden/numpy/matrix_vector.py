import numpy as np


def contraction(x0, x1):
    """ij, j -> i"""
    t0 = x0.dot(x1)  # i
    return t0
