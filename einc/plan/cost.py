"""What the steps of a tree cost, as plain values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

Price: TypeAlias = Callable[[float, float, float, float], float]


EXCESS = 3.0  # dearer than any detour
FITS = 1e-9  # bits over a limit that are none


@dataclass(frozen=True, slots=True)
class Cost:
    """What one contraction costs: `max(macs · M, moved · E) + kept · K + step`.

    M are its multiply-adds, E the elements it reads and writes, and K those it writes. A tree costs the sum
    over its steps or, with `dearest`, what its dearest step does. Where K is more than two to the power of
    `most`, the step costs the excess to the power of `EXCESS` times as much.
    """

    macs: float = 0.0
    moved: float = 0.0
    kept: float = 0.0
    step: float = 0.0
    dearest: bool = False
    most: float = math.inf

    def pricing(self) -> Price:
        """The function to the binary logarithm of a step's cost.

        Its arguments are those of the points that the step touches, and of the elements of both sides and of
        the result.
        """
        price: Price = self._price
        if (self.macs, self.moved, self.kept, self.step) == (1.0, 0.0, 0.0, 0.0):
            price = _touched
        elif (self.macs, self.moved, self.kept, self.step) == (0.0, 0.0, 1.0, 0.0):
            price = _kept
        elif (self.macs, self.moved, self.step) == (1.0, 0.0, 0.0):
            price = self._touched_and_kept
        if math.isinf(self.most):
            return price
        most = self.most
        return lambda touched, left, right, kept: (
            price(touched, left, right, kept) + (EXCESS * (kept - most) if kept > most else 0.0)
        )

    def _price(self, touched: float, left: float, right: float, kept: float) -> float:
        limit = max(_log2(self.macs) + touched, _log2(self.moved) + log2_sum((left, right, kept)))
        return log2_sum((limit, _log2(self.kept) + kept, _log2(self.step)))

    def _touched_and_kept(self, touched: float, _: float, __: float, kept: float) -> float:
        return touched + math.log2(1.0 + self.kept * 2.0 ** (kept - touched))

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
