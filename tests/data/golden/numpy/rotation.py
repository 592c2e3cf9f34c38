import numpy as np


def contraction(x0):
    """abc -> cab"""
    t0 = x0.transpose(2, 0, 1)  # c a b
    return t0
