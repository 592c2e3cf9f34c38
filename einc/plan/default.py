"""The planner nobody chose: exact for what is small, else a search that is short beside the run it plans."""

from __future__ import annotations

from einc.expression import Expression, Sizes, flat
from einc.plan.measured import time_cost
from einc.plan.network import network_of, step_costs
from einc.plan.planner import Planner
from einc.tree import Tree, terms

MOST = 0.1  # seconds
GLANCE = 0.002  # seconds, for a first order
FRACTION = 0.5  # of the time that the first order would run, for a better one


def auto(expression: Expression, sizes: Sizes) -> Tree:
    """The best order a short search finds: 0.1 s at most, and no more than half of what the contraction takes."""
    tree = Planner(GLANCE).tree(expression, sizes)
    network = network_of(terms(expression), flat(expression.output), sizes)
    cost = time_cost()
    log2_seconds = cost.of_tree(step_costs(network, [*tree.pairs], cost))
    budget = min(MOST, FRACTION * 2.0 ** min(0.0, log2_seconds))
    return Planner(budget).tree(expression, sizes) if budget > GLANCE else tree
