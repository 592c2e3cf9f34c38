import numpy as np


def contraction(x0, x1, x2):
    """ij, ij, ji -> ij"""
    t0 = x2.T  # i j
    t1 = np.multiply(x0, t0)  # i j
    t2 = np.multiply(t1, x1, out=t1)  # i j
    return t2
