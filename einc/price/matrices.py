"""How long matrix products take."""

from __future__ import annotations

from einc.backends.spelling import Backend, Rates, category
from einc.expression import flat
from einc.price.copies import copy_seconds
from einc.price.lie import Memory
from einc.program import Value

READING = 3.0  # times as quick as copying
BOTH_TURNED = 8.0  # times as slow is a product without BLAS if both of its matrices lie transposed
VECTORS = 8.0  # times as quick is a product of two vectors in a batch begun as one of matrices


def product_seconds(x: Value, y: Value, memory: Memory, backend: Backend, macs: float) -> float:
    """Of a matrix product, at so many multiply-adds a second, with what is done to operands that lie badly."""
    rates = backend.rates
    *batch, rows, summed = x.layout if len(x.layout) > 1 else ((), *x.layout)
    columns = y.layout[-1] if len(y.layout) > 1 else ()
    matrices = memory.points(tuple(dict.fromkeys((*flat(tuple(batch)), *flat(y.layout[:-2])))))
    sides = memory.points(rows), memory.points(summed), memory.points(columns)
    call = rates.call if (len(x.layout), len(y.layout)) in backend.matmul else rates.general
    turned = [not memory.ends_in(side, last) for side, last in ((x, summed), (y, columns))]
    if category(x.dtype) == "inexact":
        seconds = call + matrices * _one(*sides, matrices > 1, macs, rates)
    else:
        one = _without_blas(*sides, macs, rates)
        seconds = call + matrices * one * (BOTH_TURNED if all(turned) else 1.0)
    for side, is_turned in zip((x, y), turned):
        elements = matrices * memory.points(flat(side.layout[-2:]))
        if rates.copies_operands and len(x.layout) > 3 and () in side.layout[:-2]:
            seconds += elements / rates.near  # it is repeated in memory
        if _is_scattered(side, memory, rates):
            seconds += _copied(side, elements, memory, rates)
        elif sides[0] > 1 < sides[2] and is_turned:
            seconds += elements / rates.turning
    return seconds


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


def _is_scattered(x: Value, memory: Memory, rates: Rates) -> bool:
    """Whether the library copies an operand: where the batch lies innermost, or is to be one axis and is not."""
    *batch, one, other = ((), *x.layout) if len(x.layout) < 2 else x.layout
    if rates.copies_operands and len(batch) > 1 and not memory.is_view(x, (flat(tuple(batch)), one, other)):
        return True
    own = (*one, *other)
    return not memory.ends_in(x, own) and not {*own}.isdisjoint(memory.told(memory.order(x)))


def _copied(x: Value, elements: int, memory: Memory, rates: Rates) -> float:
    """The seconds in which it does so: once, or matrix by matrix."""
    if not rates.copies_operands:
        return 2 * elements / rates.near
    return copy_seconds(x, flat(x.layout), memory, rates)
