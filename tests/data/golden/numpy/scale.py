import numpy as np


def contraction(x0, x1):
    """, ij -> ij"""
    t0 = np.multiply(x0, x1)  # i j
    return t0
