import numpy as np


def contraction(x0, x1):
    """...0 ...1 d, m d -> (...0 ...1) m"""
    t0 = np._core.multiarray.c_einsum("abc,dc->abd", x0, x1)  # ...0 ...1 m
    t1 = t0.reshape(x0.shape[0] * x0.shape[1], x1.shape[0])  # (...0 ...1) m
    return t1
