"""How good orders are that are found within a time: the multiply-adds of peers' over those of einc's."""

from __future__ import annotations

from time import perf_counter

import pytest

from benchmarks.instances import Instance, load
from benchmarks.path_finders import PEERS, einc_compiled
from benchmarks.paths import measured
from benchmarks.rows import Key, Ratio, Row, ratio_of
from einc.plan import engine
from einc.turns import REFERENCE_AGAIN

SEARCHES = 3  # of each finder, one after another
LARGE = 20  # tensors, from which orders are worth a search
BUDGET = 0.1  # seconds
OFTEN = 4  # of so many instances, one is in a quick run
INSTANCES = [instance for instance in load() if len(instance.inputs) >= LARGE]
CASES = [
    pytest.param(instance, id=instance.name, marks=[pytest.mark.quick] if number % OFTEN == 0 else [])
    for number, instance in enumerate(INSTANCES)
]


@pytest.mark.parametrize("instance", CASES)
def test_paths(record, instance):
    engine.walk_for(engine.COMPILES_WITHIN)
    record(searched, instance, BUDGET)


def searched(instance: Instance, budget: float) -> list[Row]:
    """Einc's order beside those of everyone who found one in time."""
    start = perf_counter()
    own = [measured(einc_compiled, instance, budget) for _ in range(SEARCHES)]
    seconds = (perf_counter() - start) / SEARCHES
    found = {name: [measured(find, instance, budget) for _ in range(SEARCHES)] for name, find in PEERS.items()}
    ratios = {name: over(costs, own) for name, costs in found.items() if max(costs) < float("inf")}
    missing = {name: "nothing in time" for name in found if name not in ratios}
    key = Key("paths", instance.name, "", f"{budget:g} s")
    return [Row(key, "paths", seconds * 1e6, {**ratios, REFERENCE_AGAIN: over(own[::-1], own)}, missing)]


def over(costs: list[float], own: list[float]) -> Ratio:
    """Of base-10 logarithms of multiply-adds."""
    return ratio_of([10 ** (cost - best) for cost, best in zip(costs, own)])
