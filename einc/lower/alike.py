"""Pairs that differ in nothing but the names of their indices, which are lowered alike."""

from __future__ import annotations

from collections.abc import Hashable

from einc.expression import Group, Index
from einc.lower.line import Line
from einc.lower.pair import Pair


def form(line: Line, pair: Pair) -> Hashable:
    """All that decides which way is the quickest for a pair, its indices numbered: how both sides are and lie."""
    number: dict[Index, int] = {}

    def numbered(group: Group) -> tuple[int, ...]:
        return tuple([number.setdefault(index, len(number)) for index in group])

    sides = [(numbered(x.indices), numbered(line.order(x)), x.dtype) for x in (pair.x, pair.y)]
    wanted = numbered(pair.wanted)
    return (*sides, wanted, *[(line.points((index,)), index in pair.kept) for index in number])
