"""Orders whose intermediates fit a limit: by another tree, else by fixing indices, a slice at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from einc.plan.clock import Clock
from einc.plan.cost import FITS, log2_sum
from einc.plan.network import Network, Pairs, Weigh, bits, node_sets, step_costs, weigher
from einc.plan.progress import Report
from einc.plan.reduce import absorbed, whole
from einc.plan.search import AGAIN, LEAVES, POLISHED, QUENCH, Search

FREE = 0.3  # of the budget: for the best of all trees
FITTING = 0.2  # of the budget: for a tree that needs no slices, or few
ROUNDS = 4
QUENCHING = 0.2  # of a round


@dataclass(frozen=True, slots=True)
class Sliced:
    """An order, the indices fixed while it runs as a bit set, and the binary logarithm of its cost over all slices."""

    pairs: Pairs
    indices: int
    total: float


@dataclass(frozen=True, slots=True)
class Slicing:
    """A search under a limit: the binary logarithm of the elements that an intermediate may have."""

    search: Search
    limit: float

    def __call__(self, network: Network, clock: Clock, report: Report = lambda _: None) -> Sliced:
        """The cheapest order found that fits, sliced where it must be; every slice costs the order anew."""
        reduction = absorbed(network)
        if not reduction.pairs:
            return self._sliced(network, clock, report)
        found = self._sliced(reduction.parts[0].network, clock, report)
        return self._fitted(network, whole(network, reduction, [found.pairs]), found.indices)

    def _sliced(self, network: Network, clock: Clock, report: Report) -> Sliced:
        part = clock.part(FREE)
        best = self._fitted(network, self.search(network, part, report), 0)
        clock.take(part)
        if not best.indices:
            return min(best, self._fitted(network, self.search(network, clock, report), 0), key=_total)
        part = clock.part(FITTING / (1 - FREE))
        best = min(best, self._fitted(network, self.fitting(network, part, report), 0), key=_total)
        clock.take(part)
        if len(network.tensors) > 1:
            for number in range(ROUNDS, 0, -1):
                part = clock.part(1 / number)
                best = min(best, self._round(network, best, part, self.search.seed + number), key=_total)
                clock.take(part)
                report(best.total)
        return best

    def fitting(self, network: Network, clock: Clock, report: Report = lambda _: None) -> Pairs:
        """An order that fits without slices, or nearly."""
        search = replace(self.search, cost=replace(self.search.cost, most=self.limit))
        return search(network, clock, report)

    def _round(self, network: Network, best: Sliced, clock: Clock, seed: int) -> Sliced:
        """Anneal the order and what is sliced together, then the order alone."""
        cost = replace(self.search.cost, most=self.limit)
        try:
            walk = self.search.make_walk(network, best.pairs, cost, seed)
            walk.slice(best.indices)
            clock.anneal(walk, AGAIN, 1 - QUENCHING)
            found = self._fitted(network, walk.pairs(), walk.sliced())
            walk = self.search.make_walk(without(network, found.indices), found.pairs, cost, seed)
            clock.anneal(walk, QUENCH, 1.0)
            walk.polish(LEAVES, POLISHED)
        except KeyboardInterrupt:
            clock.stop()
            return best
        return min(found, self._fitted(network, walk.pairs(), found.indices), key=_total)

    def _fitted(self, network: Network, pairs: Pairs, indices: int) -> Sliced:
        """The order with more indices sliced until it fits, and without those it fits without."""
        weigh = weigher(network)
        sets = node_sets(network, pairs)
        kept = sets[len(network.tensors) :]
        touched = [sets[left] | sets[right] for left, right in pairs]
        while over := [mask & ~indices for mask in kept if weigh(mask & ~indices) > self.limit + FITS]:
            largest = max(over, key=weigh)
            indices |= 1 << least_growth(weigh, [mask & ~indices for mask in touched], bits(largest))
        for bit in sorted(bits(indices), key=lambda bit: -network.sizes[bit]):
            fewer = indices ^ 1 << bit
            if all(weigh(mask & ~fewer) <= self.limit + FITS for mask in kept):
                indices = fewer
        steps = step_costs(without(network, indices), pairs, self.search.cost)
        return Sliced(pairs, indices, weigh(indices) + self.search.cost.of_tree(steps))


def without(network: Network, indices: int) -> Network:
    """One slice of a network: with some indices fixed."""
    return Network(tuple(mask & ~indices for mask in network.tensors), network.output & ~indices, network.sizes)


def least_growth(weigh: Weigh, touched: Sequence[int], candidates: Iterable[int]) -> int:
    """The index whose slicing adds the fewest multiply-adds, in bits for a bit of its size."""
    points = [weigh(mask) for mask in touched]
    before = log2_sum(points)
    growth = {}
    for bit in candidates:
        weight = weigh(1 << bit)
        if weight > 0:
            missed = [exponent for exponent, mask in zip(points, touched) if not mask >> bit & 1]
            growth[bit] = log2_sum((0.0, log2_sum(missed) - before + weight)) / weight
    return min(growth, key=growth.__getitem__)


def _total(sliced: Sliced) -> float:
    return sliced.total
