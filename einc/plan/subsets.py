"""The best of all orders of a few tensors, by dynamic programming over their subsets."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, reduce
from operator import add, or_
from typing import TypeAlias

from einc import errors
from einc.expression import Expression, Sizes, flat
from einc.plan.cost import EXCESS, FLOPS, Cost
from einc.plan.network import MOST_BITS, Network, Pairs, Weigh, network_of, node_sets, step_costs, weigher
from einc.plan.orders import folded
from einc.tree import Tree, terms

LARGEST = 16  # operands of `exact`
ALL_SPLITS_UP_TO = 9  # tensors; with more, most subsets cost more than the bound, and are not even looked at
GiveUp: TypeAlias = Callable[[], bool] | None
TIE = 2.0**-30  # of orders that cost the same, the one that keeps fewer elements


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
    return Tree(len(operands), tuple(best_order(network_of(operands, flat(expression.output), sizes), FLOPS)))


def best_order(network: Network, cost: Cost, bound: float = math.inf, give_up: GiveUp = None) -> Pairs:
    """The cheapest order of all, outer products included; none if it costs more than `bound`, or after giving up.

    Args:
        network: of one tensor or more.
        cost: of every step.
        bound: the binary logarithm of what the order may cost at most.
        give_up: asked now and then.
    """
    tensors = node_sets(network, [])
    if len(tensors) == 1:
        return []
    weigh = weigher(network)
    if math.isinf(bound) and weigh(reduce(or_, tensors)) > MOST_BITS:  # prices must be counted in something large
        written = folded(range(len(tensors)))
        bound = cost.of_tree(step_costs(network, written, cost)) + 1e-6
    splits = best_splits(kept_by_subsets(tensors, network.output), weigh, cost, bound, give_up)
    if not splits:
        return []
    pairs: Pairs = []
    node = {1 << tensor: tensor for tensor in range(len(tensors))}
    for subset in reversed([*descendants(splits, (1 << len(tensors)) - 1)]):
        node[subset] = len(tensors) + len(pairs)
        pairs.append((node[splits[subset]], node[subset ^ splits[subset]]))
    return pairs


def descendants(splits: dict[int, int], whole: int) -> Iterator[int]:
    """The subsets that are split on the way down, each before its sides."""
    waiting = [whole]
    while waiting:
        subset = waiting.pop()
        if subset.bit_count() > 1:
            yield subset
            waiting += (splits[subset], subset ^ splits[subset])


def kept_by_subsets(tensors: Sequence[int], output: int) -> list[int]:
    """For each subset of tensors, the indices that its contraction keeps."""
    inside = [0]
    for subset in range(1, 1 << len(tensors)):
        inside.append(inside[subset & (subset - 1)] | tensors[(subset & -subset).bit_length() - 1])
    return [indices & (output | outside) for indices, outside in zip(inside, reversed(inside))]


def best_splits(kept: Sequence[int], weigh: Weigh, cost: Cost, bound: float, give_up: GiveUp = None) -> dict[int, int]:
    """One side of the best split of every subset, as far as subsets cost no more than the bound.

    Empty, if the set of all costs more. Costs are counted in units of the bound.
    """
    scale, most = (bound, 1.0) if math.isfinite(bound) else (0.0, math.inf)

    @cache
    def points(mask: int) -> float:
        return math.exp2(min(MOST_BITS, weigh(mask) - scale))

    price = [0.0 if subset.bit_count() == 1 else math.inf for subset in range(len(kept))]
    per_step = math.exp2(min(MOST_BITS, -scale)) * cost.step
    per_element = cost.kept + TIE * (cost.macs + cost.moved)
    combine = max if cost.dearest else add
    splits: dict[int, int] = {}
    choose = every_split if len(kept) <= 1 << ALL_SPLITS_UP_TO else affordable_splits
    for subset, sides in choose(price, give_up):
        elements = points(kept[subset])
        always = per_element * elements + per_step
        dearer = math.exp2(min(MOST_BITS, EXCESS * max(0.0, weigh(kept[subset]) - cost.most)))
        for side in sides:
            other = subset ^ side
            below = combine(price[side], price[other])
            if combine(below, always) >= price[subset]:
                continue
            moved = points(kept[side]) + points(kept[other]) + elements if cost.moved else 0.0
            work = max(cost.macs * points(kept[side] | kept[other]), cost.moved * moved)
            total = combine(below, (always + work) * dearer)
            if total < price[subset] and total <= most:
                price[subset], splits[subset] = total, side
    return splits if price[-1] < math.inf else {}


def every_split(price: Sequence[float], _: GiveUp) -> Iterator[tuple[int, Iterable[int]]]:
    """Every subset, and of every split the side that has its lowest tensor."""
    for subset in range(3, len(price)):
        lowest = subset & -subset
        others = rest = subset ^ lowest
        sides = []
        while others:
            others = (others - 1) & rest
            sides.append(lowest | others)
        if sides:
            yield subset, sides


def affordable_splits(price: Sequence[float], give_up: GiveUp) -> Iterator[tuple[int, Iterable[int]]]:
    """Every subset that can be split into two whose prices, filled in meanwhile, are finite, with all such splits."""
    tensors = len(price).bit_length() - 1
    affordable: list[list[int]] = [[], [1 << tensor for tensor in range(tensors)]]
    for size in range(2, tensors + 1):
        sides: dict[int, list[int]] = {}
        for fewer in range(1, size // 2 + 1):
            for one in affordable[fewer]:
                if give_up is not None and give_up():
                    return
                for other in affordable[size - fewer]:
                    if not one & other and (fewer < size - fewer or one < other):
                        sides.setdefault(one | other, []).append(one)
        affordable.append([])
        for subset, choices in sides.items():
            yield subset, choices
            if price[subset] < math.inf:
                affordable[size].append(subset)
