import numpy as np


def contraction(x0, x1):
    """ij, jk -> ki"""
    t0 = x1.T  # k j
    t1 = x0.T  # j i
    t2 = t0.dot(t1)  # k i
    return t2
