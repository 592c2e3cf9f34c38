"""The planner nobody chose: exact for what is small, else a search that is short beside what it may save."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import chain, islice, repeat
from time import perf_counter
from typing import NamedTuple

import numpy as np

from einc.expression import Expression, Group, Index, Sizes, flat
from einc.plan.clock import Clock
from einc.plan.cost import FLOPS, Cost
from einc.plan.engine import searched, walk_for_one_of_many
from einc.plan.measured import time_cost
from einc.plan.network import Network, Pairs, network_of, node_sets
from einc.plan.orders import folded
from einc.plan.reduce import Reduction, reduced, stripped, whole
from einc.plan.search import ALWAYS_EXACT, MAYBE_EXACT, QUENCH, SCHEDULES, STARTING, Search, exact_is_quick
from einc.plan.starts import GiveUp, Start, greedy_order, has_cotengrust, is_crowded, starts
from einc.plan.store import REMEMBERED
from einc.plan.subsets import best_order
from einc.plan.words import points, rows_of, scale_of
from einc.tree import Tree, terms

MOST = 1.0  # seconds
GLANCE = 0.002  # seconds that few tensors always have
HOPE = 0.5  # the share of what an order costs that the next search will save, while nothing else is known
FADES = 4  # of the share that was hoped for, or saved, a search as long again will save so little
ENOUGH = 3  # a search that could not be a third as long as all before is not begun
LONG = 0.1  # seconds that were searched, from which on more may be spent on loading the compiled search
FEW_MOVES = 30  # rotations for every pair: with fewer, one tree is annealed, once
MOVES_OF_ARM = 400  # rotations for every pair, for each other order that is annealed too
KEPT = 8  # orders
COPIES = 2.0  # times as long as a roofline says takes a sum bound by memory, for which what it reads is permuted
LARGE = 2.0**22  # elements that no cache holds,
FAR = 2.5  # and that take so many times as long
SHUNS = 4.0  # as much as this a second greedy order shuns large results
COST = Cost(macs=1.0, kept=16.0)  # what searches lower: about seconds, and quick to compute


class Found(NamedTuple):
    """An order, and the seconds of it that another could save."""

    savable: float
    pairs: Pairs


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a network: the best orders, the quickest first."""

    network: Network
    found: Sequence[Found] = ()

    @property
    def savable(self) -> float:
        """The seconds of the first order that another could save."""
        return self.found[0].savable


@dataclass(frozen=True, slots=True)
class Ways:
    """To more orders of a network.

    Attributes:
        bare: the network without indices that make no difference to the best order.
        starts: ways to orders at once.
        takes: seconds, each of these.
    """

    bare: Network
    starts: Iterator[Start]
    takes: float


def auto(expression: Expression, sizes: Sizes) -> Tree:
    """The best order of a search that goes on while it may save more time than it takes.

    What a search may save is a share of what could be saved at all: a quarter of the share that the search
    before it has saved, or of what was hoped for then.
    """
    inputs = tuple(tuple(sorted(own)) for own in terms(expression))
    labels = dict.fromkeys(chain.from_iterable(inputs))
    output = tuple(label for label in flat(expression.output) if label in labels)
    return Tree(len(inputs), order_of(inputs, output, tuple((label, sizes[label]) for label in labels)))


@lru_cache(REMEMBERED)
def order_of(
    inputs: tuple[Group, ...], output: Group, sizes_of: tuple[tuple[Index, int], ...]
) -> tuple[tuple[int, int], ...]:
    """The pairs of that order; the same ones for as long as it is remembered."""
    begun = perf_counter()
    sizes = dict(sizes_of)
    network = network_of(inputs, output, sizes)
    if len(inputs) <= ALWAYS_EXACT:
        return tuple(best_order(stripped(network), FLOPS))
    known, greedily = Known(network), has_cotengrust() and not is_crowded(network)
    for shuns in (1.0, SHUNS) if greedily else ():
        known = _with(known, [greedy_order(inputs, output, sizes, shuns=shuns)])
        if len(inputs) > MAYBE_EXACT and HOPE * known.savable < perf_counter() - begun:
            return tuple(known.found[0].pairs)
    return tuple(_searched(known, begun, greedily))


def savable(network: Network, pairs: Pairs) -> float:
    """The seconds of an order that another could save: all, but to call so often and to read and write each array."""
    cost = time_cost()
    tensors = len(network.tensors)
    scale = scale_of(network)
    sets = rows_of(node_sets(network, pairs), scale)
    elements = points(sets, scale)
    left, right = np.array(pairs, np.intp).reshape(-1, 2).T
    touched = elements[left] + elements[right] + elements[tensors:]
    macs = points(sets[left] | sets[right], scale)
    moved = cost.moved * np.where(touched < LARGE, 1.0, FAR) * np.where(macs > elements[tensors:], COPIES, 1.0)
    steps = np.maximum(cost.macs * macs, moved * touched)
    return float(steps.sum() - COPIES * cost.moved * (elements[:tensors].sum() + elements[-1]))


def _searched(known: Known, begun: float, greedily: bool) -> Pairs:
    """The best order found, until to go on is not worth it, or an interrupt (Ctrl-C); greedy ones first, or none."""
    start = perf_counter()
    tensors = len(known.network.tensors)
    more = _orders(known.network, lambda: perf_counter() - begun > MOST, greedily)
    quick = [order for way in islice(more, 2 if greedily else 1) if (order := way())]
    ways = Ways(stripped(known.network), more, perf_counter() - start)
    known = _with(known, quick if quick or known.found else [folded(range(tensors))])
    hope, rounds, few = HOPE, 0, tensors <= MAYBE_EXACT
    try:
        while True:
            spent = perf_counter() - begun
            least = GLANCE - spent if few else 0.0
            seconds = max(least, min(spent, MOST - spent, hope * known.savable))
            if not known.savable or seconds * ENOUGH < spent:
                break
            rounds += 1
            make_walk = walk_for_one_of_many(known.savable if spent > LONG else 0.0)
            begun = perf_counter() - spent  # to load it is no part of the search
            better = _further(known, ways, Search(COST, make_walk, 100 * rounds), Clock(seconds))
            searched(make_walk, perf_counter() - begun - spent)
            hope = max(hope, 1 - better.savable / known.savable) / FADES
            known = better
    except KeyboardInterrupt:
        pass
    return known.found[0].pairs


def _orders(network: Network, give_up: GiveUp, greedily: bool) -> Iterator[Start]:
    """Ways to orders of a network, by way of the parts that are left of it after reduction."""
    reduction = reduced(network)
    small = [len(part.nodes) <= ALWAYS_EXACT for part in reduction.parts]
    ways = [
        repeat(partial(best_order, part.network, FLOPS)) if few else starts(part.network, give_up, not greedily)
        for part, few in zip(reduction.parts, small)
    ]
    for way in islice(zip(*ways), 1 if all(small) else None):
        yield partial(_joined, network, reduction, way)


def _joined(network: Network, reduction: Reduction, way: Sequence[Start]) -> Pairs | None:
    """The order of a network by a way to an order of each of its parts, if none gives up."""
    solutions = [order for start in way if (order := start()) is not None]
    return whole(network, reduction, solutions) if len(solutions) == len(way) else None


def _with(known: Known, orders: Sequence[Pairs]) -> Known:
    """What is known, and these orders with it: the best of all."""
    own = [Found(savable(known.network, pairs), pairs) for pairs in orders]
    return replace(known, found=sorted([*known.found, *own])[:KEPT])


def _further(known: Known, ways: Ways, search: Search, clock: Clock) -> Known:
    """What is known after a search."""
    tensors = len(known.network.tensors)
    best = search.make_walk(ways.bare, known.found[0].pairs, COST, 0)
    walk = best.again(search.seed)
    clock.anneal(walk, QUENCH, 0.1)  # which tells the speed of rotations
    if exact_is_quick(tensors, clock):
        best.polish(tensors, 0)
        return replace(known, found=[Found(0.0, best.pairs())])
    if clock.moves_left() < FEW_MOVES * tensors:
        clock.anneal(walk, SCHEDULES[0], 1.0)
        return _with(known, [walk.pairs()])
    least = (1 - STARTING) * clock.left() + ways.takes
    started: list[Pairs] = []
    while clock.left() > least and (way := next(ways.starts, None)):
        started[:0] = [order for order in (way(),) if order]
    others = [*started, *(pairs for _, pairs in known.found[1:])][: int(clock.moves_left() / MOVES_OF_ARM / tensors)]
    walks = [best, walk, *(search.make_walk(ways.bare, order, COST, 0) for order in others)]
    *_, best = best, *search.rounds(walks, clock)
    return _with(known, [*started, walk.pairs(), best.pairs()])
