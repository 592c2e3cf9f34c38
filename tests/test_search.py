"""The search for contraction orders: its parts against every order there is, and against each other."""

from __future__ import annotations

import math
from importlib.util import find_spec
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import every_order, is_order, networks, random_network

from einc.plan.clock import Clock
from einc.plan.cost import COSTS, FLOPS, MOVED, SIZE, TIME, Cost
from einc.plan.default import COPIES, FAR, SHUNS, savable
from einc.plan.default import COST as BY_DEFAULT
from einc.plan.measured import time_cost
from einc.plan.network import MOST_BITS, bits, network_of, node_sets, step_costs, weigher
from einc.plan.orders import averaging, folded, smoothed, swept, vibration
from einc.plan.reduce import reduced, stripped, whole
from einc.plan.rotations import Walk
from einc.plan.search import Search
from einc.plan.starts import eliminated, greedy, greedy_order, is_crowded, starts
from einc.plan.subsets import best_order
from einc.plan.words import points, rows_of, scale_of

ORDERS = {tensors: every_order(tensors) for tensors in range(1, 6)}
needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")
costs = pytest.mark.parametrize("cost", [*COSTS.values(), BY_DEFAULT], ids=[*COSTS, "by default"])


@pytest.fixture(params=["plain", pytest.param("compiled", marks=needs_numba)])
def make_walk(request):
    if request.param == "plain":
        return Walk
    from einc.plan.compiled import Walk as Compiled

    return Compiled


def total(network, pairs, cost=FLOPS):
    return cost.of_tree(step_costs(network, pairs, cost))


def least(network, cost=FLOPS):
    return min(total(network, pairs, cost) for pairs in ORDERS[len(network.tensors)])


@given(network=networks(), pairs=st.data())
def test_nodes_keep_what_is_still_needed(network, pairs):
    """By the definition: the indices of a node's tensors that stand in another tensor, or in the output."""
    order = pairs.draw(st.sampled_from(ORDERS[len(network.tensors)]))
    inside = [{tensor} for tensor in range(len(network.tensors))]
    for left, right in order:
        inside.append(inside[left] | inside[right])
    for below, kept in zip(inside, node_sets(network, order)):
        elsewhere = [mask for tensor, mask in enumerate(network.tensors) if tensor not in below] + [network.output]
        assert set(bits(kept)) == {
            bit
            for tensor in below
            for bit in bits(network.tensors[tensor])
            if any(mask >> bit & 1 for mask in elsewhere)
        }


@costs
def test_the_cost_of_a_step(cost):
    """Four million multiply-adds, of 2¹⁰ and 2¹² elements to 2¹⁴."""
    seconds = 2.0 ** cost.pricing()(22.0, 10.0, 12.0, 14.0)
    elements = 2**10 + 2**12 + 2**14
    assert seconds == pytest.approx(
        max(cost.macs * 2**22, cost.moved * elements) + cost.kept * 2**14 + cost.step, rel=1e-12
    )


@costs
@settings(max_examples=150)
@given(network=networks(most=5))
def test_the_best_order_is_the_best_of_all(cost, network):
    assert total(network, best_order(network, cost), cost) == pytest.approx(least(network, cost), abs=1e-7)


@settings(max_examples=150)
@given(network=networks(least=3))
def test_a_bound_is_kept(network):
    best = least(network)
    assert best_order(network, FLOPS, best - 1e-6) == []
    assert total(network, best_order(network, FLOPS, best + 1e-6)) == pytest.approx(best, abs=1e-7)


@pytest.mark.parametrize("tensors", [10, 11, 12])
def test_splits_that_can_be_afforded_are_enough(tensors, make_walk):
    """With more tensors, only what costs less than the bound is looked at; the compiled walk looks at all."""
    network = random_network(tensors, tensors)
    walk = make_walk(network, folded(range(tensors)), FLOPS, 0)
    walk.polish(tensors, 0)
    assert walk.total() == pytest.approx(total(network, best_order(network, FLOPS)), abs=1e-7)


@settings(max_examples=150)
@given(network=networks())
def test_stripping_changes_no_best_order(network):
    best = total(stripped(network), best_order(stripped(network), FLOPS))
    again = total(stripped(network), best_order(network, FLOPS))
    assert again == pytest.approx(best, abs=1e-7)


@settings(max_examples=300)
@given(network=networks(least=3))
def test_what_a_reduction_costs_at_most(network):
    """Every absorbed pair its own points, every join of two parts its own, and one for each other pair."""
    small = stripped(network)
    reduction = reduced(network)
    pairs = whole(network, reduction, [best_order(part.network, FLOPS) for part in reduction.parts])
    assert is_order(pairs, len(network.tensors))
    steps = [2.0**step for step in step_costs(small, pairs, FLOPS)]
    extra = sum(steps[: len(reduction.pairs)]) + sum(steps[len(steps) - len(reduction.parts) + 1 :])
    assert sum(steps) <= (2.0 ** least(small) + extra + len(steps)) * (1 + 1e-9)


@given(copies=st.integers(2, 6))
def test_equal_tensors_are_absorbed_at_no_loss(copies):
    network = network_of(["ab"] * copies + ["bc"], "ac", {"a": 3, "b": 4, "c": 5})
    reduction = reduced(network)
    pairs = whole(network, reduction, [best_order(part.network, FLOPS) for part in reduction.parts])
    assert 2.0 ** total(network, pairs) == pytest.approx((copies - 1) * 12 + 60)


def test_parts_that_share_nothing_are_apart():
    reduction = reduced(network_of(["ab", "bc", "cd", "da", "ef", "fg", "ge", "h"], "h", dict.fromkeys("abcdefgh", 2)))
    assert sorted(len(part.nodes) for part in reduction.parts) == [1, 3, 4]
    assert reduction.pairs == ()


@costs
@settings(max_examples=40)
@given(data=st.data())
def test_walks_know_their_cost(cost, make_walk, data):
    network = data.draw(networks(least=3, most=9, indices=12))
    walk = make_walk(network, folded(range(len(network.tensors))), cost, data.draw(st.integers(0, 9)))
    for act in (lambda: None, lambda: walk.anneal(1.0, 4.0, 300), lambda: walk.polish(4, 5)):
        act()
        assert is_order(walk.pairs(), len(network.tensors))
        assert walk.total() == pytest.approx(total(network, walk.pairs(), cost), abs=1e-9)


@costs
def test_polishing_lowers_the_cost_to_the_best(cost, make_walk):
    for seed in range(10):
        network = random_network(5, seed)
        walk = make_walk(network, folded(range(5)), cost, seed)
        walk.polish(5, 0)
        assert walk.total() == pytest.approx(least(network, cost), abs=1e-7)


def test_cold_walks_only_go_down(make_walk):
    network = random_network(60, 3)
    walk = make_walk(network, folded(range(60)), FLOPS, 0)
    before = walk.total()
    walk.anneal(1e6, 1e6, 20_000)
    assert walk.total() < before - 1


def test_walks_take_their_chances_by_seed(make_walk):
    network = random_network(40, 5)
    start = make_walk(network, folded(range(40)), FLOPS, 0)

    def after(seed):
        walk = start.again(seed)
        walk.anneal(1.0, 3.0, 2000)
        return walk.pairs()

    assert after(1) == after(1) != after(2)
    assert start.pairs() == folded(range(40))


@pytest.mark.parametrize("seed", range(5))
def test_orders_have_every_tensor_once(seed):
    network = random_network(50, seed, degree=4)
    sweep = swept(network)
    average = averaging(network)
    for order in (sweep, vibration(average, sweep, 20), smoothed(average, sweep, 50)):
        assert sorted(order) == list(range(50))


def test_a_chain_is_found_again():
    order = Random(0).sample(range(30), 30)
    network = network_of([(k, k + 1) for k in order], (), dict.fromkeys(range(31), 2))
    for found in (swept(network), vibration(averaging(network), swept(network), 29)):
        chain = [order[tensor] for tensor in found]
        assert chain in (sorted(chain), sorted(chain, reverse=True))


def test_the_slowest_vibration_is_an_eigenvector():
    """Of a grid of 4 by 12, along its length."""
    grid = {(x, y): (x, y) for x in range(4) for y in range(12)}
    edges = [(a, (a[0] + dx, a[1] + dy)) for a in grid for dx, dy in ((1, 0), (0, 1)) if (a[0] + dx, a[1] + dy) in grid]
    network = network_of([[e for e in edges if node in e] for node in grid], (), dict.fromkeys(edges, 2))
    order = vibration(averaging(network), swept(network), 47)
    rows = [tensor % 12 for tensor in order]
    assert sorted(rows) in (rows, rows[::-1])


@pytest.mark.parametrize("seed", range(5))
def test_every_start_is_a_tree(seed):
    network = random_network(30, seed)
    found = [start() for start in starts(network, lambda: False)]
    assert len(found) > 8
    assert all(is_order(pairs, 30) for pairs in found)


def test_elimination_and_greedy_by_hand():
    """A chain from its cheap end; one pair of many must not be left for the last."""
    network = network_of(["ab", "bc", "cd"], "ad", {"a": 2, "b": 9, "c": 3, "d": 4})
    assert eliminated(network, lambda: False)[0] == (0, 1)
    assert greedy(network)[0] == (0, 1)
    assert eliminated(network, lambda: True) is None


def test_elimination_comes_first_where_it_is_to():
    pytest.importorskip("cotengrust")
    network = random_network(30, 1)
    first, second = (next(starts(network, lambda: False, eliminating))() for eliminating in (True, False))
    assert (first, second) == (eliminated(network, lambda: False), greedy(network))


@pytest.mark.parametrize(
    ("inputs", "crowded"), [(["ab", "bc", "ca", "a", "b", "c", "a"], True), (["ab", "bc", "ca", "a", "b", "c"], False)]
)
def test_crowded_is_where_tensors_far_outnumber_indices(inputs, crowded):
    network = network_of(inputs, "", dict.fromkeys("abcd", 2))
    assert is_crowded(network) == crowded


def test_greedy_without_cotengrust(monkeypatch):
    monkeypatch.setattr("einc.plan.starts.has_cotengrust", lambda: False)
    network = random_network(30, 1)
    assert is_order(greedy(network), 30)


def test_a_greedy_order_that_shuns_large_results():
    """Matrices of various sizes, in a row: to shrink the most at first is to make large ones on the way."""
    pytest.importorskip("cotengrust")
    chance = Random(0)
    sizes = {n: chance.choice([2, 8, 64, 256]) for n in range(61)}
    inputs, output = [[n, n + 1] for n in range(60)], [0, 60]
    network = network_of(inputs, output, sizes)
    shuns = greedy_order(inputs, output, sizes, shuns=SHUNS)
    assert is_order(shuns, 60)
    assert total(network, shuns) < total(network, greedy_order(inputs, output, sizes)) - 1


def test_points_of_many_sets_are_those_of_each():
    network = random_network(40, 3)
    weigh, scale = weigher(network), scale_of(network)
    every = [*network.tensors, 0, sum({*network.tensors})]
    assert points(rows_of(every, scale), scale) == pytest.approx([2.0 ** weigh(own) for own in every])
    huge = network_of(["ab"], "", {"a": 2**600, "b": 2**600})
    assert points(rows_of(huge.tensors, scale_of(huge)), scale_of(huge)) == 2.0**MOST_BITS


def test_what_another_order_could_save_by_hand():
    """A product element by element reads and writes once, a sum permutes what it reads, large arrays take longer."""
    moved = time_cost().moved
    sizes = {"a": 8, "b": 16, "c": 2**12, "d": 2**12}
    product = network_of(["a", "b", "ab"], "ab", sizes)
    assert savable(product, [(0, 1), (2, 3)]) == pytest.approx(
        moved * ((8 + 16 + 128) + 3 * 128) - COPIES * moved * (8 + 16 + 128 + 128)
    )
    summed = network_of(["ab", "ab"], "a", sizes)
    assert savable(summed, [(0, 1)]) == pytest.approx(0.0, abs=moved)
    large = network_of(["cd", "cd"], "cd", sizes)
    assert savable(large, [(0, 1)]) == pytest.approx((FAR - COPIES) * moved * 3 * 2**24)


@pytest.mark.parametrize("seed", range(20))
def test_searches_of_ten_tensors_end_at_the_best(seed, make_walk):
    network = random_network(10, seed, degree=4, open_ends=2)
    pairs = Search(FLOPS, make_walk)(network, Clock(0, 200_000))
    assert total(network, pairs) == pytest.approx(total(network, best_order(network, FLOPS)), abs=1e-6)


@costs
def test_searches_lower_what_they_are_told_to(cost, make_walk):
    network = random_network(40, 2, degree=4)
    pairs = Search(cost, make_walk)(network, Clock(0, 60_000))
    assert is_order(pairs, 40)
    others = {other: Search(other, make_walk)(network, Clock(0, 60_000)) for other in (FLOPS, SIZE, MOVED, TIME)}
    assert total(network, pairs, cost) <= min(total(network, found, cost) for found in others.values()) + 0.5
    assert total(network, pairs, cost) < total(network, folded(range(40)), cost) - 1


def test_searches_with_equal_seeds_end_alike(make_walk):
    network = random_network(40, 4, degree=4)
    assert Search(FLOPS, make_walk, 3)(network, Clock(0, 40_000)) == Search(FLOPS, make_walk, 3)(
        network, Clock(0, 40_000)
    )


def test_an_interrupt_ends_a_search_with_what_it_has(monkeypatch):
    network = random_network(40, 4, degree=4)
    calls = []
    anneal = Walk.anneal

    def interrupted(walk, *schedule):
        calls.append(schedule)
        if len(calls) == 20:
            raise KeyboardInterrupt
        anneal(walk, *schedule)

    monkeypatch.setattr(Walk, "anneal", interrupted)
    pairs = Search(FLOPS, Walk)(network, Clock(60.0))
    assert is_order(pairs, 40)
    assert total(network, pairs) < total(network, folded(range(40)))
    assert len(calls) == 20


def test_a_budget_is_kept(monkeypatch):
    """On a clock of our own, which a rotation moves by two microseconds, and a look at it by one."""
    now = [0.0]

    def look():
        now[0] += 1e-6
        return now[0]

    class Rotating(Walk):
        def anneal(self, hot, cold, moves):
            now[0] += 2e-6 * moves

    monkeypatch.setattr("einc.plan.clock.perf_counter", look)
    network = random_network(60, 4, degree=4)
    assert is_order(Search(FLOPS, Rotating)(network, Clock(1.0)), 60)
    assert 0.9 <= now[0] <= 1.2


def test_nothing_is_left_of_a_clock_that_was_stopped():
    clock = Clock(5.0)
    assert 4 < clock.left() <= 5
    part = clock.part(0.5)
    assert 2 < part.left() <= 2.5
    part.stop()
    clock.take(part)
    assert clock.left() == part.left() == clock.moves_left() == 0


def test_costs_of_ones_own():
    network = random_network(8, 1)
    cost = Cost(macs=1e-9, kept=5e-9, step=1e-5)
    best = best_order(network, cost)
    assert total(network, best, cost) <= total(network, best_order(network, FLOPS), cost)
    assert math.isfinite(total(network, best, cost))
    assert weigher(network)(network.output) >= 0
