"""The nouns of *in which order* operands meet, and what an order costs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

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
    uses = Counter(chain.from_iterable((*inside, frozenset(flat(expression.output)))))
    alone = {index for index, number in uses.items() if number == 1}
    return tuple([indices if alone.isdisjoint(indices) else indices - alone for indices in inside])


def contractions(tree: Tree, expression: Expression) -> tuple[Contraction, ...]:
    """The tree's pairs in order, an index being summed where the last two that hold it meet."""
    nodes = list(terms(expression))
    holders = Counter(chain.from_iterable(nodes))
    holders.update(frozenset(flat(expression.output)))
    steps = []
    for left, right in tree.pairs:
        one, other = nodes[left], nodes[right]
        kept = one | other
        for index in one & other:
            holders[index] -= 1
            if holders[index] == 1:
                kept -= {index}
        steps.append(Contraction(left, right, one, other, kept))
        nodes.append(kept)
    return tuple(steps)


def readers(steps: Iterable[Contraction]) -> Mapping[int, Contraction]:
    """The pair that reads each node, of all that are read."""
    return {node: step for step in steps for node in (step.left, step.right)}


def points(indices: Iterable[Index], sizes: Sizes) -> int:
    """The number of points in the space the indices span."""
    return math.prod(map(sizes.__getitem__, indices))


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
