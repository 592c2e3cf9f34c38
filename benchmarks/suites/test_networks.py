"""Real networks from end to end: planned, compiled and run with nothing known before, and run once more."""

from __future__ import annotations

from statistics import median

import pytest

from benchmarks.instances import Instance
from benchmarks.networks import chosen, measured
from benchmarks.rows import Key, Ratio, Row, ratio_of
from einc.turns import REFERENCE_AGAIN

EINC, OTHER = "einc, torch", "einc, NumPy"
OFTEN = 6  # of so many that run within milliseconds, one is in a quick run
SHORT = 7.0  # as a base-10 logarithm of multiply-adds
ROUNDS = 5
INSTANCES = [*chosen()]
QUICK = {instance.name for instance in [one for one in INSTANCES if one.best <= SHORT][::OFTEN]}
CASES = [pytest.param(one, id=one.name, marks=[pytest.mark.quick] if one.name in QUICK else []) for one in INSTANCES]


@pytest.mark.parametrize("instance", CASES)
def test_networks(record, instance):
    record(rows, instance)


def rows(instance: Instance) -> list[Row]:
    """Of the first contraction, and of further ones."""
    found = measured(instance, rounds=ROUNDS)
    return [
        _row(Key("networks", instance.name, "", setting), times, found.refused)
        for setting, times in (("cold", found.cold), ("further", found.further))
    ]


def _row(key: Key, times: dict[str, list[float]], refused: dict[str, str]) -> Row:
    """Ratios to the quicker of einc's two."""
    own, other = sorted((EINC, OTHER), key=lambda name: median(times[name]))
    ratios = {name: _ratio(taken, times[own]) for name, taken in times.items() if name not in (own, other)}
    ratios |= {"einc, other library": _ratio(times[other], times[own])}
    ratios |= {REFERENCE_AGAIN: _ratio(times[own][1:] + times[own][:1], times[own])}
    return Row(key, "networks", 1e6 * median(times[own]), ratios, refused)


def _ratio(times: list[float], own: list[float]) -> Ratio:
    return ratio_of([a / b for a, b in zip(times, own)])
