"""What the steps of a tree cost, as plain values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

Price: TypeAlias = Callable[[float, float, float, float], float]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one contraction costs: `max(macs · M, moved · E) + kept · K + step`.

    M are its multiply-adds, E the elements it reads and writes, and K those it writes. A tree costs the sum
    over its steps or, with `dearest`, what its dearest step does.
    """

    macs: float = 0.0
    moved: float = 0.0
    kept: float = 0.0
    step: float = 0.0
    dearest: bool = False

    def pricing(self) -> Price:
        """The function to the binary logarithm of a step's cost.

        Its arguments are those of the points that the step touches, and of the elements of both sides and of
        the result.
        """
        if self == FLOPS:
            return _touched
        if self == SIZE:
            return _kept
        return self._price

    def _price(self, touched: float, left: float, right: float, kept: float) -> float:
        limit = max(_log2(self.macs) + touched, _log2(self.moved) + log2_sum((left, right, kept)))
        return log2_sum((limit, _log2(self.kept) + kept, _log2(self.step)))

    def of_tree(self, steps: Sequence[float]) -> float:
        """The binary logarithm of a tree's cost, from those of its steps."""
        return max(steps, default=-math.inf) if self.dearest else log2_sum(steps)


def _touched(touched: float, *_: float) -> float:
    return touched


def _kept(*points: float) -> float:
    return points[-1]


FLOPS = Cost(macs=1.0)
SIZE = Cost(kept=1.0, dearest=True)
MOVED = Cost(moved=1.0)
# Seconds on one core of a present server: 20 G multiply-adds and 2 G elements a second, 2 µs a call.
TIME = Cost(macs=5e-11, moved=5e-10, step=2e-6)

# The same on a present GPU, by data sheets (H100, float32 with TF32 products): not measured.
CUDA = Cost(macs=5e-15, moved=2e-12, step=5e-6)

COSTS: Mapping[str, Cost] = {"flops": FLOPS, "size": SIZE, "moved": MOVED, "time": TIME, "cuda time": CUDA}


@cache
def _log2(number: float) -> float:
    return math.log2(number) if number > 0 else -math.inf


def log2_sum(exponents: Sequence[float]) -> float:
    """The binary logarithm of a sum of powers of two."""
    largest = max(exponents, default=-math.inf)
    if math.isinf(largest):
        return largest
    return largest + math.log2(math.fsum([2.0 ** (exponent - largest) for exponent in exponents]))
