import numpy as np


def contraction(x0):
    """ii -> i"""
    t0 = x0.diagonal()  # i
    t0.flags.writeable = x0.flags.writeable
    return t0
