"""The ways to go on with a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from einc.lower.floor import floor
from einc.lower.line import Line
from einc.lower.pair import Pair, Way, ways
from einc.program import Value

LOOK = 3e-5  # seconds of a pair among many that are not worth a look at another way
LITTLE = 1e-5  # seconds of copies of a pair among many that no way is looked for to avoid

Grown: TypeAlias = tuple[Line, Value]  # a line that goes on from another, and what it made


def until_good(line: Line, node: int, pair: Pair) -> list[Grown]:
    """Every way to go on with a pair, up to one than which none takes much less time."""
    found = []
    enough = floor(line, pair) + LOOK
    for one in grown(line, node, ways(line, pair)):
        found.append(one)
        if one[0].own <= enough:
            break
    return found


def grown(line: Line, node: int, every: Iterable[Way], prices: bool = True) -> Iterator[Grown]:
    """The line that each way goes on to, for a node, and what it makes."""
    for way in every:
        longer = line.branch(node)
        longer.prices = prices
        yield longer, way(longer)
