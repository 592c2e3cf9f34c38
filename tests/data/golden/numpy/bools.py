import numpy as np


def contraction(x0, x1):
    """ij, jk -> ik"""
    t0 = x0.dot(x1)  # i k
    return t0
