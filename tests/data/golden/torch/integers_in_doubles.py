import torch


def contraction(x0, x1):
    """bij, bkj -> bik"""
    t0 = x0.to(torch.float64)  # b i j
    t1 = x1.to(torch.float64)  # b k j
    t2 = t1.mT  # b j k
    t3 = t0.bmm(t2)  # b i k
    del t0, t1, t2
    t4 = t3.to(torch.int64)  # b i k
    del t3
    t5 = t4.to(torch.int16)  # b i k
    return t5
