"""What the suites share: calls race in turns inside one pytest-benchmark test, whose JSON carries the ratios."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pytest

from benchmarks.rows import Key, Row, as_json, row_of
from einc.bench import why
from einc.turns import compare

Calls: TypeAlias = Mapping[str, Callable[[], object]]
THREADS = "OMP_NUM_THREADS"
BLOCK = 3e-3  # seconds of one turn, in as many repetitions as fit
MARKERS = (
    "quick: measured in a quick run too",
    "full: never measured in a quick run",
    "threads: measured on all threads too, as the work is large enough for more than one",
)


def pytest_addoption(parser):
    parser.addoption("--rounds", type=int, default=15, help="how often each competitor takes its turn")
    parser.addoption("--named", default="", help="only cases whose name has this text in it")
    parser.addoption(
        "--limit", type=float, default=20.0, help="seconds for all rounds of a case, of which three are made"
    )


def pytest_collection_modifyitems(config, items):
    text = config.getoption("--named")
    others = [item for item in items if text not in item.name]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if text in item.name]


def pytest_configure(config):
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    config.addinivalue_line("filterwarnings", "ignore")  # what peers warn of is theirs


@pytest.fixture
def race(benchmark, request) -> Callable[..., None]:
    """Times calls in turns, einc's first: `race(key, family, calls, tolerance)`; the test's record gets the row.

    pytest-benchmark keeps the machine and the commit; its own figure is how long the whole race took.
    """

    def run(key: Key, family: str, calls: Calls, tolerance: float | None = None) -> None:
        running, missing = (dict(calls), {}) if tolerance is None else agreeing(calls, tolerance)
        limits = {"rounds": option("--rounds"), "limit": option("--limit"), "block": BLOCK}
        timings = benchmark.pedantic(compare, (running,), limits, rounds=1)
        benchmark.extra_info["rows"] = [as_json(row_of(with_threads(key), family, timings, missing))]

    option = request.config.getoption
    return run


@pytest.fixture
def record(benchmark) -> Callable[..., None]:
    """Keeps rows that are measured otherwise: `record(find, arguments)`, where `find` makes them."""

    def run(find: Callable[..., list[Row]], *arguments: object) -> None:
        rows = benchmark.pedantic(find, arguments, rounds=1)
        benchmark.extra_info["rows"] = [as_json(replace(row, key=with_threads(row.key))) for row in rows]

    return run


def with_threads(key: Key) -> Key:
    """The key in this process."""
    return key._replace(threads=os.environ.get(THREADS, "all"))


def agreeing(calls: Calls, tolerance: float) -> tuple[dict[str, Callable[[], object]], dict[str, str]]:
    """The calls that find what the first finds, and why others are out of the race.

    An element may be off by the tolerance, times the largest.
    """
    first, *others = calls
    wanted = np.asarray(calls[first]())
    scale = float(np.abs(wanted).max(initial=0.0)) or 1.0
    running, missing = {first: calls[first]}, {}
    for name in others:
        try:
            found = np.asarray(calls[name]())
        except Exception as problem:  # whatever a peer raises: it is not in the race
            missing[name] = why(problem)
            continue
        if found.shape == wanted.shape and np.allclose(found, wanted, rtol=tolerance, atol=tolerance * scale):
            running[name] = calls[name]
        else:
            missing[name] = "another result"
    return running, missing
