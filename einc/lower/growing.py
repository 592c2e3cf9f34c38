"""The ways to go on with a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from einc.lower.line import Line
from einc.lower.pair import Pair, Way, ways
from einc.program import Value

SHORT = 1e-5  # seconds of a pair among many for which, if one call does it, no other way is looked for
LITTLE = 1e-5  # seconds of copies of a pair among many that no way is looked for to avoid

Grown: TypeAlias = tuple[Line, Value]  # a line that goes on from another, and what it made


def until_short(line: Line, node: int, pair: Pair) -> list[Grown]:
    """Every way to go on with a pair, up to a single call that is short."""
    found = []
    for one in grown(line, node, ways(line, pair)):
        found.append(one)
        if len(one[0].steps) == 1 and one[0].seconds - line.seconds < SHORT:
            break
    return found


def grown(line: Line, node: int, every: Iterable[Way], prices: bool = True) -> Iterator[Grown]:
    """The line that each way goes on to, for a node, and what it makes."""
    for way in every:
        longer = line.branch(node)
        longer.prices = prices
        yield longer, way(longer)
