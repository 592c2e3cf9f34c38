"""Real networks from end to end: the seconds that einc and its peers take, planned anew and once more.

Planned, compiled and run, with nothing known of the network before (cold); and run once more (further). Competitors
take turns, in a new order each round; float64. Cold, modules are loaded and what numba compiled is on disk, but no
cache has anything of the expression.

Each competitor is first tried in a process of its own, with as much memory and thirty times as long as einc takes, a
minute at most. Who raises, runs out of either, or computes another result, does not take part, and it is said why.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from time import perf_counter, process_time
from typing import Any, TypeAlias

import numpy as np

from benchmarks.caches import forget
from benchmarks.instances import Instance, load
from benchmarks.network_cases import runnable
from benchmarks.network_peers import EINC, cold, further
from benchmarks.network_trials import refusal

Times: TypeAlias = dict[str, list[float]]  # by competitor, for each round

PATIENCE = 30.0
LONGEST = 60.0  # seconds that anybody has
LEAST = 0.1  # seconds that every competitor has
AGREEMENT = 1e-9  # relative
TOLD = 0.02  # seconds, in which the time of processors tells how many threads there were
ONE = 1.4  # threads, or fewer
FEW = 3
FEWEST = 2
LONG = 5.0  # seconds for all rounds of a network, beyond which they are fewer
BLOCK = 2e-3  # seconds that one timing of a further call takes, in as many repetitions as fit


@dataclass(frozen=True)
class Measured:
    """What competitors took, in seconds, a number for each round; and why others are missing."""

    cold: Times = field(default_factory=dict)
    further: Times = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def chosen() -> Iterator[Instance]:
    """The networks that fit."""
    return runnable(load())


def measured(instance: Instance, rounds: int) -> Measured:
    """Time all competitors on one network."""
    result = Measured()
    right, seconds = None, LEAST
    taking_part = []
    for name, call in cold(instance).items():
        if name not in EINC and (why := refusal(instance, name, min(LONGEST, PATIENCE * seconds))):
            result.refused[name] = why
            continue
        call()  # what it loads at first
        forget()
        start = perf_counter()
        found, threads = watched(call)
        if name in EINC:
            seconds = max(seconds, perf_counter() - start)
        right = found if right is None else right
        if not np.allclose(found, right, rtol=AGREEMENT, atol=0.0):
            result.refused[name] = f"another result, by {float(np.abs(found / right - 1).max()):.1e}"
        elif threads > ONE:
            result.refused[name] = f"takes {threads:.1f} threads where all are to take one"
        else:
            taking_part.append(name)
    result.cold.update(timed(cold(instance, taking_part), rounds, before=forget))
    result.further.update(timed(further(instance, taking_part), rounds, BLOCK))
    return result


def watched(call: Callable[[], Any]) -> tuple[Any, float]:
    """What a call returns as an array, and how many threads it keeps busy; one if it is too short to tell.

    Of more than one, the least of a few times, as threads that others have left may still be at work.
    """
    least = math.inf
    for _ in range(FEW):
        start, processors = perf_counter(), process_time()
        found = np.asarray(call())
        taken, processors = perf_counter() - start, process_time() - processors
        least = min(least, processors / taken if taken > TOLD else 1.0)
        if least <= ONE:
            break
    return found, least


def timed(
    calls: Mapping[str, Callable[[], Any]], rounds: int, block: float = 0.0, before: Callable[[], Any] = lambda: None
) -> Times:
    """Seconds that each call takes in each round, in turns.

    Args:
        calls: by name.
        rounds: how many, if they take no longer than `LONG`.
        block: seconds that each is repeated for.
        before: is called before each, and not timed.
    """
    shuffle = Random(0).shuffle
    names = [*calls]
    repeat = {name: max(1, int(block / _seconds(call, before))) if block else 1 for name, call in calls.items()}
    times: Times = {name: [] for name in names}
    began = perf_counter()
    for number in range(rounds):
        if number >= FEWEST and (perf_counter() - began) * (number + 1) / number > LONG:
            break
        shuffle(names)
        for name in names:
            before()
            start = perf_counter()
            for _ in range(repeat[name]):
                calls[name]()
            times[name].append((perf_counter() - start) / repeat[name])
    return times


def _seconds(call: Callable[[], Any], before: Callable[[], Any]) -> float:
    """What one call takes, after a first."""
    before()
    call()
    start = perf_counter()
    call()
    return perf_counter() - start
