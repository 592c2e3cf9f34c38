import torch


def contraction(x0, x1):
    """b t (h d), h d out -> b t out"""
    t0 = x0.reshape(x0.shape[0] * x0.shape[1], x1.shape[0] * x1.shape[1])  # (b t) (h d)
    t1 = x1.reshape(x1.shape[0] * x1.shape[1], x1.shape[2])  # (h d) out
    t2 = t0.mm(t1)  # (b t) out
    t3 = t2.reshape(x0.shape[0], x0.shape[1], x1.shape[2])  # b t out
    return t3
