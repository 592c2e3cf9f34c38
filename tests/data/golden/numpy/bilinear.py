import numpy as np


def contraction(x0, x1, x2):
    """bi, oij, bj -> bo"""
    t0 = x1.transpose(2, 0, 1)  # j o i
    t1 = t0.reshape(x1.shape[2], x1.shape[0] * x0.shape[1])  # j (o i)
    t2 = x2.dot(t1)  # b (o i)
    del t1
    t3 = t2.reshape(x0.shape[0], x1.shape[0], x0.shape[1])  # b o i
    t4 = np._core.multiarray.c_einsum("ab,acb->ac", x0, t3)  # b o
    return t4
