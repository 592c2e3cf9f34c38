import numpy as np


def contraction(x0):
    """bt(h d) -> bhtd"""
    t0 = x0.reshape(x0.shape[0], x0.shape[1], 2, x0.shape[2] // 2)  # b t h d
    t1 = t0.transpose(0, 2, 1, 3)  # b h t d
    return t1
