import numpy as np


def contraction(x0):
    """i -> ii"""
    t0 = np.where(np.eye(x0.shape[-1], dtype=bool), x0[..., None], np.zeros((), x0.dtype))  # i i
    return t0
