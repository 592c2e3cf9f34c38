import numpy as np


def contraction(x0, x1):
    """ij, jk -> ik"""
    t0 = x0.astype(np.float32)  # i j
    t1 = x1.astype(np.float32)  # j k
    t2 = np.matmul(t0, t1)  # i k
    del t0, t1
    t3 = t2.astype(np.bool)  # i k
    return t3
