"""An anytime search for the best tree of a network: many starts, annealed in rounds that fewer and fewer survive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypeAlias

from einc.plan.clock import Clock
from einc.plan.cost import Cost
from einc.plan.network import Network, Pairs
from einc.plan.orders import folded
from einc.plan.progress import Report
from einc.plan.reduce import reduced, stripped, whole
from einc.plan.starts import starts
from einc.plan.subsets import best_order

Schedule: TypeAlias = tuple[float, float]

ALWAYS_EXACT = 8  # tensors: about a millisecond
MAYBE_EXACT = 16  # tensors: if there is time
STARTING = 0.3  # of the budget may go into starts
MENDING = 0.1  # of the budget is kept for the network as it was before tensors were absorbed
# Keep most of the start, forget it, something between, and keep nearly all of it.
SCHEDULES: tuple[Schedule, ...] = ((6.0, 20.0), (1.0, 6.0), (2.0, 10.0), (12.0, 50.0))
AGAIN: Schedule = (4.0, 12.0)  # for what was annealed before
QUENCH: Schedule = (30.0, 60.0)
MEMORY = 2**28  # bytes for the index sets of starts
PROMISING = 2.0  # bits above the best tree, at most, for a subtree's order to matter
SURVIVORS = 4  # one in so many
LEAVES = 8  # of a subtree that is brought into its best order
POLISHED = 50  # subtrees, under the dearest pairs
MOVES_PER_POLISH = 1000  # in time, of one such subtree
MOVES_PER_SPLIT = 0.1  # in time: the exact order of n tensors takes 3ⁿ splits


class Walk(Protocol):
    """A tree that is being rotated: `plan.rotations.Walk`, or its compiled twin."""

    def anneal(self, hot: float, cold: float, moves: int) -> None:
        """Try so many rotations."""

    def polish(self, leaves: int, most: int) -> None:
        """Bring subtrees into their best order."""

    def total(self) -> float:
        """The binary logarithm of what the tree costs."""

    def pairs(self) -> Pairs:
        """The tree."""

    def slice(self, indices: int) -> None:
        """Slice these indices, and from now on look for others."""

    def sliced(self) -> int:
        """The indices that are sliced, as a bit set."""

    def again(self, seed: int) -> Walk:
        """A copy that takes other chances."""


MakeWalk: TypeAlias = Callable[[Network, Pairs, Cost, int], Walk]


@dataclass(frozen=True, slots=True)
class Arm:
    """A way to go on: anneal a tree by a schedule."""

    start: Walk
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Search:
    """What a search is to do: the cost to lower, how trees are rotated, and the seed of all chances."""

    cost: Cost
    make_walk: MakeWalk
    seed: int = 0

    def __call__(self, network: Network, clock: Clock, report: Report = lambda _: None) -> Pairs:
        """The best tree found until the clock has run out, or at once where it is known to be the best of all.

        An interrupt (Ctrl-C) stops the clock.
        """
        if len(network.tensors) <= ALWAYS_EXACT:
            return best_order(stripped(network), self.cost)
        reduction = reduced(network)
        searched = clock.part(1 - MENDING) if reduction.pairs else clock
        solutions = []
        work = [len(part.nodes) if len(part.nodes) > ALWAYS_EXACT else 0 for part in reduction.parts]
        for at, part in enumerate(reduction.parts):
            own = searched.part(work[at] / max(1, sum(work[at:])))
            solutions.append(self._part(part.network, own, report))
            searched.take(own)
        pairs = whole(network, reduction, solutions)
        if searched is not clock:
            clock.take(searched)
        return self._mended(stripped(network), pairs, clock) if len(pairs) > len(solutions[0]) else pairs

    def _part(self, network: Network, clock: Clock, report: Report) -> Pairs:
        """The best tree found of a connected network."""
        tensors = len(network.tensors)
        if tensors <= ALWAYS_EXACT:
            return best_order(network, self.cost)
        best = self.make_walk(network, folded(range(tensors)), self.cost, self.seed)
        try:
            clock.anneal(best, QUENCH, 0.002)  # which tells the speed of rotations
            first = [best, *self._starts(network, clock)]
            best = min(first, key=_total)
            if exact_is_quick(tensors, clock):
                best.polish(tensors, 0)
                return best.pairs()
            for best in self.rounds(first, clock):
                report(best.total())
        except KeyboardInterrupt:
            clock.stop()
        return best.pairs()

    def _starts(self, network: Network, clock: Clock) -> Iterator[Walk]:
        length = clock.left()

        def give_up() -> bool:
            return clock.timed and clock.left() <= (1 - STARTING) * length

        size = 2 * len(network.tensors) * len(network.sizes) // 8
        for start in islice(starts(network, give_up), max(2, MEMORY // (size + 1))):
            if (pairs := start()) is not None:
                yield self.make_walk(network, pairs, self.cost, self.seed)
            if give_up():
                return

    def rounds(self, first: Sequence[Walk], clock: Clock) -> Iterator[Walk]:
        """Yield the best of some trees of a network, and what was made of them, after every run."""
        seed = self.seed
        first = sorted(first, key=_total)
        best = first[0]
        least = 100 * len(best.pairs())  # rotations that tell an arm's worth
        most = int(clock.moves_left() / SURVIVORS / least)
        arms = [Arm(start, schedule) for schedule in SCHEDULES for start in first][: max(1, most)]
        while clock.moves_left() > least / 5:
            run = clock.part(1 / SURVIVORS if len(arms) > SURVIVORS else 1 / 2 if len(arms) > 2 else 1.0)
            results: list[tuple[float, int]] = []
            for at, arm in enumerate(arms):
                if run.left() <= 0:
                    break
                seed += 1
                walk = arm.start.again(seed)
                run.anneal(walk, arm.schedule, 1 / (len(arms) - at))
                if walk.total() < best.total() + PROMISING:
                    walk.polish(LEAVES, min(POLISHED, int(run.moves_left() / MOVES_PER_POLISH)))
                results.append((walk.total(), at))
                best = min(best, walk, key=_total)
                yield best
            clock.take(run)
            arms = [arms[at] for _, at in sorted(results)[: max(1, len(arms) // SURVIVORS)]] + [Arm(best, AGAIN)]

    def _mended(self, network: Network, pairs: Pairs, clock: Clock) -> Pairs:
        """The tree after a last cold run over the whole network."""
        if clock.left() <= 0:
            return pairs
        walk = self.make_walk(network, pairs, self.cost, self.seed)
        try:
            clock.anneal(walk, QUENCH, 0.8)
            walk.polish(LEAVES, min(POLISHED, int(clock.moves_left() / MOVES_PER_POLISH)))
        except KeyboardInterrupt:
            clock.stop()
        return walk.pairs()


def exact_is_quick(tensors: int, clock: Clock) -> bool:
    """Whether there is time for the best order of all, the speed of rotations being known."""
    return tensors <= MAYBE_EXACT and 3**tensors * MOVES_PER_SPLIT < clock.moves_left()


def _total(walk: Walk) -> float:
    return walk.total()
