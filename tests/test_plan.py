"""Planners: exact is the best of all orders; every planner's tree is valid; paths go there and back."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import opt_einsum
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import einc
from einc import EincError
from einc.expression import Expression, apart
from einc.plan import auto, exact, from_path, greedy, to_path
from einc.tree import Tree, macs


@st.composite
def networks(draw, least=1, most=5):
    """Any expression over few indices, hyperedges and disconnected operands included, and sizes."""
    letters = "abcdefg"[: draw(st.integers(1, 7))]
    term = st.lists(st.sampled_from(letters), max_size=4)
    operands = draw(st.lists(term, min_size=least, max_size=most))
    used = sorted({letter for operand in operands for letter in operand})
    output = draw(st.lists(st.sampled_from(used), unique=True)) if used else []
    sizes = {letter: draw(st.integers(1, 9)) for letter in used}
    return Expression(tuple(map(apart, operands)), apart(output)), sizes


def every_tree(operands):
    """Every order of pairwise contraction, as opt_einsum's linear paths."""

    def paths(live):
        if live == 1:
            yield []
        for right in range(live):
            for left in range(right):
                for rest in paths(live - 1):
                    yield [(left, right), *rest]

    return [from_path(path, operands) for path in paths(operands)]


TREES = {operands: every_tree(operands) for operands in range(1, 6)}


@settings(max_examples=400)
@given(network=networks())
def test_exact_is_the_best_of_all_orders(network):
    expression, sizes = network
    trees = TREES[len(expression.operands)]
    assert macs(exact(expression, sizes), expression, sizes) == min(macs(tree, expression, sizes) for tree in trees)


@settings(max_examples=50)
@given(network=networks(least=6, most=8))
def test_exact_is_never_worse_than_others_at_eight_operands(network):
    expression, sizes = network
    best = macs(exact(expression, sizes), expression, sizes)
    assert best <= macs(greedy(expression, sizes), expression, sizes)
    left_to_right = from_path([tuple(range(len(expression.operands)))], len(expression.operands))
    assert best <= macs(left_to_right, expression, sizes)


def test_exact_considers_outer_products():
    """Two vectors first, though they share nothing: 2·2 + 2·2·9 multiply-adds, not 2·2·9 + 2·9."""
    expression = Expression((apart("a"), apart("b"), apart("abc")), apart("c"))
    sizes = {"a": 2, "b": 2, "c": 9}
    tree = exact(expression, sizes)
    assert tree.pairs[0] == (0, 1)
    assert macs(tree, expression, sizes) == 40


@given(network=networks(most=8), choice=st.sampled_from([auto, exact, greedy]))
def test_trees_join_every_operand_once(network, choice):
    expression, sizes = network
    tree = choice(expression, sizes)
    joined = [node for pair in tree.pairs for node in pair]
    nodes = len(expression.operands) + len(tree.pairs)
    assert sorted(joined) == [node for node in range(nodes) if node != nodes - 1]
    assert all(max(pair) < tree.operands + number for number, pair in enumerate(tree.pairs))


@given(network=networks(most=8))
def test_paths_go_there_and_back(network):
    expression, sizes = network
    tree = exact(expression, sizes)
    back = from_path(to_path(tree), tree.operands)
    assert [set(pair) for pair in back.pairs] == [set(pair) for pair in tree.pairs]


@pytest.mark.parametrize(
    ("path", "pairs"),
    [
        ([(0, 1), (0, 1)], ((0, 1), (2, 3))),
        ([(1, 2), (0, 1)], ((1, 2), (0, 3))),
        ([(0, 1, 2)], ((0, 1), (3, 2))),
        ([(0,), (0, 1), (0, 1)], ((1, 2), (0, 3))),
    ],
)
def test_steps_of_a_path(path, pairs):
    assert from_path(path, 3) == Tree(3, pairs)


def test_one_operand_has_opt_einsums_path():
    assert to_path(Tree(1, ())) == [(0,)]
    assert from_path([(0,)], 1) == Tree(1, ())


CHAIN = "ab,bc,cd,de,ef->af"
SHAPES = [(2, 9), (9, 3), (3, 8), (8, 2), (2, 7)]


@pytest.mark.parametrize(
    "optimize",
    [
        "auto",
        "exact",
        "greedy",
        "optimal",
        "dp",
        "random-greedy",
        [(0, 1), (0, 1), (0, 1), (0, 1)],
        ((0, 1, 2), (0, 1, 2)),
        opt_einsum.paths.optimal,
        opt_einsum.RandomGreedy(max_repeats=4),
        opt_einsum.DynamicProgramming(),
        opt_einsum.paths.BranchBound(),
    ],
)
def test_every_way_to_choose_an_order(optimize):
    operands = [np.random.default_rng(n).standard_normal(shape) for n, shape in enumerate(SHAPES)]
    wanted = np.linalg.multi_dot(operands)
    np.testing.assert_allclose(einc.compile(CHAIN, optimize=optimize)(*operands), wanted)
    np.testing.assert_allclose(einc.einsum(CHAIN, *operands, optimize=optimize), wanted)
    path, _ = einc.contract_path(CHAIN, *operands, optimize=optimize)
    np.testing.assert_allclose(opt_einsum.contract(CHAIN, *operands, optimize=path), wanted)


def test_a_given_path_is_the_path_taken():
    path = [(3, 4), (2, 3), (1, 2), (0, 1)]
    assert einc.contract_path(CHAIN, *SHAPES, optimize=path)[0] == path


def test_an_optimizer_is_asked_once_per_shapes():
    asked = []

    def optimizer(inputs, output, size_dict, memory_limit=None):
        asked.append((inputs, output, size_dict, memory_limit))
        return [(0, 1), (0, 1)]

    f = einc.compile("ij,jk,kl->il", optimize=optimizer)
    operands = [np.ones((2, 3)), np.ones((3, 4)), np.ones((4, 5))]
    f(*operands)
    f(*operands)
    f(*(operand.astype("float32") for operand in operands))
    assert asked == [
        ([frozenset("ij"), frozenset("jk"), frozenset("kl")], frozenset("il"), dict(zip("ijkl", (2, 3, 4, 5))), None)
    ]


def test_many_operands_are_planned_by_greedy():
    letters = [chr(0x4E00 + n) for n in range(301)]
    text = ",".join(map("".join, itertools.pairwise(letters)))
    operands = [np.full((2, 2), 0.5)] * 300
    np.testing.assert_allclose(einc.einsum(text, *operands), np.full((2, 2), 0.5))


@pytest.mark.parametrize("value", ["best", [3], object(), {}, {1}, np.array([[0, 1]]), [[0.5, 1]], b"auto"])
def test_other_values_are_refused(value):
    for refused in (
        lambda: einc.compile("i,i", optimize=value),
        lambda: einc.einsum("i,i", [1], [1], optimize=value),
        lambda: einc.explain("i,i", (1,), (1,), optimize=value),
    ):
        with pytest.raises(EincError, match="is neither a path"):
            refused()


@pytest.mark.parametrize("answer", [None, 3, [0.5], "path", [(0, "1")], [(0,)]])
def test_an_optimizer_may_answer_anything(answer):
    with pytest.raises(EincError, match="the contraction path does not fit"):
        einc.einsum("i,i", [1], [1], optimize=lambda *_: answer)


def test_paths_as_other_libraries_write_them():
    operands = [np.ones(shape) for shape in SHAPES]
    wanted = np.linalg.multi_dot(operands)
    for path in (np.einsum_path(CHAIN, *operands)[0], [(np.int64(0), np.int64(1))] * 4, [[0, 1]] * 4):
        np.testing.assert_allclose(einc.einsum(CHAIN, *operands, optimize=path), wanted)


@pytest.mark.parametrize("optimizer", [opt_einsum.RandomGreedy(max_repeats=4), opt_einsum.paths.BranchBound()])
def test_optimizers_that_remember_are_asked_as_new(optimizer):
    f = einc.compile("ij,jk,kl->il", optimize=optimizer)
    for n in (2, 3, 4):
        assert f(*[np.eye(n)] * 3).tolist() == np.eye(n).tolist()
    assert einc.einsum("i,i,i", [1], [2], [3], optimize=optimizer) == 6


def test_optimizers_need_not_be_hashable():
    @dataclasses.dataclass
    class FromTheRight:
        calls: int = 0

        def __call__(self, inputs, output, size_dict, memory_limit=None):
            self.calls += 1
            return [(n - 1, n) for n in reversed(range(1, len(inputs)))]

    optimizer = FromTheRight()
    assert einc.einsum("i,i,i", [1], [2], [3], optimize=optimizer) == 6
    assert einc.einsum([1], [0], [2], [0], [3], [0], optimize=optimizer) == 6
    assert optimizer.calls == 2
