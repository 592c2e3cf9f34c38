import numpy as np


def contraction(x0, x1):
    """iij, jk -> ik"""
    t0 = x0.diagonal()  # j i
    t1 = t0.T  # i j
    t2 = t1.dot(x1)  # i k
    return t2
