"""Results as pictures, one for each suite and number of threads, as PNG and SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from benchmarks.rows import Results, Row
from benchmarks.tables import groups
from einc.turns import REFERENCE_AGAIN

DECADES = 1e4  # of ratios, from which only powers of ten are told
MANY = 30  # cases that are shown as a curve, not a line of points each
COLOURS = ("#4269d0", "#efb118", "#ff725c", "#3ca951", "#a463f2", "#9c6b4e", "#6cc5b0", "#ff8ab7", "#97bbf5", "#9498a0")
LINES = (("-", "o"), ("--", "D"), (":", "s"))  # with which colours come again
GREY = "#7a7f87"  # of all text, to be read on light and on dark
STYLE = {
    "svg.hashsalt": "einc",
    "font.size": 9.0,
    **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color", "axes.edgecolor"), GREY),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}


class Look(NamedTuple):
    """The colour of a peer, its line in curves, and its sign among points: no two of thirty have all in common."""

    colour: str
    line: str
    sign: str


def looks(peers: Iterable[str]) -> dict[str, Look]:
    """That of each peer."""
    return dict(zip(peers, cycle([Look(colour, *line) for line in LINES for colour in COLOURS])))


def draw(results: Results, folder: Path) -> list[Path]:
    """Write pictures of all groups of rows, and say where."""
    peers = dict.fromkeys(name for row in results.rows for name in row.ratios if name != REFERENCE_AGAIN)
    look_of = looks(peers)
    files = []
    for named, rows in groups(results.rows).items():
        with mpl.rc_context(STYLE):
            figure = picture(" · ".join(part for part in (*named[:3], f"{named[3]} thread(s)") if part), rows, look_of)
            for kind in ("svg", "png"):
                file = folder / f"{'_'.join(part for part in named if part).replace(' ', '')}.{kind}"
                figure.savefig(file, dpi=150, transparent=True, metadata={"Date": None} if kind == "svg" else None)
                files.append(file)
    return files


def picture(title: str, rows: Sequence[Row], look_of: dict[str, Look]) -> Figure:
    """Rows with a line each, or as curves where they are many."""
    many = len(rows) > MANY
    figure = Figure(figsize=(7.5, 4.5 if many else 1.2 + 0.28 * len(rows)), layout="constrained")
    axes = figure.subplots()
    (_curves if many else _points)(axes, rows, look_of)
    axes.set_title(title, loc="left")
    axes.legend(*_legend(axes), loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _curves(axes: Axes, rows: Sequence[Row], look_of: dict[str, Look]) -> None:
    """For each peer its ratios in ascending order, over the share of cases."""
    for name, look in look_of.items():
        ratios = sorted(row.ratios[name].median for row in rows if name in row.ratios)
        if ratios:
            shares = [100 * (place + 0.5) / len(ratios) for place in range(len(ratios))]
            axes.plot(shares, ratios, look.line, color=look.colour, label=name, linewidth=1.6)
    axes.axhline(1, color=GREY, linewidth=0.8)
    limits = _limits(rows)
    axes.set(
        yscale="log", xlim=(0, 100), ylim=limits, xlabel="% of cases", ylabel="times einc's: above 1, einc is ahead"
    )
    _plain(axes.yaxis, *limits)


def _limits(rows: Sequence[Row]) -> tuple[float, float]:
    """From the least to the largest ratio of a peer; what is there for context may lie outside."""
    ratios = [ratio.median for row in rows for ratio in row.peers.values()]
    return 0.8 * min(0.9, *ratios), 1.25 * max(1.1, *ratios)


def _points(axes: Axes, rows: Sequence[Row], look_of: dict[str, Look]) -> None:
    """For each row a line, its peers as points with their quartiles."""
    places = range(len(rows))
    for name, look in look_of.items():
        own = [(place, row.ratios[name]) for place, row in zip(places, rows) if name in row.ratios]
        if own:
            middle = [ratio.median for _, ratio in own]
            spread = [
                [max(0, ratio.median - ratio.low) for _, ratio in own],
                [max(0, ratio.high - ratio.median) for _, ratio in own],
            ]
            lines = [place for place, _ in own]
            axes.errorbar(
                middle, lines, xerr=spread, fmt=look.sign, markersize=4, color=look.colour, label=name, elinewidth=1
            )
    axes.axvline(1, color=GREY, linewidth=0.8)
    axes.set_yticks(places, [row.key.case for row in rows])
    axes.grid(axis="y", linewidth=0.3)
    axes.invert_yaxis()
    axes.set(xscale="log", xlabel="times einc's: right of 1, einc is ahead")
    _plain(axes.xaxis, *axes.get_xlim())


def _plain(axis: mpl.axis.Axis, low: float, high: float) -> None:
    """Numbers as people write them, not powers of ten, as long as they are not many."""
    few = high / low < DECADES
    axis.set_major_locator(LogLocator(10, subs=(1, 2, 5) if few else (1,), numticks=30 if few else 8))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _legend(axes: Axes) -> tuple[list, list[str]]:
    return axes.get_legend_handles_labels()
