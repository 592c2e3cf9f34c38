"""A budget for a search, in seconds, or in rotations so that the search can be repeated."""

from __future__ import annotations

from time import perf_counter
from typing import Protocol

CHUNK = 0.005  # seconds of rotations between two looks at the clock
FIRST_CHUNK = 512  # rotations, while their speed is not known


class Rotating(Protocol):
    """A tree that can be annealed."""

    def anneal(self, hot: float, cold: float, moves: int) -> None:
        """Try so many rotations, beta rising from `hot` to `cold`."""


class Clock:
    """What is left of a budget, and how many rotations that allows.

    The unit is a second, or one rotation where the budget is given in these.
    """

    def __init__(self, seconds: float, moves: int | None = None) -> None:
        self.timed = moves is None
        self.end = perf_counter() + seconds if moves is None else float(moves)
        self.counted = 0
        self.rate = 0.0 if self.timed else 1.0  # rotations per unit; 0 while it is not known
        self.stopped = False

    def now(self) -> float:
        """Seconds, or rotations so far."""
        return perf_counter() if self.timed else float(self.counted)

    def left(self) -> float:
        """Seconds, or rotations, that are left."""
        return 0.0 if self.stopped else max(0.0, self.end - self.now())

    def stop(self) -> None:
        """Leave nothing."""
        self.stopped = True

    def moves_left(self) -> float:
        """Rotations that are left, by the speed of those before."""
        return self.left() * self.rate

    def part(self, share: float) -> Clock:
        """A clock for a share of what is left."""
        part = Clock(self.left() * share) if self.timed else Clock(0.0, int(self.left() * share))
        part.rate = self.rate
        return part

    def take(self, part: Clock) -> None:
        """Count what was done by a part's clock."""
        self.counted += part.counted
        self.rate = part.rate
        self.stopped |= part.stopped

    def anneal(self, walk: Rotating, schedule: tuple[float, float], share: float) -> None:
        """Anneal for a share of what is left, beta rising with the units that pass."""
        hot, cold = schedule
        begin, length = self.now(), self.left() * share
        passed = 0.0
        while passed < 1.0 and length > 0.0 and not self.stopped:
            moves = self._chunk(length * (1.0 - passed))
            step = moves / (self.rate * length) if self.rate else 0.0
            beta = hot + (cold - hot) * passed
            start = perf_counter()
            walk.anneal(beta, min(cold, beta + (cold - hot) * step), moves)
            self.counted += moves
            if self.timed:
                rate = moves / max(perf_counter() - start, 1e-6)
                self.rate = (self.rate + rate) / 2 if self.rate else rate
            passed = (self.now() - begin) / length

    def _chunk(self, units: float) -> int:
        if not self.rate:
            return FIRST_CHUNK
        most = CHUNK * self.rate if self.timed else max(FIRST_CHUNK, self.end / 200)
        return max(1, int(min(units * self.rate, most)))
