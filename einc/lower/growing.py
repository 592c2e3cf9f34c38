"""The ways to go on with a line."""

from __future__ import annotations

from math import inf
from typing import TypeAlias

from einc.lower.floor import floor
from einc.lower.line import Line
from einc.lower.pair import Pair, Way, ways
from einc.program import Value

LOOK = 3e-5  # seconds of a pair among many that are not worth a look at another way
LITTLE = 1e-5  # seconds of copies of a pair among many that no way is looked for to avoid

Grown: TypeAlias = tuple[Line, Value]  # a line that goes on from another, and what it made


def quickest_way(line: Line, node: int, pair: Pair) -> tuple[int, Grown]:
    """The quickest way to go on with a pair, and which of all it is; none much quicker than the floor is looked for."""
    enough = floor(line, pair) + LOOK
    least, found = inf, None
    for number, way in enumerate(ways(line, pair)):
        if way.least() < least:
            longer, value = grown(line, node, way)
            seconds = longer.own
            if pair.beside and line.pricing is not None:
                seconds += line.pricing.turned(longer.order(value), pair.beside, value.dtype)
            if seconds < least:
                least, found = seconds, (number, (longer, value))
            if least <= enough:
                break
    assert found is not None, pair
    return found


def grown(line: Line, node: int, way: Way, prices: bool = True) -> Grown:
    """The line that a way goes on to, for a node, and what it makes."""
    longer = line.branch(node)
    longer.prices = prices
    return longer, way.make(longer)
