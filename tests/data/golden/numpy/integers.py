import numpy as np


def contraction(x0, x1):
    """ij, jk -> i"""
    t0 = x1.sum(1, dtype=np.int32)  # j
    t1 = x0.dot(t0)  # i
    return t1
