import numpy as np


def contraction(x0, x1):
    """i, ij -> j"""
    t0 = x1.T  # j i
    t1 = t0.dot(x0)  # j
    return t1
