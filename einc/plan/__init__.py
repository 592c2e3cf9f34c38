"""The portfolio of planners: which one answers for an expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import index
from typing import TypeAlias

from opt_einsum.paths import get_path_fn

from einc import errors
from einc.expression import Expression, Sizes
from einc.plan.close import CLOSE, close_trees, tied_trees
from einc.plan.cost import COSTS, FLOPS, MOVED, SIZE, TIME, Cost
from einc.plan.default import auto
from einc.plan.external import Optimizer, ask, greedy
from einc.plan.path import Path, from_path, to_path
from einc.plan.planner import Planner
from einc.plan.search import ALWAYS_EXACT
from einc.plan.subsets import LARGEST, exact
from einc.tree import Tree

__all__ = [
    "ALWAYS_EXACT",
    "CLOSE",
    "COSTS",
    "FLOPS",
    "LARGEST",
    "MOVED",
    "PLANNERS",
    "SIZE",
    "TIME",
    "Cost",
    "Optimize",
    "Path",
    "Plan",
    "Planner",
    "alternatives",
    "auto",
    "exact",
    "from_path",
    "greedy",
    "planner",
    "settled",
    "to_path",
]

Plan: TypeAlias = Callable[[Expression, Sizes], Tree]
Optimize: TypeAlias = str | Path | Optimizer


def optimal(expression: Expression, sizes: Sizes) -> Tree:
    """Exact for as many operands as that can be, else as `auto`."""
    return (exact if len(expression.operands) <= LARGEST else auto)(expression, sizes)


PLANNERS: Mapping[str, Plan] = {"auto": auto, "exact": exact, "greedy": greedy, "optimal": optimal}
# Planners of opt_einsum, by the names that its users know.
NAMES_OF_OTHERS = frozenset(
    {"auto-hq", "branch-1", "branch-2", "branch-all", "dp", "dynamic-programming", "eager", "opportunistic"}
    | {"random-greedy", "random-greedy-128"}
)


def settled(optimize: Optimize | bool | float | None) -> Optimize:
    """A user's `optimize=` as something that nobody can change any more; a path has tuples of ints for steps.

    Raises:
        EincTypeError: for what is neither a name, nor a budget, nor a path, nor can be called.
    """
    if optimize is None or isinstance(optimize, bool):
        return "auto"
    if isinstance(optimize, str) and (optimize in PLANNERS or optimize in NAMES_OF_OTHERS):
        return optimize
    if isinstance(optimize, int | float):
        return Planner(optimize)
    if isinstance(optimize, list | tuple):
        steps = optimize[1:] if optimize[:1] in (["einsum_path"], ("einsum_path",)) else optimize  # as NumPy has it
        try:
            return tuple(tuple(map(index, step)) for step in steps)
        except TypeError:
            raise errors.unknown_optimizer(optimize, PLANNERS) from None
    if callable(optimize):
        return optimize
    raise errors.unknown_optimizer(optimize, PLANNERS)


def alternatives(optimize: Optimize, expression: Expression, sizes: Sizes, best: Tree) -> list[Tree]:
    """Orders that cost as little as the best, of which one may take less time; none where they are not welcome."""
    if optimize == "auto":
        return tied_trees(expression, sizes, best)
    if (
        isinstance(optimize, Planner)
        and optimize.minimize == "time"
        and not (optimize.memory_limit or optimize.constants)
    ):
        return close_trees(expression, sizes, optimize.cost)
    return []


def planner(optimize: Optimize) -> Plan:
    """The planner that a settled option stands for."""
    if isinstance(optimize, str) and optimize in PLANNERS:
        return PLANNERS[optimize]
    if isinstance(optimize, Planner):
        return optimize.tree
    if isinstance(optimize, str):
        return lambda expression, sizes: ask(get_path_fn(optimize), expression, sizes)
    if callable(optimize):
        return lambda expression, sizes: ask(optimize, expression, sizes)
    return lambda expression, _: from_path(optimize, len(expression.operands))
