import numpy as np


def contraction(x0, x1):
    """ij, jk -> ki"""
    t0 = x0.dot(x1)  # i k
    t1 = t0.T  # k i
    return t1
