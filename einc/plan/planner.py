"""The planner that users hold in their hands, and that other libraries can call."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from einc.plan.network import CALLS, Label, Network, Pairs, largest, network_of, numbered, per_call
from einc.plan.path import to_path
from einc.plan.progress import progress
from einc.plan.search import ALWAYS_EXACT, Search
from einc.plan.slicing import Slicing
from einc.plan.store import Store
from einc.tree import Tree, terms

BYTES = 8  # of an element, where nothing tells
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
        memory_limit: bytes that all intermediates of a contraction may take at once, its result included. Where
            no order keeps it, indices are sliced: the contraction runs once for each of their places. A path
            cannot be sliced; what other libraries get has intermediates of no more bytes, as float64.
        constants: positions of operands that stay the same over many calls, so that what is made of them alone
            costs next to nothing; as with `opt_einsum.contract_expression(..., constants=…)`.
        seed: of all chances.
        moves: a budget in rotations instead of seconds, with which equal seeds find equal trees.
        cache: a folder in which trees are kept for later, also for other processes.
        compiled: whether numba is used; None uses it where it is installed and pays within the budget.
        progress: whether to show a progress bar, by rich, where that is installed; None shows it on a
            terminal, for budgets of more than a second.
    """

    budget: float = 1.0
    minimize: str | Cost = "flops"
    memory_limit: int | None = None
    constants: tuple[int, ...] = ()
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
        if self.memory_limit is not None and (not isinstance(self.memory_limit, int) or self.memory_limit <= 0):
            raise errors.not_a_memory_limit(self.memory_limit)

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
            memory_limit: elements that an intermediate may have; None or -1 for as many as it takes.

        Returns:
            The order in opt_einsum's linear format.

        Raises:
            EincError: where no order was found that keeps the limits, with the least that one keeps.
        """
        start = perf_counter()
        network = network_of(inputs, output, size_dict)
        limits = [limit for limit in (memory_limit,) if limit is not None and limit >= 0]
        if self.memory_limit is not None:
            limits.append(self.memory_limit // BYTES)
        pairs = self._pairs(network, start)
        if limits and (most := math.log2(max(1, min(limits)))) < largest(network, pairs):
            pairs = self._slicing(most).fitting(network, Clock(self.budget, self.moves))
            if largest(network, pairs) > most:
                raise errors.no_order_fits(min(limits), largest(network, pairs))
        return to_path(Tree(len(inputs), tuple(pairs)))

    def tree(self, expression: Expression, sizes: Sizes) -> Tree:
        """A contraction order for an expression, as a tree."""
        start = perf_counter()
        network = network_of(terms(expression), flat(expression.output), sizes)
        return Tree(len(network.tensors), tuple(self._pairs(network, start)))

    def sliced_tree(self, expression: Expression, sizes: Sizes, most: float) -> Tree:
        """The same with intermediates of `most` elements, sliced if that must be."""
        pairs, sliced = self._sliced(terms(expression), flat(expression.output), sizes, most)
        return Tree(len(expression.operands), tuple(pairs), sliced)

    def sliced_path(
        self,
        inputs: Sequence[Collection[Label]],
        output: Collection[Label],
        size_dict: Mapping[Label, int],
        elements: float,
    ) -> tuple[list[tuple[int, ...]], tuple[Label, ...]]:
        """A contraction order for other programs that can slice, and the labels to slice.

        Args:
            inputs: the labels of every operand.
            output: those of the result.
            size_dict: the size of every label.
            elements: that an intermediate of one slice may have.

        Returns:
            The order in opt_einsum's linear format, and the labels. The contraction is the sum over all their
            places of the one with these labels fixed; those of the output are put together instead.
        """
        pairs, sliced = self._sliced(inputs, output, size_dict, elements)
        return to_path(Tree(len(inputs), tuple(pairs))), sliced

    def _sliced(
        self,
        inputs: Sequence[Collection[Label]],
        output: Collection[Label],
        sizes: Mapping[Label, int],
        most: float,
    ) -> tuple[Pairs, tuple[Label, ...]]:
        network = network_of(inputs, output, sizes)
        with progress(self.progress, self.budget) as report:
            found = self._slicing(math.log2(max(1.0, most)))(network, Clock(self.budget, self.moves), report)
        bit_of, _ = numbered(inputs, sizes)
        return found.pairs, tuple(label for label, bit in bit_of.items() if found.indices & bit)

    def _slicing(self, most: float) -> Slicing:
        return Slicing(self._search(), most)

    def _pairs(self, network: Network, start: float) -> Pairs:
        if wrong := set(self.constants).difference(range(len(network.tensors))):
            raise errors.no_such_constant(min(wrong), len(network.tensors))
        if self.constants:
            network = per_call(network, self.constants)
        if len(network.tensors) <= ALWAYS_EXACT:  # quicker than to look it up
            return self._found(network, start)
        form = canonical(network)
        chances = "" if self.moves is None else f"{self.seed} of {self.moves} {self.compiled}"
        name = sha256(f"{form.form} {self.cost} {chances}".encode()).hexdigest()
        effort = self.budget if self.moves is None else 0.0
        folder = None if self.cache is None else Path(self.cache)
        if (pairs := STORE.find(name, form, effort, folder)) is None:
            pairs = self._found(network, start)
            STORE.keep(name, form, effort, pairs, folder)
        return pairs

    def _found(self, network: Network, start: float) -> Pairs:
        clock = Clock(self.budget - (perf_counter() - start), self.moves)
        search = self._search()
        if len(network.tensors) <= ALWAYS_EXACT:
            return search(network, clock)
        with progress(self.progress, self.budget) as report:
            return search(network, clock, report)

    def _search(self) -> Search:
        make_walk = walk_for(self.budget if self.moves is None else math.inf, self.compiled)
        return Search(self.cost, make_walk, self.seed)

    @property
    def cost(self) -> Cost:
        """What is minimized, as a value."""
        if not isinstance(self.minimize, str):
            return self.minimize
        cost = time_cost() if self.minimize == "time" else COSTS[self.minimize]
        return replace(cost, step=CALLS * cost.step) if self.constants else cost
