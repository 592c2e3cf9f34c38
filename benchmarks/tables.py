"""Results as Markdown: a summary, and a table for each suite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import groupby
from statistics import geometric_mean

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from benchmarks.rows import Ratio, Results, Row
from einc.turns import REFERENCE_AGAIN

DASH = "–"  # noqa: RUF001
LARGE = 1000.0  # a ratio of which only the order is told
WIDTH = 400  # of lines, so that no cell is broken
FIGURES = "cases", "over the library's einsum", "over the best peer", "behind the best peer", "worst"
MAIN = (
    "torch.einsum",
    "np.einsum, optimized",
    "np.einsum",
    "opt_einsum",
    "opt_einsum, torch",
)  # what einc would take the place of

ABOUT = """\
# Measured

Times of others over einc's: above 1, einc is faster. A ratio is the median of many rounds, in brackets its quartiles;
all competitors run in the same process, in turns, in a new order each round. `(noise)` is einc beside itself. A dash is
a peer that is not installed, or cannot do the case. For searches of orders, read multiply-adds for times.
"""


def markdown(results: Results) -> str:
    """All of it, as a page."""
    heads = {"machine": "", "summary": "## In short\n\n", "families": "## By family\n\n"}
    return "\n".join(
        [ABOUT, *(heads.get(name, f"## {name.capitalize()}\n\n") + table for name, table in tables(results).items())]
    )


def tables(results: Results) -> dict[str, str]:
    """Each table as Markdown, by name: of the machine, in short, by family, and of each suite."""
    found = {"machine": machine_table(results), "summary": summary(results.rows), "families": families(results.rows)}
    found |= {suite: each(rows) for suite, rows in by_suite(results.rows).items()}
    return {name: _text(table) for name, table in found.items() if table.row_count}


def by_suite(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows of each suite."""
    return {suite: list(own) for suite, own in groupby(rows, lambda row: row.key.suite)}


def machine_table(results: Results) -> Table:
    """Where and when."""
    made = Table("", "measured on", box=MARKDOWN)
    for name, text in results.machine.items():
        made.add_row(name, text or DASH)
    return made


def summary(rows: Iterable[Row]) -> Table:
    """Geometric means, a line for each suite, library, setting and number of threads."""
    made = Table("suite", "library", "setting", "threads", *FIGURES, box=MARKDOWN)
    for named, own in groups(rows).items():
        made.add_row(*named, str(len(own)), *figures(own))
    return made


def families(rows: Iterable[Row]) -> Table:
    """Geometric means over the cases of a family, where a suite has several."""
    made = Table("family", "library", "setting", "threads", *FIGURES, box=MARKDOWN)
    for (_, *named), own in groups(rows).items():
        several = dict.fromkeys(row.family for row in own)
        for family in several if len(several) > 1 else ():
            chosen = [row for row in own if row.family == family]
            made.add_row(family, *named, str(len(chosen)), *figures(chosen))
    return made


def groups(rows: Iterable[Row]) -> dict[tuple[str, str, str, str], list[Row]]:
    """Rows by suite, library, setting and threads, in the order in which those came."""
    found: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in rows:
        key = row.key
        found.setdefault((key.suite, key.library, key.setting, key.threads), []).append(row)
    return found


def figures(rows: Sequence[Row]) -> tuple[str, str, str, str]:
    """Of some rows: the means over the library's einsum and the best peer, how many are behind, and the worst."""
    mains = [row.ratios[name].median for row in rows if (name := main_peer(row))]
    best = [row.ratios[row.best].median for row in rows if row.peers]
    if not best:
        return DASH, DASH, DASH, DASH
    mean = plain(geometric_mean(mains)) if mains else DASH
    behind = sum(row.ratios[row.best].high < 1 for row in rows if row.peers)
    return mean, plain(geometric_mean(best)), str(behind), plain(min(best))


def main_peer(row: Row) -> str:
    """The einsum that einc takes the place of; nothing where it does not take part."""
    return next((name for name in MAIN if name in row.ratios), "")


def each(rows: Sequence[Row]) -> Table:
    """A line for each row, and a column for each peer."""
    names = dict.fromkeys(name for row in rows for name in (*row.ratios, *row.missing))
    peers = [*(name for name in names if name != REFERENCE_AGAIN), REFERENCE_AGAIN]
    made = Table("case", "library", "setting", "threads", "einc (µs)", *peers, box=MARKDOWN)
    for row in rows:
        key = row.key
        cells = [shown(row.ratios[name]) if name in row.ratios else DASH for name in peers]
        made.add_row(f"`{key.case}`", key.library, key.setting, key.threads, f"{row.microseconds:,.4g}", *cells)
    return made


def shown(ratio: Ratio) -> str:
    """A ratio and its quartiles."""
    return f"{plain(ratio.median)} ({plain(ratio.low)}–{plain(ratio.high)})"  # noqa: RUF001


def plain(value: float) -> str:
    """A number with two digits after the point, or of which only the order is told."""
    return f"{value:.2f}" if value < LARGE else f"{value:.2g}"


def _text(table: Table) -> str:
    file = StringIO()
    Console(file=file, width=WIDTH).print(table)
    return "\n".join(line.strip() for line in file.getvalue().splitlines()).strip() + "\n"
