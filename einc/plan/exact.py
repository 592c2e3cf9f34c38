"""The best of all pairwise orders, by dynamic programming over subsets of operands."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache

from einc import errors
from einc.expression import Expression, Sizes, flat
from einc.tree import Tree, terms

LARGEST = 14  # operands; the work grows threefold with each


def exact(expression: Expression, sizes: Sizes) -> Tree:
    """A tree with the fewest multiply-adds, and among those one with the smallest intermediates.

    Outer products are considered, and an index may stand in any number of operands: a subset
    of the operands keeps the indices that the output or an operand outside it still needs.

    Raises:
        EincError: for more than `LARGEST` operands.
    """
    operands = terms(expression)
    if len(operands) > LARGEST:
        raise errors.too_many_for_exact(len(operands), LARGEST)
    bit = {index: 1 << n for n, index in enumerate(frozenset[str]().union(*operands))}
    kept = _kept([sum(map(bit.__getitem__, indices)) for indices in operands], _mask(flat(expression.output), bit))

    @cache
    def points(mask: int) -> int:
        return math.prod(sizes[index] for index in bit if bit[index] & mask)

    return _tree(len(operands), _best_parts(kept, points))


def _mask(indices: Sequence[str], bit: dict[str, int]) -> int:
    return sum(bit[index] for index in frozenset(indices) if index in bit)


def _kept(masks: Sequence[int], output: int) -> list[int]:
    """For each subset of operands, the indices that its contraction keeps; both are bit sets."""
    inside = [0]
    for subset in range(1, 1 << len(masks)):
        inside.append(inside[subset & (subset - 1)] | masks[(subset & -subset).bit_length() - 1])
    return [indices & (output | outside) for indices, outside in zip(inside, reversed(inside))]


def _best_parts(kept: Sequence[int], points: Callable[[int], int]) -> list[int]:
    """For each subset of two operands or more, one side of its best split: the side with its lowest operand."""
    macs, elements, parts = [0] * len(kept), [0] * len(kept), [0] * len(kept)
    for subset in range(1, len(kept)):
        lowest = subset & -subset
        others = rest = subset ^ lowest
        best: tuple[float, float] = (math.inf, math.inf)
        while others:
            others = (others - 1) & rest
            left, right = lowest | others, rest ^ others
            cost = macs[left] + macs[right] + points(kept[left] | kept[right])
            if cost <= best[0] and (cost, elements[left] + elements[right]) < best:
                best = cost, elements[left] + elements[right]
                macs[subset], parts[subset] = cost, left
                elements[subset] = best[1] + points(kept[subset])
    return parts


def _tree(operands: int, parts: Sequence[int]) -> Tree:
    pairs: list[tuple[int, int]] = []
    node = {1 << operand: operand for operand in range(operands)}
    waiting = [(1 << operands) - 1]
    while waiting:
        subset = waiting[-1]
        children = () if subset in node else (parts[subset], subset ^ parts[subset])
        if missing := [child for child in children if child not in node]:
            waiting += reversed(missing)
            continue
        if children:
            node[subset] = operands + len(pairs)
            pairs.append((node[children[0]], node[children[1]]))
        waiting.pop()
    return Tree(operands, tuple(pairs))
