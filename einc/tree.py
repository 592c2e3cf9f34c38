"""The nouns of *in which order* operands meet, and what an order costs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from einc.expression import Expression, Index, Sizes, flat

Indices = frozenset[Index]


@dataclass(frozen=True, slots=True)
class Tree:
    """A binary contraction tree, as the list of its pairs, and the indices that are fixed while it runs.

    Nodes are numbered: 0 … n-1 are the operands, and n + k is what the pair k makes. The
    list is in an order that can be executed, and a tree of any depth stays a flat value. Where indices are
    sliced, the tree runs once for each of their places.
    """

    operands: int
    pairs: tuple[tuple[int, int], ...]
    sliced: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True)
class Contraction:
    """One pair of a tree: the indices of both sides, and those of its result."""

    left: int
    right: int
    left_indices: Indices
    right_indices: Indices
    kept: Indices

    @property
    def touched(self) -> Indices:
        """Every index of the step's loop nest."""
        return self.left_indices | self.right_indices


def terms(expression: Expression) -> tuple[Indices, ...]:
    """What each operand brings into a tree: its indices, less those found nowhere else (summed at once)."""
    inside = [frozenset(flat(layout)) for layout in expression.operands]
    uses = Counter(index for indices in inside for index in indices)
    uses.update(frozenset(flat(expression.output)))
    return tuple(frozenset(index for index in indices if uses[index] > 1) for indices in inside)


def contractions(tree: Tree, expression: Expression) -> tuple[Contraction, ...]:
    """The tree's pairs in order, an index being summed where the last two that hold it meet."""
    nodes = list(terms(expression))
    uses = Counter(index for indices in nodes for index in indices)
    uses.update(flat(expression.output))
    steps = []
    for left, right in tree.pairs:
        for indices in (nodes[left], nodes[right]):
            uses.subtract(indices)
        kept = frozenset(index for index in nodes[left] | nodes[right] if uses[index])
        uses.update(kept)
        steps.append(Contraction(left, right, nodes[left], nodes[right], kept))
        nodes.append(kept)
    return tuple(steps)


def points(indices: Iterable[Index], sizes: Sizes) -> int:
    """The number of points in the space the indices span."""
    return math.prod(sizes[index] for index in indices)


def node_macs(tree: Tree, expression: Expression, sizes: Sizes) -> tuple[int, ...]:
    """The multiply-adds of every node.

    Summing an operand on its own takes its distinct points; a pair takes the points it touches, and once more
    for every slice that runs it.
    """
    every = frozenset(tree.sliced)
    own = [frozenset(flat(layout)) for layout in expression.operands]
    reductions = [points(indices, sizes) if kept < indices else 0 for indices, kept in zip(own, terms(expression))]
    repeated = [not every.isdisjoint(flat(layout)) for layout in expression.operands]
    pairs = []
    for step in contractions(tree, expression):
        repeated.append(repeated[step.left] or repeated[step.right])
        pairs.append(points(step.touched | every if repeated[-1] else step.touched, sizes))
    return (*reductions, *pairs)


def macs(tree: Tree, expression: Expression, sizes: Sizes) -> int:
    """The multiply-adds of the whole tree."""
    return sum(node_macs(tree, expression, sizes))
