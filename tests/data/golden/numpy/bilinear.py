import numpy as np


def contraction(x0, x1, x2):
    """bi, oij, bj -> bo"""
    t0 = np._core.multiarray.c_einsum("abc,dc->abd", x1, x2)  # o i b
    t1 = np._core.multiarray.c_einsum("ab,cba->ac", x0, t0)  # b o
    return t1
