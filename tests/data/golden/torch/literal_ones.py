import torch


def contraction(x0):
    """b1c -> c1b1"""
    t0 = x0.squeeze(1)  # b c
    t1 = t0.t()  # c b
    t2 = t1[:, None, :, None]  # c 1 b 1
    return t2
