"""How long a multiply-add, an element moved and a call take on this machine."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np

from einc.plan import Cost
from einc.plan.measured import keep

ROUNDS = 7
SIDE = 768  # of the matrices whose product tells the speed of multiply-adds
ELEMENTS = 2**23  # of the arrays whose copy tells that of memory: more than caches hold
CALLS = 2000


def calibrate() -> Cost:
    """Measure this machine, and keep what was found, so that planners know what `minimize="time"` is here.

    It takes about a second. NumPy's matrix product, copy and call are timed in float64, with as many threads
    as NumPy takes; medians of several rounds.

    Returns:
        The cost of a step in seconds, which is kept in the user's cache folder.
    """
    generator = np.random.default_rng(0)
    left, right = generator.random((2, SIDE, SIDE))
    source, target = np.ones(ELEMENTS), np.empty(ELEMENTS)
    small = np.ones((4, 4))
    cost = Cost(
        macs=_seconds(lambda: left @ right) / SIDE**3,
        moved=_seconds(lambda: np.copyto(target, source)) / (2 * ELEMENTS),  # read and written
        step=_seconds(lambda: [np.matmul(small, small) for _ in range(CALLS)]) / CALLS,
    )
    keep(cost)
    return cost


def _seconds(run: Callable[[], object]) -> float:
    times = []
    run()
    for _ in range(ROUNDS):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return median(times)
