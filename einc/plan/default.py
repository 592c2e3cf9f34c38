"""The planner nobody chose: exact for what is small, else a search that is short beside the run it plans."""

from __future__ import annotations

import math
from dataclasses import replace
from time import perf_counter

from einc.expression import Expression, Sizes, flat
from einc.plan.measured import time_cost
from einc.plan.network import Network, network_of, step_costs
from einc.plan.planner import Planner
from einc.tree import Tree, terms

MOST = 1.0  # seconds
GLANCE = 0.002  # seconds, for a first order
LONGER = 8  # times as long is each search as the one before, at most
ENOUGH = 3  # at least
FRACTION = 0.5  # of the time that an order would run may go into a search for a better one
COPIES = 6.0  # times as long as a roofline says takes an order bound by memory: what it reads has to be permuted


def auto(expression: Expression, sizes: Sizes) -> Tree:
    """The best order of searches that are longer and longer, while they take less than half of what the best would run.

    A search that could not be much longer than the one before, with what takes no budget, is not begun.
    """
    network = network_of(terms(expression), flat(expression.output), sizes)
    budget, best = GLANCE, math.inf
    while True:
        start = perf_counter()
        found = Planner(budget).tree(expression, sizes)
        taken = max(budget, perf_counter() - start)
        if (seconds := _log2_seconds(network, found)) < best:
            tree, best = found, seconds
        budget = min(MOST, LONGER * taken, FRACTION * 2.0 ** min(10.0, best))
        if budget < ENOUGH * taken:
            return tree


def _log2_seconds(network: Network, tree: Tree) -> float:
    """The binary logarithm of the seconds that a tree would run."""
    cost = time_cost()
    cost = replace(cost, moved=COPIES * cost.moved)
    return cost.of_tree(step_costs(network, [*tree.pairs], cost))
