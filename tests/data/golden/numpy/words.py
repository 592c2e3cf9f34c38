import numpy as np


def contraction(x0, x1):
    """batch row k, batch k col -> batch row col"""
    t0 = np.matmul(x0, x1)  # batch row col
    return t0
