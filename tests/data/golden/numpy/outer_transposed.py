import numpy as np


def contraction(x0, x1):
    """i, j -> ji"""
    t0 = x1[:, None]  # j 1
    t1 = np.multiply(x0, t0)  # j i
    return t1
