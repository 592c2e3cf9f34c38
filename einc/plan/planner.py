"""The planner that users hold in their hands, and that other libraries can call."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from opt_einsum.paths import PathOptimizer

from einc import errors
from einc.expression import Expression, Sizes, flat
from einc.plan.canonical import canonical
from einc.plan.clock import Clock
from einc.plan.cost import COSTS, Cost
from einc.plan.engine import walk_for
from einc.plan.measured import time_cost
from einc.plan.network import Network, Pairs, network_of
from einc.plan.path import to_path
from einc.plan.progress import progress
from einc.plan.search import ALWAYS_EXACT, Search
from einc.plan.store import Store
from einc.tree import Tree, terms

STORE = Store()  # of all planners


@dataclass(frozen=True)
class Planner(PathOptimizer):  # type: ignore[misc]
    """Finds a contraction order within a budget; the longer, the better.

    It may be given wherever opt_einsum takes an optimizer: `opt_einsum.contract(..., optimize=einc.Planner())`.
    The search anneals contraction trees by local rotations (Kirkpatrick, Gelatt and Vecchi, 1983; Kalachev,
    Panteleev and Yung, 2021) from many starts, after a reduction of the network; small networks are solved
    exactly, in less time. Ctrl-C ends it with the best tree so far. With numba installed, rotations are
    compiled.

    Args:
        budget: seconds.
        minimize: `"flops"` (multiply-adds), `"size"` (elements of the largest intermediate), `"moved"`
            (elements read and written), `"time"` (on this machine, if `einc.calibrate` has measured it; else on
            one core of a typical one), `"cuda time"` (on a present GPU, by its data sheet), or a `Cost`.
        seed: of all chances.
        moves: a budget in rotations instead of seconds, with which equal seeds find equal trees.
        cache: a folder in which trees are kept for later, also for other processes.
        compiled: whether numba is used; None uses it where it is installed and pays within the budget.
        progress: whether to show a progress bar, by rich, where that is installed; None shows it on a
            terminal, for budgets of more than a second.
    """

    budget: float = 1.0
    minimize: str | Cost = "flops"
    seed: int = 0
    moves: int | None = None
    cache: str | os.PathLike[str] | None = None
    compiled: bool | None = None
    progress: bool | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.minimize, Cost) and self.minimize not in (*COSTS,):
            raise errors.unknown_choice("minimize", self.minimize, COSTS)
        if not isinstance(self.budget, int | float) or not 0 <= self.budget < float("inf"):
            raise errors.not_a_budget(self.budget)

    def __call__(
        self,
        inputs: Sequence[Collection[Hashable]],
        output: Collection[Hashable],
        size_dict: Mapping[Hashable, int],
        memory_limit: int | None = None,
    ) -> list[tuple[int, ...]]:
        """A contraction order, as opt_einsum asks for it.

        Args:
            inputs: the labels of every operand.
            output: those of the result.
            size_dict: the size of every label.
            memory_limit: None.

        Returns:
            The order in opt_einsum's linear format.

        Raises:
            EincError: for a memory limit.
        """
        if memory_limit is not None:
            raise errors.unknown_choice("memory_limit", memory_limit, (None,))
        start = perf_counter()
        pairs = self._pairs(network_of(inputs, output, size_dict), start)
        return to_path(Tree(len(inputs), tuple(pairs)))

    def tree(self, expression: Expression, sizes: Sizes) -> Tree:
        """A contraction order for an expression, as a tree."""
        start = perf_counter()
        network = network_of(terms(expression), flat(expression.output), sizes)
        return Tree(len(network.tensors), tuple(self._pairs(network, start)))

    def _pairs(self, network: Network, start: float) -> Pairs:
        if len(network.tensors) <= ALWAYS_EXACT:  # quicker than to look it up
            return self._found(network, start)
        form = canonical(network)
        chances = "" if self.moves is None else f"{self.seed} of {self.moves} {self.compiled}"
        name = sha256(f"{form.form} {self._cost()} {chances}".encode()).hexdigest()
        effort = self.budget if self.moves is None else 0.0
        folder = None if self.cache is None else Path(self.cache)
        if (pairs := STORE.find(name, form, effort, folder)) is None:
            pairs = self._found(network, start)
            STORE.keep(name, form, effort, pairs, folder)
        return pairs

    def _found(self, network: Network, start: float) -> Pairs:
        clock = Clock(self.budget - (perf_counter() - start), self.moves)
        make_walk = walk_for(self.budget if self.moves is None else math.inf, self.compiled)
        search = Search(self._cost(), make_walk, self.seed)
        if len(network.tensors) <= ALWAYS_EXACT:
            return search(network, clock)
        with progress(self.progress, self.budget) as report:
            return search(network, clock, report)

    def _cost(self) -> Cost:
        if not isinstance(self.minimize, str):
            return self.minimize
        return time_cost() if self.minimize == "time" else COSTS[self.minimize]
