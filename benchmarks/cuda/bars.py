"""What the measured rows have to show, and which of them do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import geometric_mean

from benchmarks.cuda.contenders import EINC, EINSUM, HAND
from benchmarks.cuda.floors import BYTES, LAUNCH
from benchmarks.cuda.rows import Row


@dataclass(frozen=True)
class Bar:
    """One claim: of which rows, what is compared, and what it must be at least; of each row, or of their mean."""

    claim: str
    least: float
    is_for: Callable[[Row], bool]
    value: Callable[[Row], float | None]
    of_each: bool = True


@dataclass(frozen=True)
class Verdict:
    """What became of a bar: how many rows it had, the worst of them or their mean, and those that miss it."""

    claim: str
    rows: int
    found: float | None
    missing: tuple[str, ...]


BARS = (
    Bar(
        "GEMM, bmm and folds ≥ 0.9 of by hand",
        0.9,
        lambda row: row.family in ("GEMM", "bmm", "fold"),
        lambda row: row.times(HAND, EINC),
    ),
    Bar("bound by bytes ≥ 0.6 of the floor", 0.6, lambda row: row.bound == BYTES, lambda row: row.of_floor(EINC)),
    Bar(
        "layouts, geometric mean ≥ 1.2 times torch.einsum",
        1.2,
        lambda row: row.family == "layout",
        lambda row: row.times(EINSUM, EINC),
        False,
    ),
    Bar(
        "bound by launches ≥ 5 times torch.einsum",
        5.0,
        lambda row: row.bound == LAUNCH,
        lambda row: row.times(EINSUM, EINC),
    ),
    Bar("no row under 0.95 times torch.einsum", 0.95, lambda _: True, lambda row: row.times(EINSUM, EINC)),
)


def judged(rows: Sequence[Row]) -> list[Verdict]:
    """Every bar, held against einc's plain calls."""
    return [_judged(bar, rows) for bar in BARS]


def _judged(bar: Bar, rows: Sequence[Row]) -> Verdict:
    values = {f"{row.name} {row.mode}": bar.value(row) for row in rows if bar.is_for(row)}
    known = {name: value for name, value in values.items() if value is not None}
    below = sorted((value, name) for name, value in known.items() if value < bar.least)
    if not known:
        return Verdict(bar.claim, 0, None, ())
    found = min(known.values()) if bar.of_each else geometric_mean(known.values())
    missing = below if bar.of_each or found < bar.least else []
    return Verdict(bar.claim, len(known), found, tuple(f"{name} ({value:.2f})" for value, name in missing))
