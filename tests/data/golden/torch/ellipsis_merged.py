import torch


def contraction(x0, x1):
    """...0 ...1 d, m d -> (...0 ...1) m"""
    t0 = x0.reshape(x0.shape[0] * x0.shape[1], x0.shape[2])  # (...0 ...1) d
    t1 = x1.t()  # d m
    t2 = t0.mm(t1)  # (...0 ...1) m
    return t2
