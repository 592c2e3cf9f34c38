import numpy as np


def contraction(x0, x1):
    """bik, bkj -> bij"""
    t0 = np.matmul(x0, x1)  # b i j
    return t0
