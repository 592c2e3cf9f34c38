import numpy as np


def contraction(x0):
    """b1c -> c1b1"""
    t0 = x0[:, 0, :]  # b c
    t1 = t0.T  # c b
    t2 = t1[:, None, :, None]  # c 1 b 1
    return t2
