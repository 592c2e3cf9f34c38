import numpy as np


def contraction(x0):
    """ij -> ji"""
    t0 = x0.T  # j i
    return t0
