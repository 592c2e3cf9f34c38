import numpy as np


def contraction(x0, x1):
    """ij, i1 -> i"""
    t0 = np._core.multiarray.c_einsum("ab->a", x0)  # i
    t1 = x1[:, 0]  # i
    t2 = np.multiply(t0, t1, out=t0)  # i
    return t2
