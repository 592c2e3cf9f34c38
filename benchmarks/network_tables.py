"""Tables of what networks took: times of peers over einc's, with quartiles, and their means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from statistics import geometric_mean, median, quantiles
from typing import Protocol, TypeAlias

from rich.box import MARKDOWN
from rich.table import Table

from benchmarks.network_peers import COMPETITORS, EINC

Times: TypeAlias = dict[str, list[float]]
MISSING = "-"
STAGES = ("cold", "further")
PEERS = tuple(name for name in COMPETITORS if name not in EINC)


class Result(Protocol):
    """What was measured on one network."""

    instance: str
    operands: int
    cold: Times
    further: Times
    refused: dict[str, str]


def against(times: Times, peer: str, reference: Collection[str] = EINC) -> tuple[float, float, float] | None:
    """The time of a peer over that of einc, and its quartiles over all rounds; nothing for a peer that is missing.

    Of einc in several libraries, the quickest counts.
    """
    own = [name for name in reference if name in times]
    if peer not in times or not own:
        return None
    best = min(own, key=lambda name: median(times[name]))
    ratios = [a / b for a, b in zip(times[peer], times[best])]
    low, _, high = quantiles(ratios, n=4) if len(ratios) > 1 else (*ratios, *ratios, *ratios)
    return median(times[peer]) / median(times[best]), low, high


def best_of(times: Times, names: Iterable[str] = PEERS) -> str | None:
    """Who of these took least time, if anyone."""
    return min((name for name in names if name in times), key=lambda name: median(times[name]), default=None)


def each(results: Iterable[Result], stage: str) -> Table:
    """A row for each network: milliseconds of einc, times of peers over the best of these."""
    table = Table("network", "operands", box=MARKDOWN, title=f"{stage}: einc in ms, the others times einc's best")
    for name in (*EINC, "best peer", "which", *PEERS):
        table.add_column(name)
    for result in results:
        times: Times = getattr(result, stage)
        own = [f"{median(times[name]) * 1e3:.3g}" if name in times else MISSING for name in EINC]
        best = best_of(times)
        cells = [_shown(against(times, best)) if best else MISSING, best or MISSING]
        table.add_row(
            result.instance, str(result.operands), *own, *cells, *(_shown(against(times, name), True) for name in PEERS)
        )
    return table


def summary(results: Iterable[Result]) -> Table:
    """Geometric means, and the worst, of the best peer's time over einc's: of all, and library by library."""
    table = Table("best peer over einc", box=MARKDOWN)
    groups: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
        "all": (EINC, PEERS),
        **{
            one: ((one,), tuple(name for name in PEERS if COMPETITORS[name].arrays is COMPETITORS[one].arrays))
            for one in EINC
        },
    }
    every = [*results]
    for name in groups:
        table.add_column(f"{name}: mean")
        table.add_column("least")
    for stage in STAGES:
        cells = []
        for own, peers in groups.values():
            ratios = []
            for result in every:
                times: Times = getattr(result, stage)
                found = against(times, best_of(times, peers) or "", own)
                if found:
                    ratios.append(found[0])
            cells += [f"{geometric_mean(ratios):.2f}", f"{min(ratios):.2f}"] if ratios else [MISSING, MISSING]
        table.add_row(stage, *cells)
    return table


def missing(results: Iterable[Result]) -> Table:
    """Why competitors are missing."""
    table = Table("network", "missing", "why", box=MARKDOWN)
    for result in results:
        for name, why in result.refused.items():
            table.add_row(result.instance, name, why)
    return table


def _shown(found: tuple[float, float, float] | None, short: bool = False) -> str:
    if found is None:
        return MISSING
    ratio, low, high = found
    return f"{ratio:.3g}" if short else f"{ratio:.3g} ({low:.3g} to {high:.3g})"
