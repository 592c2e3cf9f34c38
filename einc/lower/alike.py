"""Which pairs are so alike that what is best for one is best for the other."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from einc.expression import Group, Index
from einc.lower.line import Line
from einc.lower.pair import Pair
from einc.tree import Indices

Numbers: TypeAlias = tuple[int, ...]


class Pattern(NamedTuple):
    """A pair but for names: its indices are numbered, first those of `x`, then the others of `y`.

    Attributes:
        x: how many indices the first side has.
        y: the indices of the second side.
        kept: whether the result has it, for every index.
    """

    x: int
    y: Numbers
    kept: tuple[bool, ...]


class Likeness(NamedTuple):
    """All that the ways of a pair rest on.

    Attributes:
        pattern: the pair but for names.
        x_lies, y_lies: the indices of both sides in the order in which they lie in memory.
        wanted: an order of the result that would be welcome, or none.
        beside: the indices of what it will be multiplied by, as far as it has them, as that lies.
        sizes: of every index.
    """

    pattern: Pattern
    x_lies: Numbers
    y_lies: Numbers
    wanted: Numbers
    beside: Numbers
    sizes: Numbers


def pattern(x: Group, y: Group, kept: Indices) -> Pattern:
    """What a pair is but for names."""
    return _pattern(_numbers(x, y), x, y, kept)


def likeness(line: Line, pair: Pair) -> Likeness:
    """A key that a pair shares with those that differ from it in names."""
    number = _numbers(pair.x.indices, pair.y.indices)
    groups = line.order(pair.x), line.order(pair.y), pair.wanted, pair.beside
    x_lies, y_lies, wanted, beside = (tuple([number[index] for index in group]) for group in groups)
    own = _pattern(number, pair.x.indices, pair.y.indices, pair.kept)
    return Likeness(own, x_lies, y_lies, wanted, beside, tuple([line.sizes[index] for index in number]))


def _numbers(x: Group, y: Group) -> dict[Index, int]:
    """The number of each index, in order."""
    every = dict.fromkeys(x + y)
    return dict(zip(every, range(len(every))))


def _pattern(number: dict[Index, int], x: Group, y: Group, kept: Indices) -> Pattern:
    return Pattern(len(x), tuple([number[index] for index in y]), tuple([index in kept for index in number]))
