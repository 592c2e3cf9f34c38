import numpy as np


def contraction(x0, x1):
    """bi, bi -> b"""
    t0 = np.vecdot(x0, x1)  # b
    return t0
