"""The few orders of a few tensors that cost least, for a choice among them by what costs do not tell."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from operator import attrgetter

from einc.expression import Expression, Sizes, flat
from einc.plan.cost import FLOPS, Cost
from einc.plan.network import MOST_BITS, Network, Pairs, network_of, node_sets, step_costs, weigher
from einc.plan.subsets import every_split, kept_by_subsets
from einc.tree import Tree, terms

CLOSE = 6  # tensors: of more, the orders are too many
ORDERS = 10  # that are kept for every subset
LITTLE = 0.1375  # bits between costs that are about the same: a tenth
TIED = Cost(macs=1.0, kept=2.0**-4)  # multiply-adds, and among equals few elements


@dataclass(frozen=True, slots=True)
class Made:
    """A way to make a subset of the tensors: what it costs, and from which two others, if from any."""

    subset: int
    cost: float = 0.0
    sides: tuple[Made, ...] = ()


def tied_trees(expression: Expression, sizes: Sizes, best: Tree) -> list[Tree]:
    """Trees with about as few multiply-adds as the one that has the fewest, if the operands are few; else none."""
    network = network_of(terms(expression), flat(expression.output), sizes)
    most = FLOPS.of_tree(step_costs(network, [*best.pairs], FLOPS)) + LITTLE
    orders = close_orders(network, TIED, most + math.log2(TIED.macs + TIED.kept))
    flops = [FLOPS.of_tree(step_costs(network, order, FLOPS)) for order in orders]
    return [_tree(network, order) for order, own in zip(orders, flops) if own <= most]


def close_trees(expression: Expression, sizes: Sizes, cost: Cost) -> list[Tree]:
    """The cheapest trees, if the operands are few; else none."""
    network = network_of(terms(expression), flat(expression.output), sizes)
    return [_tree(network, order) for order in close_orders(network, cost)]


def close_orders(network: Network, cost: Cost, most: float = math.inf) -> list[Pairs]:
    """The cheapest orders of up to `CLOSE` tensors, by dynamic programming that keeps several for each subset.

    Args:
        network: what is contracted.
        cost: what an order costs.
        most: the binary logarithm of what it may cost.
    """
    tensors = len(network.tensors)
    if not 2 < tensors <= CLOSE:
        return []
    weigh, price = weigher(network), cost.pricing()
    kept = kept_by_subsets(node_sets(network, []), network.output)
    elements = [*map(weigh, kept)]
    made = [[Made(subset)] if subset.bit_count() == 1 else [] for subset in range(len(kept))]
    limit = 2.0 ** min(MOST_BITS, most)

    def ways(subset: int, side: int) -> Iterator[Made]:
        other = subset ^ side
        if made[side] and made[other]:
            step = price(weigh(kept[side] | kept[other]), elements[side], elements[other], elements[subset])
            own = 2.0 ** min(MOST_BITS, step)
            for pair in product(made[side], made[other]):
                if (total := own + pair[0].cost + pair[1].cost) <= limit:
                    yield Made(subset, total, pair)

    for subset, sides in every_split([0.0] * len(kept), None):
        every = (way for side in sides for way in ways(subset, side))
        made[subset] = heapq.nsmallest(ORDERS, every, key=attrgetter("cost"))
    return [_pairs(way, tensors) for way in made[-1]]


def _pairs(way: Made, tensors: int) -> Pairs:
    """The pairs of a way, each after those that it needs."""
    pairs: Pairs = []

    def node(way: Made) -> int:
        if not way.sides:
            return way.subset.bit_length() - 1
        left, right = map(node, way.sides)
        pairs.append((left, right))
        return tensors + len(pairs) - 1

    node(way)
    return pairs


def _tree(network: Network, order: Pairs) -> Tree:
    return Tree(len(network.tensors), tuple(order))
