"""`einc.Planner` in its users' hands: in einc, in opt_einsum, and what it remembers."""

from __future__ import annotations

import json
import multiprocessing
from itertools import pairwise
from random import Random

import numpy as np
import opt_einsum
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import is_order, networks, random_network

import einc
from einc.plan import engine, to_path
from einc.plan.canonical import canonical, renumbered
from einc.plan.cost import FLOPS
from einc.plan.network import Network, bits, step_costs
from einc.plan.planner import STORE
from einc.plan.rotations import Walk
from einc.plan.search import Search
from einc.plan.store import Store
from einc.plan.subsets import best_order


@pytest.fixture(autouse=True)
def forgotten():
    STORE.clear()


def asked(network: Network, **choices):
    """The path for a network, asked for as opt_einsum does."""
    inputs = [frozenset(bits(mask)) for mask in network.tensors]
    sizes = dict(enumerate(network.sizes))
    return einc.Planner(**{"moves": 20_000, "compiled": False, **choices})(
        inputs, frozenset(bits(network.output)), sizes
    )


@pytest.fixture
def searches(monkeypatch):
    """Counts the searches that are made."""
    made = []
    search = Search.__call__

    def counted(self, network, clock, *report):
        made.append(len(network.tensors))
        return search(self, network, clock, *report)

    monkeypatch.setattr(Search, "__call__", counted)
    return made


CHAIN = ",".join(f"{chr(97 + n)}{chr(98 + n)}" for n in range(12))
MATRICES = [np.random.default_rng(n).normal(size=(3, 3)) for n in range(12)]


@pytest.mark.parametrize("planner", [einc.Planner(0.02), einc.Planner(moves=1000, minimize="size")])
def test_opt_einsum_takes_it(planner):
    result = opt_einsum.contract(CHAIN, *MATRICES, optimize=planner)
    np.testing.assert_allclose(result, np.linalg.multi_dot(MATRICES), rtol=1e-10)
    path, _ = opt_einsum.contract_path(CHAIN, *MATRICES, optimize=planner)
    assert [len(step) for step in path] == [2] * 11


@pytest.mark.parametrize(
    "optimize", [0.02, 0, einc.Planner(0.02), einc.Planner(moves=1000, minimize=einc.Cost(kept=1.0)), "auto", "optimal"]
)
def test_einc_takes_it(optimize):
    f = einc.compile(CHAIN, optimize=optimize)
    np.testing.assert_allclose(f(*MATRICES), np.linalg.multi_dot(MATRICES), rtol=1e-10)
    np.testing.assert_allclose(einc.einsum(CHAIN, *MATRICES, optimize=optimize), f(*MATRICES), rtol=1e-10)


def test_the_default_is_worth_its_time():
    """Ten large matrices, written so that the order matters: by far fewer than from left to right."""
    shapes = [(512, 2), (2, 512)] * 5
    text = ",".join(f"{chr(97 + n)}{chr(98 + n)}" for n in range(10))
    by_default = einc.explain(text, *shapes).macs
    assert by_default <= einc.explain(text, *shapes, optimize="exact").macs * 1.001
    from_left = [(0, 1), *[(0, 9 - n) for n in range(1, 9)]]
    assert by_default < einc.explain(text, *shapes, optimize=from_left).macs / 3


def test_the_default_keeps_to_its_order():
    """Thirty matrices that are searched for some milliseconds: explained and compiled, the order is the same."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDE"
    random = Random(1)
    size = {letter: random.randint(2, 600) for letter in letters}
    text = ",".join(letters[n : n + 2] for n in range(30)) + "->" + letters[0] + letters[30]
    shapes = [(size[one], size[two]) for one, two in pairwise(letters)]
    of_call = to_path(einc.compile(text, *shapes).tree)
    assert [*map(tuple, einc.explain(text, *shapes).path)] == of_call
    assert len(of_call) == 29


def shuffled(network, seed):
    """The same network with its tensors in another order, and other bits for its indices."""
    random = Random(seed)
    there = [*range(len(network.sizes))]
    for first in range(0, len(there), 64):  # a word has bits of one size
        there[first : first + 64] = random.sample(there[first : first + 64], len(there[first : first + 64]))

    def moved(mask):
        return sum(1 << there[bit] for bit in bits(mask))

    tensors = random.sample(network.tensors, len(network.tensors))
    return Network(tuple(map(moved, tensors)), moved(network.output), network.sizes)


@given(network=networks(most=8, indices=10), seed=st.integers(0, 3))
def test_networks_of_one_form_have_the_same_best_order(network, seed):
    again = shuffled(network, seed)
    one, other = canonical(network), canonical(again)
    if one.form == other.form:
        place = sorted(range(len(one.order)), key=one.order.__getitem__)
        kept = renumbered(best_order(network, FLOPS), place)
        costs = step_costs(network, best_order(network, FLOPS), FLOPS)
        assert sorted(step_costs(again, renumbered(kept, other.order), FLOPS)) == pytest.approx(sorted(costs))


@pytest.mark.parametrize("seed", range(10))
def test_names_and_order_do_not_matter(seed):
    network = random_network(30, seed, degree=4, open_ends=3)
    assert canonical(network).form == canonical(shuffled(network, seed)).form


def test_numbers_there_and_back():
    order = [2, 0, 1]
    place = [1, 2, 0]
    pairs = [(0, 2), (3, 1)]
    assert renumbered(pairs, order) == [(2, 1), (3, 0)]
    assert renumbered(renumbered(pairs, order), place) == pairs


def test_a_network_is_searched_once(searches):
    network = random_network(20, 1)
    path = asked(network)
    assert asked(network) == path
    assert len(searches) == 1
    asked(shuffled(network, 1))
    assert len(searches) == 1
    asked(random_network(20, 2))
    asked(network, minimize="size")
    asked(network, seed=1)
    assert len(searches) == 4


def test_more_effort_searches_again_and_less_does_not(searches):
    network = random_network(20, 1)
    for budget, made in ((0.01, 1), (0.02, 2), (0.01, 2), (0.02, 2)):
        asked(network, moves=None, budget=budget)
        assert len(searches) == made


def test_a_folder_serves_the_next_process(searches, tmp_path):
    network = random_network(20, 1)
    folder = tmp_path / "orders"
    path = asked(network, cache=folder)
    assert [file.suffix for file in folder.iterdir()] == [".json"]
    STORE.clear()
    assert asked(network, cache=str(folder)) == path
    assert len(searches) == 1
    (file,) = folder.iterdir()
    for broken in ("", "{", "[1]", "[0, [[0, 0]]]", '["x", []]', json.dumps([9.0, [[0, 1]]])):
        file.write_text(broken)
        STORE.clear()
        assert asked(network, cache=folder) == path
    assert len(searches) == 7


def _ask_in_a_process(folder):
    asked(random_network(15, 3), cache=folder)


def test_processes_share_a_folder(tmp_path):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_ask_in_a_process, args=(tmp_path,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    (file,) = tmp_path.iterdir()
    assert is_order(json.loads(file.read_text())[1], 15)


def test_stores_have_bounds(monkeypatch, tmp_path):
    monkeypatch.setattr("einc.plan.store.REMEMBERED", 2)
    monkeypatch.setattr("einc.plan.store.FILES", 3)
    store = Store()
    network = canonical(random_network(2, 0))
    for name in "abcde":
        store.keep(name, network, 1.0, [(0, 1)], tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    assert [name for name in "abcde" if store.find(name, network, 1.0, None)] == ["d", "e"]


def test_equal_seeds_find_equal_paths():
    network = random_network(40, 1, degree=4)
    first = asked(network, seed=5)
    STORE.clear()
    assert asked(network, seed=5) == first


def test_few_tensors_and_none_of_them_connected():
    planner = einc.Planner(0.01)
    assert planner([frozenset("ab")], frozenset("a"), {"a": 2, "b": 3}) == [(0,)]
    assert planner([frozenset(), frozenset()], frozenset(), {}) == [(0, 1)]
    apart = [frozenset(letter) for letter in "abcdefghijkl"]
    assert len(planner(apart, frozenset("abc"), dict.fromkeys("abcdefghijkl", 2))) == 11
    nothing = [frozenset("ab"), frozenset("bc"), frozenset("ca")] * 4
    assert len(planner(nothing, frozenset(), {"a": 0, "b": 2, "c": 3})) == 11


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: einc.Planner(minimize="speed"),
            "minimize='speed' is none: choose 'flops' or 'size' or 'moved' or 'time' or 'cuda time'",
        ),
        (
            lambda: einc.Planner(minimize=3),
            "minimize=3 is none: choose 'flops' or 'size' or 'moved' or 'time' or 'cuda time'",
        ),
        (lambda: einc.Planner(-1), "budget=-1 is no number of seconds"),
        (lambda: einc.Planner(float("nan")), "budget=nan is no number of seconds"),
        (lambda: einc.Planner("1 s"), "budget='1 s' is no number of seconds"),
        (lambda: einc.compile("i,i", optimize=-0.5), "budget=-0.5 is no number of seconds"),
    ],
)
def test_choices_that_are_none(make, message):
    with pytest.raises(einc.EincError) as caught:
        make()
    assert str(caught.value) == message


def test_a_bar_shows_how_far_it_is(capsys):
    asked(random_network(20, 1), progress=True)
    assert "best cost so far 10^" in capsys.readouterr().err
    asked(random_network(20, 2), progress=False)
    assert capsys.readouterr().err == ""


def test_planners_are_keys_and_values():
    assert einc.Planner(1.0) == einc.Planner(1)
    assert len({einc.Planner(0.1), einc.Planner(0.1, progress=True), einc.Planner(0.2)}) == 2
    assert einc.einsum("i,i", [1], [1], optimize=einc.Planner(0.1)) == 1


def test_which_walk_is_taken(monkeypatch):
    """Short searches load nothing; where nothing is compiled yet, that happens beside the first."""
    beside = []
    monkeypatch.setattr(engine, "_ready", engine.Event())
    monkeypatch.setattr(engine, "_has_numba", lambda: True)
    monkeypatch.setattr(engine, "_is_kept", lambda: False)
    monkeypatch.setattr(engine, "_compile_beside", lambda: beside.append("started"))
    assert engine.walk_for(0.1) is Walk
    assert beside == []
    assert engine.walk_for(2.0) is Walk
    assert beside == ["started"]
    assert engine.walk_for(2.0, compiled=False) is Walk
    monkeypatch.setattr(engine, "_has_numba", lambda: False)
    assert engine.walk_for(100.0) is Walk


@pytest.mark.parametrize("kept", [True, False])
def test_many_short_searches_pay_as_a_long_one_does(kept, monkeypatch):
    """What is on disk is loaded once they took as long as that, and what is not is compiled once they took as long."""
    loaded, beside = [], []
    monkeypatch.setattr(engine, "_ready", engine.Event())
    monkeypatch.setattr(engine, "_spent", engine.Spent())
    monkeypatch.setattr(engine, "_has_numba", lambda: True)
    monkeypatch.setattr(engine, "_is_kept", lambda: kept)
    monkeypatch.setattr(engine, "_load", lambda: loaded.append("loaded"))
    monkeypatch.setattr(engine, "_compile_beside", lambda: beside.append("started"))
    engine.searched(Walk, 0.9 * engine.LOADING)
    engine.searched(type, engine.COMPILING)
    assert engine.walk_for_one_of_many(0.0) is Walk
    engine.searched(Walk, 0.1 * engine.LOADING)
    assert (engine.walk_for_one_of_many(0.0) is Walk) == (not kept)
    assert (loaded, beside) == ((["loaded"], []) if kept else ([], []))
    engine.searched(Walk, engine.COMPILING)
    assert (engine.walk_for_one_of_many(0.0) is Walk) == (not kept)
    assert engine.walk_for(0.0) is Walk
    assert len(beside) == (not kept)


def test_what_is_compiled_is_taken_once_it_is_there():
    pytest.importorskip("numba")
    assert engine.walk_for(0.0, compiled=True).__module__ == "einc.plan.compiled"
    assert engine.walk_for(0.01).__module__ == "einc.plan.compiled"
    assert engine._is_kept()


class TestConstants:
    """Operands that stay the same over many calls."""

    TEXT, SHAPES = "a,ab,bc->c", ((100,), (100, 100), (100, 100))

    def test_are_contracted_first(self):
        assert einc.compile(self.TEXT, *self.SHAPES).tree.pairs[0] == (0, 1)
        for minimize in ("flops", "time", "moved"):
            planner = einc.Planner(0.1, minimize=minimize, constants=(1, 2))
            assert sorted(einc.compile(self.TEXT, *self.SHAPES, optimize=planner).tree.pairs[0]) == [1, 2]

    def test_in_opt_einsum(self):
        arrays = [np.random.default_rng(n).standard_normal(shape) for n, shape in enumerate(self.SHAPES)]
        planner = einc.Planner(0.1, constants=(1, 2))
        f = opt_einsum.contract_expression(self.TEXT, self.SHAPES[0], *arrays[1:], constants=[1, 2], optimize=planner)
        np.testing.assert_allclose(f(arrays[0]), arrays[0] @ arrays[1] @ arrays[2])

    def test_change_nothing_where_all_are(self):
        planner = einc.Planner(0.1, constants=(0, 1, 2))
        assert einc.compile(self.TEXT, *self.SHAPES, optimize=planner).tree.pairs[0] == (0, 1)

    def test_that_are_none(self):
        with pytest.raises(einc.EincError) as told:
            einc.compile(self.TEXT, *self.SHAPES, optimize=einc.Planner(constants=(1, 3)))
        assert str(told.value) == "there is no operand 3 to be constant: there are 3, from 0"
