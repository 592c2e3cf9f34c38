import numpy as np


def contraction(x0, x1):
    """ki, jk -> ij"""
    t0 = x0.T  # i k
    t1 = x1.T  # k j
    t2 = t0.dot(t1)  # i j
    return t2
