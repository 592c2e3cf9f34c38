"""Trees: what each step holds, and what it costs."""

from __future__ import annotations

import pytest

from einc.expression import Expression, apart
from einc.tree import Tree, contractions, macs, terms


def expression(text):
    inputs, output = text.split("->")
    return Expression(tuple(apart(term) for term in inputs.split(",")), apart(output))


def test_terms_lose_what_is_found_nowhere_else():
    assert terms(expression("iij,jkx,k->j")) == (frozenset("j"), frozenset("jk"), frozenset("k"))


def test_an_index_is_summed_where_its_last_two_holders_meet():
    steps = contractions(Tree(3, ((0, 1), (2, 3))), expression("ia,ib,ic->abc"))
    assert [step.kept for step in steps] == [frozenset("iab"), frozenset("abc")]
    assert steps[1].touched == frozenset("iabc")


@pytest.mark.parametrize(
    ("text", "pairs", "cost"),
    [
        ("ij,jk->ik", ((0, 1),), 2 * 3 * 5),
        ("ij,jk,kl->il", ((0, 1), (3, 2)), 2 * 3 * 5 + 2 * 5 * 7),
        ("ij,jk,kl->il", ((1, 2), (0, 3)), 3 * 5 * 7 + 2 * 3 * 7),
        ("ijk->i", (), 2 * 3 * 5),  # a sum costs its points
        ("ii->i", (), 0),  # a diagonal is a view
        ("ij->ji", (), 0),
        ("i,j->ij", ((0, 1),), 2 * 3),
        ("ijl,jk->ik", ((0, 1),), 2 * 3 * 7 + 2 * 3 * 5),
    ],
)
def test_the_cost_of_a_tree(text, pairs, cost):
    sizes = {"i": 2, "j": 3, "k": 5, "l": 7}
    assert macs(Tree(text.count(",") + 1, pairs), expression(text), sizes) == cost
