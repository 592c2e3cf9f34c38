import torch


def contraction(x0, x1, x2):
    """bi, oij, bj -> bo"""
    t0 = x1.permute(2, 0, 1)  # j o i
    t1 = t0.reshape(x1.shape[2], x1.shape[0] * x0.shape[1])  # j (o i)
    t2 = x2.mm(t1)  # b (o i)
    del t1
    t3 = t2.reshape(x0.shape[0], x1.shape[0], x0.shape[1])  # b o i
    t4 = x0.unsqueeze(2)  # b i 1
    t5 = t3.bmm(t4)  # b o 1
    t6 = t5.squeeze(2)  # b o
    return t6
