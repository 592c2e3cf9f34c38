"""Planners that speak opt_einsum's protocol: its greedy, and any optimizer object a user brings."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeAlias

from opt_einsum.paths import PathOptimizer
from opt_einsum.paths import greedy as opt_einsum_greedy

from einc.expression import Expression, Sizes, flat
from einc.plan.path import from_path
from einc.tree import Tree, terms

Optimizer: TypeAlias = Callable[..., Any]


def ask(optimizer: Optimizer, expression: Expression, sizes: Sizes) -> Tree:
    """The tree of the path `optimizer(inputs, output, size_dict, memory_limit)` answers with."""
    if isinstance(optimizer, PathOptimizer):  # these remember the network they were first asked about
        optimizer = deepcopy(optimizer)
    inputs = [frozenset(indices) for indices in terms(expression)]
    path = optimizer(inputs, frozenset(flat(expression.output)), dict(sizes), None)
    return from_path(path, len(inputs))


def greedy(expression: Expression, sizes: Sizes) -> Tree:
    """opt_einsum's greedy search (Smith and Gray, 2018): the pair that shrinks the most, again and again."""
    return ask(opt_einsum_greedy, expression, sizes)
