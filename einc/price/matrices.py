"""How long matrix products take."""

from __future__ import annotations

from einc.backends.spelling import Backend, Rates, category, rates_in
from einc.expression import Group, flat
from einc.price.lie import Memory
from einc.price.runs import READING, copy_seconds
from einc.program import Value

BOTH_TURNED = 8.0  # times as slow is a product without BLAS if both of its matrices lie transposed
NARROW_TURNED = 1.5  # times as slow is a product with few columns if both of its matrices lie transposed
NEARER = 2.5  # times as quick are matrices that stay near the processor
STAYING = 8  # times as many elements stay there if they are only read
PLAIN = 1e9  # multiply-adds a second of products of tiny matrices in a batch


def product_seconds(x: Value, y: Value, memory: Memory, backend: Backend) -> float:
    """Of a matrix product, with what is done to operands that lie badly."""
    rates = rates_in(backend.rates, x.dtype)
    ranks = len(x.layout), len(y.layout)
    rows, summed = x.layout[-2:] if ranks[0] > 1 else ((), x.layout[0])
    columns = y.layout[-1] if ranks[1] > 1 else ()
    matrices = 1
    if max(ranks) > 2:
        matrices = memory.points(tuple(dict.fromkeys(flat((*x.layout[:-2], *y.layout[:-2])))))
    m, k, n = memory.points(rows), memory.points(summed), memory.points(columns)
    call = rates.call if ranks in backend.matmul else rates.general
    ends = memory.innermost(x), memory.innermost(y)
    lost = n == 1 and _is_repeated(y, rates)  # a column that was a row is none any more
    turned = _is_outside(ends[0], summed), _is_outside(ends[1], columns) and not lost
    if category(x.dtype) == "inexact":
        seconds = call + matrices * _one((m, k, n), matrices, rates, turned)
    else:
        one = _without_blas(m, k, n, rates)
        seconds = call + matrices * one * (BOTH_TURNED if all(turned) else 1.0)
    for side, own, end, is_turned, size in zip((x, y), (rows + summed, summed + columns), ends, turned, (m * k, k * n)):
        elements = matrices * size
        if _is_repeated(side, rates):
            seconds += elements / rates.near
        if _is_scattered(side, own, end, memory, rates):
            seconds += _copied(side, elements, memory, rates)
        elif m > 1 < n and is_turned and side is y:
            seconds += elements / rates.turning
    return seconds


def least_product(matrices: int, m: int, k: int, n: int, backend: Backend, dtype: str) -> float:
    """The seconds of a batch of products of m times k and k times n elements, or of their transposes, that lie well."""
    rates = rates_in(backend.rates, dtype)
    rank = 3 if matrices > 1 else 2
    call = rates.call if (rank, rank) in backend.matmul else rates.general
    return call + matrices * min(_one(sides, matrices, rates) for sides in ((m, k, n), (n, k, m)))


def _is_repeated(x: Value, rates: Rates) -> bool:
    """Whether the library repeats an operand in memory, for matrices of a batch that share it."""
    return rates.copies_operands and len(x.layout) > 3 and () in x.layout[:-2]


def _is_outside(end: Group, group: Group) -> bool:
    """Whether elements lie side by side along an index that is none of a group, if along any."""
    return bool(end) and end[0] not in group


def _one(sides: tuple[int, int, int], matrices: int, rates: Rates, turned: tuple[bool, bool] = (False, True)) -> float:
    """The seconds of one product of a batch of so many, the call aside; a second factor lies best if transposed."""
    m, k, n = sides
    work = m * k * n / rates.macs
    for side in (m, n):
        work *= 1 + rates.half_speed / side if side > 1 else 1
    work *= 1 + rates.half_speed / k
    read, made = m * k + k * n, m * n
    is_near = matrices * read < STAYING * rates.warm and matrices * made < rates.warm
    seconds = max(work, (read + made) / rates.near / READING / (NEARER if is_near else 1.0))
    if n < rates.narrow.columns and (n > 1 or (matrices > 1 and rates.narrow.one)):
        seconds = max(seconds, m * (rates.narrow.row + k * rates.narrow.element * _lying(n, rates, turned)))
    if matrices == 1:
        return seconds
    if m * k * n < rates.tiny:
        return m * k * n / PLAIN
    return seconds + (rates.matrix if m * n > 1 else rates.vector)


def _lying(columns: int, rates: Rates, turned: tuple[bool, bool]) -> float:
    """How many times as long a product with few columns takes for how its matrices lie."""
    if turned == (False, True):  # it reads rows of both
        return columns / rates.narrow.columns
    return NARROW_TURNED if all(turned) else 1.0


def _without_blas(m: int, k: int, n: int, rates: Rates) -> float:
    """The seconds of one product by a loop of the library's own, which runs along the columns."""
    return m * k * n / rates.macs * (1 + rates.columns / n if n > 1 else 1.0)


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
