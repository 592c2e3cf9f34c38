import numpy as np


def contraction(x0, x1):
    """...0 1 i j, ...1 j k -> ...0 ...1 i k"""
    t0 = x0.reshape(x0.shape[0] * x0.shape[2], x0.shape[3])  # (...0 i) j
    t1 = x1.transpose(1, 0, 2)  # j ...1 k
    t2 = t1.reshape(x0.shape[3], x1.shape[0] * x1.shape[2])  # j (...1 k)
    t3 = t0.dot(t2)  # (...0 i) (...1 k)
    t4 = t3.reshape(x0.shape[0], x0.shape[2], x1.shape[0], x1.shape[2])  # ...0 i ...1 k
    t5 = t4.transpose(0, 2, 1, 3)  # ...0 ...1 i k
    return t5
