import numpy as np


def contraction(x0, x1, x2):
    """bi, oij, bj -> bo"""
    t0 = x1.reshape(x1.shape[0] * x0.shape[1], x1.shape[2])  # (o i) j
    t1 = x2.T  # j b
    t2 = t0.dot(t1)  # (o i) b
    del t0
    t3 = t2.reshape(x1.shape[0], x0.shape[1], x0.shape[0])  # o i b
    t4 = x0[:, None, :]  # b 1 i
    t5 = t3.transpose(2, 1, 0)  # b i o
    t6 = np.matmul(t4, t5)  # b 1 o
    t7 = t6[:, 0, :]  # b o
    return t7
