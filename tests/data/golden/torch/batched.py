import torch


def contraction(x0, x1):
    """bik, bkj -> bij"""
    t0 = x0.bmm(x1)  # b i j
    return t0
