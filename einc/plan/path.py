"""Between trees and opt_einsum's contraction paths."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import index
from typing import TypeAlias

from einc import errors
from einc.tree import Tree

Path: TypeAlias = Sequence[Sequence[int]]


def to_path(tree: Tree) -> list[tuple[int, ...]]:
    """The tree in opt_einsum's linear format: positions among the operands left, each result put last."""
    if not tree.pairs:
        return [(0,)]
    live = list(range(tree.operands))
    path: list[tuple[int, ...]] = []
    for pair in tree.pairs:
        positions = tuple(sorted(bisect_left(live, node) for node in pair))
        for position in reversed(positions):
            del live[position]
        live.append(tree.operands + len(path))
        path.append(positions)
    return path


def from_path(path: Path, operands: int) -> Tree:
    """The tree of a path in opt_einsum's linear format.

    A step that joins more than two joins them from left to right; a step of one changes
    only its place, as opt_einsum has it.

    Raises:
        EincError: for a position that is out of range or named twice in a step, or a path that
            leaves more than one result.
    """
    live = list(range(operands))
    pairs: list[tuple[int, int]] = []
    for number, step in enumerate(_steps(path)):
        positions = _positions(step, number, len(live))
        joined, *others = [live[position] for position in positions]
        for position in sorted(positions, reverse=True):
            del live[position]
        for node in others:
            pairs.append((joined, node))
            joined = operands + len(pairs) - 1
        live.append(joined)
    if len(live) != 1:
        raise errors.broken_path(f"it leaves {len(live)} results of {operands} operands")
    return Tree(operands, tuple(pairs))


def _steps(path: Path) -> list[tuple[int, ...]]:
    """The path, if it is one: an optimizer may have answered with anything."""
    try:
        return [tuple(map(index, step)) for step in path]
    except TypeError:
        raise errors.broken_path("it is not a sequence of steps, each a sequence of positions") from None


def _positions(positions: tuple[int, ...], number: int, live: int) -> tuple[int, ...]:
    if not positions or len(set(positions)) < len(positions):
        raise errors.broken_path(f"step {number}, {positions}, names no operand or names one twice")
    for position in positions:
        if not 0 <= position < live:
            raise errors.broken_path(f"step {number}, {positions}, has position {position}, but only {live} are left")
    return positions
