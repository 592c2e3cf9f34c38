"""The portfolio of planners: which one answers for an expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from einc import errors
from einc.expression import Expression, Sizes
from einc.plan.exact import exact
from einc.plan.external import Optimizer, ask, greedy
from einc.plan.path import Path, from_path, to_path
from einc.tree import Tree

__all__ = ["PLANNERS", "Optimize", "Path", "Planner", "exact", "from_path", "greedy", "planner", "to_path"]

Planner: TypeAlias = Callable[[Expression, Sizes], Tree]
Optimize: TypeAlias = str | Path | Optimizer

EXACT_UP_TO = 8  # operands: all orders are tried in about a millisecond


def auto(expression: Expression, sizes: Sizes) -> Tree:
    """Exact for up to `EXACT_UP_TO` operands, greedy beyond."""
    return (exact if len(expression.operands) <= EXACT_UP_TO else greedy)(expression, sizes)


PLANNERS: Mapping[str, Planner] = {"auto": auto, "exact": exact, "greedy": greedy}


def planner(optimize: Optimize) -> Planner:
    """The planner that a user's `optimize=` stands for: a name, a path, or an optimizer to call.

    Raises:
        EincTypeError: for anything else.
    """
    if isinstance(optimize, str) and optimize in PLANNERS:
        return PLANNERS[optimize]
    if callable(optimize):
        return lambda expression, sizes: ask(optimize, expression, sizes)
    if isinstance(optimize, Sequence) and not isinstance(optimize, str) and _is_path(optimize):
        return lambda expression, _: from_path(optimize, len(expression.operands))
    raise errors.unknown_optimizer(optimize, PLANNERS)


def _is_path(value: Sequence[object]) -> bool:
    return all(isinstance(step, Sequence) and all(isinstance(position, int) for position in step) for step in value)
