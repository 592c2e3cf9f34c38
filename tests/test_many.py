"""Networks of many operands: what is looked for, and for how long, is in proportion to what it may save."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einc
from einc.expression import Expression, apart
from einc.lower import many
from einc.lower.alike import likeness
from einc.lower.growing import quickest_way
from einc.lower.line import Line
from einc.lower.pair import Pair, ways
from einc.lower.routine import choice
from einc.operands import Kind
from einc.plan import default
from einc.plan.starts import greedy_order
from einc.price import Setting, priced
from einc.program import Loop, Matmul, Value

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def chain(matrices: int) -> str:
    """A product of so many matrices."""
    return ",".join(LETTERS[n : n + 2] for n in range(matrices)) + f"->a{LETTERS[matrices]}"


@st.composite
def pairs(draw):
    """Two values, what is kept of them, and the sizes of their indices."""
    indices = draw(st.permutations("abcdef"))
    x = tuple(draw(st.permutations(indices[:4])))
    y = tuple(draw(st.permutations(indices[2:])))
    kept = frozenset(indices[:2]) | frozenset(indices[4:]) | frozenset(draw(st.sets(st.sampled_from(indices[2:4]))))
    return x, y, kept, {index: draw(st.sampled_from([1, 2, 3, 64])) for index in indices}


def setting(x, y, kept, sizes, library="torch"):
    """A line on which nothing stands, and a pair."""
    values = Value("x0", apart(x), "float64"), Value("x1", apart(y), "float64")
    kind = Kind(library, (), ("float64", "float64"))
    return Line(priced(values, Setting(sizes, kind.backend))), Pair(*values, kept, (), "float64")


def tried(line, pair):
    """What all ways cost, and what each is made of."""
    found = []
    for way in ways(line, pair):
        branch = line.branch(2)
        way.make(branch)
        found.append((branch.seconds, [type(step.op) for step in branch.steps]))
    return found


@pytest.mark.parametrize("library", ["numpy", "torch"])
@given(pair=pairs())
def test_a_way_takes_as_long_as_it_is_said_to_at_least(pair, library):
    line, pair = setting(*pair, library=library)
    for way in ways(line, pair):
        branch = line.branch(2)
        way.make(branch)
        assert way.least() <= branch.seconds * (1 + 1e-9)


@pytest.mark.parametrize("library", ["numpy", "torch"])
@pytest.mark.parametrize(("beside", "lies"), [("fedcba", "fedcba"), ("cbafed", "cbafed"), ("fcebda", "fedcba")])
def test_what_is_large_lies_as_what_it_will_be_multiplied_by(beside, lies, library):
    """Each side of the product is small, and quickly sorted."""
    line, pair = setting(tuple("abck"), tuple("kdef"), frozenset("abcdef"), dict.fromkeys("abcdefk", 16), library)
    longer, made = quickest_way(line, 2, replace(pair, beside=tuple(beside)))[1]
    assert longer.order(made) == tuple(lies)


def test_a_large_pair_is_no_loop_of_short_runs():
    """Of NumPy's loop, each run takes long to begin."""
    x, y, out = "sabcdtefghuijvkl", "eambdunstopqcklgjfrivh", "abcdefghijklmnopqr"
    line, pair = setting(tuple(x), tuple(y), frozenset(out), dict.fromkeys(x + y, 2), "numpy")
    longer, _ = quickest_way(line, 2, pair)[1]
    assert Matmul in [type(step.op) for step in longer.steps]
    assert not any(isinstance(step.op, Loop) for step in longer.steps)


@given(pairs(), st.permutations("uvwxyz"))
def test_pairs_that_differ_in_names_are_alike_and_have_the_same_ways(pair, names):
    x, y, kept, sizes = pair
    other = dict(zip("abcdef", names))
    renamed = [tuple(other[i] for i in x), tuple(other[i] for i in y), frozenset(other[i] for i in kept)]
    one, two = setting(*pair), setting(*renamed, {other[i]: size for i, size in sizes.items()})
    assert likeness(*one) == likeness(*two)
    assert tried(*one) == tried(*two)


@given(pairs(), pairs())
def test_pairs_that_are_alike_have_as_many_ways(first, second):
    one, two = setting(*first), setting(*second)
    if likeness(*one) == likeness(*two):
        assert [ops for _, ops in tried(*one)] == [ops for _, ops in tried(*two)]


def test_what_lies_otherwise_is_not_alike():
    one = setting(tuple("ab"), tuple("bc"), frozenset("ac"), dict.fromkeys("abc", 4))
    turned = setting(tuple("ba"), tuple("bc"), frozenset("ac"), dict.fromkeys("abc", 4))
    larger = setting(tuple("ab"), tuple("bc"), frozenset("ac"), {"a": 4, "b": 8, "c": 4})
    assert len({likeness(*pair) for pair in (one, turned, larger)}) == 3


def test_of_many_pairs_that_are_alike_one_is_looked_at_in_all_ways(monkeypatch):
    looked = []

    def counted(*arguments):
        looked.append(choice(*arguments))
        return looked[-1]

    monkeypatch.setattr(many, "choice", counted)
    batches = ",".join("Z" + LETTERS[n : n + 2] for n in range(40)) + f"->Za{LETTERS[40]}"
    f = einc.compile(batches, *[(8, 64, 64)] * 40, optimize=[(0, 1), *[(0, 38 - n) for n in range(38)]])
    assert len(f.program.steps) < 2 * 40
    # of 39: the first, those that go on from a product, and the last, which is to be as written
    assert len(looked) <= 4


@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_a_network_of_many_operands_is_what_its_definition_says(library):
    random, generator = Random(0), np.random.default_rng(0)
    terms = ["".join(random.sample(LETTERS[:12], random.randint(1, 3))) for _ in range(40)]
    sizes = {letter: random.choice([1, 2, 2, 3]) for letter in LETTERS[:12]}
    operands = [generator.uniform(0.5, 1.5, [sizes[index] for index in term]) for term in terms]
    text = ",".join(terms) + "->ab"
    logs = [np.log(operand) for operand in operands]
    every = LETTERS[:12]
    grid = sum(
        np.transpose(log, np.argsort([every.index(i) for i in term])).reshape(
            [sizes[i] if i in term else 1 for i in every]
        )
        for log, term in zip(logs, terms)
    )
    expected = np.exp(np.broadcast_to(grid, [sizes[i] for i in every])).sum(axis=tuple(range(2, 12)))
    if library == "torch":
        operands = [pytest.importorskip("torch").from_numpy(operand) for operand in operands]
    np.testing.assert_allclose(np.asarray(einc.einsum(text, *operands)), expected, rtol=1e-10)


def budgets_for(monkeypatch, size, share=0.0):
    """The seconds that searches by default had, one after the other, if each saves a share of what is left to save."""
    asked, now = [], [0.0]

    def look():
        now[0] += 1e-4
        return now[0]

    def further(known, ways, search, seconds):
        asked.append(seconds)
        now[0] += seconds
        return replace(known, found=[one._replace(savable=one.savable * (1 - share)) for one in known.found])

    for name, stand_in in {"perf_counter": look, "_further": further, "Clock": float}.items():
        monkeypatch.setattr(default, name, stand_in)
    layouts = tuple(apart(LETTERS[n : n + 2]) for n in range(20))
    default.auto(Expression(layouts, apart((LETTERS[0], LETTERS[20]))), dict.fromkeys(LETTERS, size))
    return asked


def test_by_default_a_cheap_network_is_not_searched(monkeypatch):
    assert budgets_for(monkeypatch, 2) == []


def test_by_default_a_dear_network_gets_longer_and_longer_searches(monkeypatch):
    asked = budgets_for(monkeypatch, 4096, 0.4)
    assert len(asked) > 5
    assert all(later > 1.5 * earlier for earlier, later in pairwise(asked[:-1]))
    assert default.MOST / 2 < sum(asked) < default.MOST


def test_by_default_searches_that_save_nothing_are_given_up(monkeypatch):
    """Each has a quarter of its predecessor's share of what could be saved; in all it stays far below that."""
    asked = budgets_for(monkeypatch, 600)
    seconds = 19 * 600**3 * 5e-11
    assert len(asked) > 2
    assert all(spent <= default.HOPE / default.FADES**number * seconds for number, spent in enumerate(asked))
    assert sum(asked) < default.HOPE / 2 * seconds


@pytest.mark.parametrize(
    ("text", "is_greedy"), [("ab,bc,ca,ab,a,b,c,bc,ca,a,b,c->", False), ("ab,bc,cd,de,ef,fg,gh,hi,ij,jk,kl,lm->", True)]
)
def test_by_default_nothing_is_greedy_where_tensors_far_outnumber_indices(text, is_greedy, monkeypatch):
    pytest.importorskip("cotengrust")
    calls = []
    for room in ("default", "starts"):
        monkeypatch.setattr(f"einc.plan.{room}.greedy_order", lambda *a, **k: calls.append(a) or greedy_order(*a, **k))
    layouts = tuple(map(apart, text.removesuffix("->").split(",")))
    default.auto(Expression(layouts, ()), dict.fromkeys(LETTERS, 2))
    assert bool(calls) == is_greedy


def test_by_default_an_order_is_found_where_everything_gives_up(monkeypatch):
    monkeypatch.setattr(default, "has_cotengrust", lambda: False)
    monkeypatch.setattr("einc.plan.starts.has_cotengrust", lambda: False)
    monkeypatch.setattr(default, "MOST", -1.0)
    layouts = tuple(apart(LETTERS[n : n + 2]) for n in range(20))
    tree = default.auto(Expression(layouts, apart((LETTERS[0], LETTERS[20]))), dict.fromkeys(LETTERS, 600))
    assert len(tree.pairs) == 19
