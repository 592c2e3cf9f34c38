"""Real networks from end to end, beside opt_einsum, cotengra, torch, NumPy, jax and sesum.

    python -m benchmarks.networks [--only NAME ...] [--quick] [--save FILE] [--tables FILE]

Planned, compiled and run, with nothing known of the network before (cold); and run once more (further). One
process, one thread, competitors in a new order each round, medians; float64. Cold, modules are loaded and what
numba compiled is on disk, but no cache has anything of the expression.

Each competitor is first tried in a process of its own, with as much memory and ten times as long as einc takes, a
minute at most. Who raises, runs out of either, or computes another result, is a dash, with the reason below the tables.
"""

from __future__ import annotations

import os

for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_variable] = "1"  # before the libraries are loaded

import argparse
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track

from benchmarks.instances import Instance, load
from benchmarks.network_cases import runnable
from benchmarks.network_peers import EINC, cold, forget, further
from benchmarks.network_tables import Times, each, missing, summary
from benchmarks.network_trials import refusal

PATIENCE = 10.0
LONGEST = 60.0  # seconds that anybody has
LEAST = 0.1  # seconds that every competitor has
AGREEMENT = 1e-9  # relative
ROUNDS = 9
FEWEST = 2
LONG = 5.0  # seconds for all rounds of a network, beyond which they are fewer
BLOCK = 2e-3  # seconds that one timing of a further call takes, in as many repetitions as fit
QUICK = 7.5  # as a base-10 logarithm of multiply-adds
WIDTH = 240


@dataclass(frozen=True)
class Measured:
    """What competitors took, in seconds, a number for each round; and why others are missing."""

    instance: str
    operands: int
    cold: Times = field(default_factory=dict)
    further: Times = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def main() -> None:
    """Measure, save and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", help="names of networks")
    parser.add_argument("--quick", action="store_true", help="the networks of fewest multiply-adds, in few rounds")
    parser.add_argument("--save", type=Path, help="a file for all times; what it holds already is not measured again")
    parser.add_argument("--tables", type=Path, help="a file for the tables, as Markdown")
    arguments = parser.parse_args()
    kept = json.loads(arguments.save.read_text()) if arguments.save and arguments.save.exists() else []
    results = {one["instance"]: Measured(**one) for one in kept}
    networks = [*chosen(arguments.only, QUICK if arguments.quick else None)]
    for instance in track(networks, "networks", transient=True):
        if instance.name not in results:
            results[instance.name] = measured(instance, rounds=FEWEST if arguments.quick else ROUNDS)
        if arguments.save:
            arguments.save.write_text(json.dumps([asdict(one) for one in results.values()], indent=1))
    shown = [results[instance.name] for instance in networks]
    tables = (each(shown, "cold"), each(shown, "further"), summary(shown), missing(shown))
    Console(width=WIDTH).print(*tables)
    if arguments.tables:
        with arguments.tables.open("w") as file:
            Console(file=file, width=WIDTH).print(*tables)


def chosen(only: Collection[str] | None = None, most: float | None = None) -> Iterator[Instance]:
    """The networks that fit; of these, only those named, or of so few multiply-adds."""
    every = [instance for instance in load() if not only or instance.name in only]
    return runnable(instance for instance in every if most is None or instance.best <= most)


def measured(instance: Instance, names: Collection[str] | None = None, rounds: int = ROUNDS) -> Measured:
    """Time the competitors, or those named, on one network."""
    result = Measured(instance.name, len(instance.terms))
    right, seconds = None, LEAST
    taking_part = []
    for name, call in cold(instance, names).items():
        if name not in EINC and (why := refusal(instance, name, min(LONGEST, PATIENCE * seconds))):
            result.refused[name] = why
            continue
        call()  # what it loads at first
        forget()
        start = perf_counter()
        found = np.asarray(call())
        if name in EINC:
            seconds = max(seconds, perf_counter() - start)
        right = found if right is None else right
        if np.allclose(found, right, rtol=AGREEMENT, atol=0.0):
            taking_part.append(name)
        else:
            result.refused[name] = f"another result, by {float(np.abs(found / right - 1).max()):.1e}"
    result.cold.update(timed(cold(instance, taking_part), rounds, before=forget))
    result.further.update(timed(further(instance, taking_part), rounds, BLOCK))
    return result


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


if __name__ == "__main__":
    main()
