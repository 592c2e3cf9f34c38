import numpy as np


def contraction(x0, x1, x2):
    """bi, oij, bj -> bo"""
    t0 = x1.reshape(x1.shape[0] * x0.shape[1], x1.shape[2])  # (o i) j
    t1 = x2.T  # j b
    t2 = t0.dot(t1)  # (o i) b
    del t0
    t3 = t2.reshape(x1.shape[0], x0.shape[1], x0.shape[0])  # o i b
    t4 = np._core.multiarray.c_einsum("ab,cba->ac", x0, t3)  # b o
    return t4
