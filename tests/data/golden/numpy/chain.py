import numpy as np


def contraction(x0, x1, x2):
    """ij, jk, kl -> il"""
    t0 = x0.dot(x1)  # i k
    t1 = t0.dot(x2)  # i l
    return t1
