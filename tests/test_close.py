"""The few cheapest orders are the few cheapest of all, and a plan takes the one that is predicted to be quickest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import every_order, networks

import einc
from einc.plan.close import CLOSE, ORDERS, close_orders, close_trees, tied_trees
from einc.plan.cost import FLOPS, MOVED, TIME
from einc.plan.network import step_costs
from einc.tree import Tree


def shape_of(tensors, order):
    """A tree as nested sets, whatever the order of its pairs."""
    nodes = [*range(tensors)]
    for left, right in order:
        nodes.append(frozenset((nodes[left], nodes[right])))
    return nodes[-1]


@given(networks(least=3, most=4), st.sampled_from([FLOPS, MOVED, TIME]))
def test_they_are_the_cheapest_of_all(network, cost):
    tensors = len(network.tensors)
    every = {shape_of(tensors, order): order for order in every_order(tensors)}
    costs = sorted(cost.of_tree(step_costs(network, order, cost)) for order in every.values())
    found = close_orders(network, cost)
    assert len({shape_of(tensors, order) for order in found}) == len(found) == min(ORDERS, len(every))
    made = [cost.of_tree(step_costs(network, order, cost)) for order in found]
    np.testing.assert_allclose(made, costs[: len(made)], atol=1e-9)


def test_of_two_and_of_many_there_are_none():
    assert close_trees(einc.compile("ij,jk").expression, dict.fromkeys("ijk", 2), FLOPS) == []
    chain = ",".join("abcdefghij"[n : n + 2] for n in range(CLOSE + 1))
    assert close_trees(einc.compile(chain).expression, dict.fromkeys("abcdefghij", 2), FLOPS) == []


@given(networks(least=3, most=4), st.sampled_from([FLOPS, MOVED, TIME]), st.floats(0, 3))
def test_none_cost_more_than_the_most(network, cost, more):
    every = {order: cost.of_tree(step_costs(network, order, cost)) for order in map(tuple, close_orders(network, cost))}
    most = min(every.values()) + more
    found = [*map(tuple, close_orders(network, cost, most))]
    assert found == [*every][: len(found)]
    assert all(own <= most + 1e-9 if order in found else own >= most - 1e-9 for order, own in every.items())


def test_ties_are_told_by_multiply_adds():
    first = Tree(3, ((0, 1), (3, 2)))
    expression = einc.compile("bi,bi,i->b").expression
    assert len(tied_trees(expression, {"b": 64, "i": 64}, first)) == 3
    last = Tree(3, ((1, 2), (0, 3)))
    assert len(tied_trees(einc.compile("ij,jk,k->i").expression, {"i": 9, "j": 9, "k": 9}, last)) == 1


@pytest.mark.parametrize("optimize", ["auto", einc.Planner(minimize="time")])
def test_among_ties_the_quickest_is_taken(optimize):
    """Multiplied first, the vector makes a product with a matrix; multiplied last, a sum over the product of three."""
    f = einc.compile("bi,bi,i->b", (2048, 512), (2048, 512), (512,), optimize=optimize)
    assert f.tree == Tree(3, ((0, 1), (3, 2)))


def test_what_takes_no_time_is_planned_once():
    f = einc.compile("bi,bi,i->b", (4, 4), (4, 4), (4,))
    assert f.tree == einc.compile("bi,bi,i->b", (4, 4), (4, 4), (4,), optimize="exact").tree
