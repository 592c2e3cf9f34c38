"""How long matrix products take."""

from __future__ import annotations

from einc.backends.spelling import Backend, Rates, category
from einc.expression import Group, flat
from einc.price.copies import copy_seconds
from einc.price.lie import Memory
from einc.program import Value

READING = 3.0  # times as quick as copying
BOTH_TURNED = 8.0  # times as slow is a product without BLAS if both of its matrices lie transposed
VECTORS = 8.0  # times as quick is a product of two vectors in a batch begun as one of matrices


def product_seconds(x: Value, y: Value, memory: Memory, backend: Backend, macs: float) -> float:
    """Of a matrix product, at so many multiply-adds a second, with what is done to operands that lie badly."""
    rates = backend.rates
    ranks = len(x.layout), len(y.layout)
    rows, summed = x.layout[-2:] if ranks[0] > 1 else ((), x.layout[0])
    columns = y.layout[-1] if ranks[1] > 1 else ()
    matrices = 1
    if max(ranks) > 2:
        matrices = memory.points(tuple(dict.fromkeys(flat((*x.layout[:-2], *y.layout[:-2])))))
    m, k, n = memory.points(rows), memory.points(summed), memory.points(columns)
    call = rates.call if ranks in backend.matmul else rates.general
    ends = memory.innermost(x), memory.innermost(y)
    turned = _is_outside(ends[0], summed), _is_outside(ends[1], columns)
    if category(x.dtype) == "inexact":
        seconds = call + matrices * _one(m, k, n, matrices > 1, macs, rates)
    else:
        one = _without_blas(m, k, n, macs, rates)
        seconds = call + matrices * one * (BOTH_TURNED if all(turned) else 1.0)
    for side, own, end, is_turned, size in zip((x, y), (rows + summed, summed + columns), ends, turned, (m * k, k * n)):
        elements = matrices * size
        if rates.copies_operands and ranks[0] > 3 and () in side.layout[:-2]:
            seconds += elements / rates.near  # it is repeated in memory
        if _is_scattered(side, own, end, memory, rates):
            seconds += _copied(side, elements, memory, rates)
        elif m > 1 < n and is_turned:
            seconds += elements / rates.turning
    return seconds


def least_product(matrices: int, m: int, k: int, n: int, backend: Backend, macs: float) -> float:
    """The seconds of a batch of products of m times k and k times n elements, or of their transposes, that lie well."""
    rates = backend.rates
    rank = 3 if matrices > 1 else 2
    call = rates.call if (rank, rank) in backend.matmul else rates.general
    return call + matrices * min(_one(m, k, n, matrices > 1, macs, rates), _one(n, k, m, matrices > 1, macs, rates))


def _is_outside(end: Group, group: Group) -> bool:
    """Whether elements lie side by side along an index that is none of a group, if along any."""
    return bool(end) and end[0] not in group


def _one(m: int, k: int, n: int, in_batch: bool, macs: float, rates: Rates) -> float:
    """The seconds of one product of m times k and k times n elements, the call aside."""
    work = m * k * n / macs
    for side in (m, n):
        work *= 1 + rates.half_speed / side if side > 1 else 1
    work *= 1 + rates.half_speed / k
    traffic = (m * k + k * n + m * n) / rates.near / READING
    if not in_batch:
        return max(work, traffic)
    column = rates.column if n == 1 < m else 1.0
    return max(work, traffic * column) + (rates.matrix if m * n > 1 else rates.matrix / VECTORS)


def _without_blas(m: int, k: int, n: int, macs: float, rates: Rates) -> float:
    """The seconds of one product by a loop of the library's own, which runs along the columns."""
    return m * k * n / macs * (1 + rates.columns / n if n > 1 else 1.0)


def _is_scattered(x: Value, own: Group, end: Group, memory: Memory, rates: Rates) -> bool:
    """Whether the library copies an operand: where the batch lies innermost, or is to be one axis and is not."""
    if rates.copies_operands and len(x.layout) > 3 and not memory.is_view(x, (flat(x.layout[:-2]), *x.layout[-2:])):
        return True
    return _is_outside(end, own) and not memory.ones.issuperset(own)


def _copied(x: Value, elements: int, memory: Memory, rates: Rates) -> float:
    """The seconds in which it does so: once, or matrix by matrix."""
    if not rates.copies_operands:
        return 2 * elements / rates.near
    return copy_seconds(x, flat(x.layout), memory, rates)
