import torch


def contraction(x0):
    """bhtd -> bt(h d)"""
    t0 = x0.permute(0, 2, 1, 3)  # b t h d
    t1 = t0.reshape(x0.shape[0], x0.shape[2], x0.shape[1] * x0.shape[3])  # b t (h d)
    t2 = t1.clone()  # b t (h d)
    return t2
