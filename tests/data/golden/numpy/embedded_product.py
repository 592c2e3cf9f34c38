import numpy as np


def contraction(x0, x1):
    """ij, jk -> iki"""
    t0 = x0.dot(x1)  # i k
    t1 = t0.T  # k i
    t2 = np.where(np.eye(t1.shape[-1], dtype=bool), t1[..., None], np.zeros((), t1.dtype))  # k i i
    t3 = t2.transpose(1, 0, 2)  # i k i
    return t3
