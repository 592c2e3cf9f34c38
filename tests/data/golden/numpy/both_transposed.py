import numpy as np


def contraction(x0, x1):
    """ki, jk -> ij"""
    t0 = x1.dot(x0)  # j i
    t1 = t0.T  # i j
    return t1
