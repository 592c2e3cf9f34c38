import numpy as np


def contraction(x0, x1):
    """i, i -> i"""
    t0 = np.multiply(x0, x1)  # i
    return t0
