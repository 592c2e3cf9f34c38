import numpy as np


def contraction(x0, x1):
    """ik, kj -> ij"""
    t0 = x0.dot(x1)  # i j
    return t0
