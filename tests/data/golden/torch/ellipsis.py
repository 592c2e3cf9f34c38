import torch


def contraction(x0, x1):
    """...0 1 i j, ...1 j k -> ...0 ...1 i k"""
    t0 = x0.reshape(1, x0.shape[0] * x0.shape[2], x0.shape[3])  # 1 (...0 i) j
    t1 = t0.expand(x1.shape[0], -1, -1).bmm(x1)  # ...1 (...0 i) k
    t2 = t1.reshape(x1.shape[0], x0.shape[0], x0.shape[2], x1.shape[2])  # ...1 ...0 i k
    t3 = t2.permute(1, 0, 2, 3)  # ...0 ...1 i k
    return t3
