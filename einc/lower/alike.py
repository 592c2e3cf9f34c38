"""Which pairs are so alike that what is best for one is best for the other."""

from __future__ import annotations

from collections.abc import Hashable

from einc.expression import Group
from einc.lower.line import Line
from einc.lower.pair import Pair


def likeness(line: Line, pair: Pair) -> Hashable:
    """A key that pairs share which differ in names alone."""
    x, y = pair.x, pair.y
    every = dict.fromkeys((*x.indices, *y.indices))
    number = dict(zip(every, range(len(every))))
    sizes = {} if line.pricing is None else line.pricing.memory.sizes

    def numbers(group: Group) -> tuple[int, ...]:
        return tuple([number[index] for index in group])

    return (
        *map(numbers, (x.indices, y.indices, line.order(x), line.order(y), pair.wanted)),
        tuple([sizes.get(index) for index in every]),
        tuple([index in pair.kept for index in every]),
        x.dtype,
        y.dtype,
    )
