import numpy as np


def contraction(x0, x1):
    """bi, bi -> b"""
    t0 = x0[:, None, :]  # b 1 i
    t1 = x1[:, :, None]  # b i 1
    t2 = np.matmul(t0, t1)  # b 1 1
    t3 = t2[:, 0, 0]  # b
    return t3
