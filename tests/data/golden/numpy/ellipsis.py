import numpy as np


def contraction(x0, x1):
    """...0 1 i j, ...1 j k -> ...0 ...1 i k"""
    t0 = x0[:, 0, :, :]  # ...0 i j
    t1 = np._core.multiarray.c_einsum("abc,dce->adbe", t0, x1)  # ...0 ...1 i k
    return t1
