import torch


def contraction(x0):
    """ii -> i"""
    t0 = x0.diagonal()  # i
    return t0
