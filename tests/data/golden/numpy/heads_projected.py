import numpy as np


def contraction(x0, x1):
    """b t (h d), h d out -> b t out"""
    t0 = x0.reshape(x0.shape[0], x0.shape[1], x1.shape[0], x1.shape[1])  # b t h d
    t1 = np._core.multiarray.c_einsum("abcd,cde->abe", t0, x1)  # b t out
    return t1
