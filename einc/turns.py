"""Ratios between calls measured in one process: competitors in a new order each round, medians of many.

The reference is measured twice, under two names; the spread between the two is the noise of
the measurement.
"""

from __future__ import annotations

import math
import random
import statistics
import time
import timeit
from collections.abc import Callable, Mapping
from dataclasses import dataclass

REFERENCE_AGAIN = "(noise)"
FEWEST = 3  # rounds from which quartiles are told


@dataclass(frozen=True)
class Timing:
    """What one competitor took: the median time of a call, and its ratio to the reference."""

    microseconds: float
    ratio: float
    low: float  # quartiles of the ratio over all rounds
    high: float


def compare(
    calls: Mapping[str, Callable[[], object]],
    rounds: int = 60,
    block: float = 2e-3,
    seed: int = 0,
    limit: float = math.inf,
) -> dict[str, Timing]:
    """Time each call against the first one.

    Args:
        calls: by name; the first is the reference.
        rounds: how often each is timed.
        block: seconds one timing takes, in as many repetitions as fit.
        seed: of the order in which competitors take turns.
        limit: seconds, after which no further round begins once there are three.
    """
    reference = next(iter(calls))
    contenders = {**calls, REFERENCE_AGAIN: calls[reference]}
    repeat = {name: _repetitions(call, block) for name, call in contenders.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    order = list(contenders)
    shuffle = random.Random(seed).shuffle
    end = time.perf_counter() + limit
    for done in range(rounds):
        if done >= FEWEST and time.perf_counter() > end:
            break
        shuffle(order)
        for name in order:
            if repeat[name] > 1:
                contenders[name]()  # warm its code and data before its turn
            times[name].append(timeit.timeit(contenders[name], number=repeat[name]) / repeat[name])
    return {name: _timing(times[name], times[reference]) for name in contenders}


def _repetitions(call: Callable[[], object], block: float) -> int:
    """How often a call fits into a block; one that fills it is made once only, as it may take minutes."""
    call()
    once = timeit.timeit(call, number=1)
    if once < block:
        once = min(timeit.repeat(call, number=5, repeat=3)) / 5
    return max(1, int(block / once))


def _timing(own: list[float], reference: list[float]) -> Timing:
    ratios = [a / b for a, b in zip(own, reference)]
    low, ratio, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return Timing(statistics.median(own) * 1e6, ratio, low, high)
