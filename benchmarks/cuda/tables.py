"""The rows as Markdown, and where that goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from statistics import geometric_mean

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from benchmarks.cuda.bars import judged
from benchmarks.cuda.contenders import EINC, EINSUM, HAND, names
from benchmarks.cuda.device import CPU
from benchmarks.cuda.rows import Row

BEGIN, END = "<!-- measured -->", "<!-- end of what was measured -->"
SMOKE = "**Smoke run**: without a CUDA device all sizes are small, and times mean nothing."
WIDE = 400  # characters: no cell is broken
DASH = "–"  # noqa: RUF001


def page(rows: Sequence[Row], device: str, where: Mapping[str, str], skipped: Sequence[str]) -> str:
    """All that a run found, as Markdown."""
    parts = [", ".join(f"{name} {value}" for name, value in where.items()) + "."]
    if device == CPU:
        parts.append(SMOKE)
    parts += [_written(_measured(rows)), _written(_families(rows))]
    if device != CPU:
        parts.append(_written(_bars(rows)))
    remarks = [f"* {row.name} {row.mode}: wrong by {', '.join(row.wrong)}" for row in rows if row.wrong]
    remarks += [f"* {row.name} {row.mode}, {who}: {why}" for row in rows for who, why in row.refused.items()]
    if skipped:
        remarks.append(f"* not run, as the time was up: {', '.join(skipped)}")
    return "\n\n".join([*parts, *(["\n".join(remarks)] if remarks else [])]) + "\n"


def put_into(document: Path, text: str) -> None:
    """Replace what stands between the two marks of a document.

    Raises:
        ValueError: for a document without the marks.
    """
    before, begin, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{document} has no place for tables, between {BEGIN} and {END}")
    document.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


def _measured(rows: Sequence[Row]) -> Table:
    """Microseconds of everyone, those that einc expected of itself, and ratios."""
    heads = ("case", "expression", "mode", "bound", "floor", *names().values())
    table = Table(*heads, "predicted", "of floor", "einsum / einc", "by hand / einc", box=MARKDOWN)
    for row in rows:
        times = [_number(row.timings[name].microseconds if name in row.timings else None, 1) for name in names()]
        ratios = [_number(ratio) for ratio in (row.of_floor(EINC), row.times(EINSUM, EINC), row.times(HAND, EINC))]
        heading = row.name, f"`{row.expression}`", row.mode, row.bound, f"{row.floor:,.1f}"
        table.add_row(*heading, *times, f"{row.predicted:,.1f}", *ratios)
    return table


def _families(rows: Sequence[Row]) -> Table:
    """Geometric means by family."""
    heads = ("family", "rows", "of floor", "einsum / einc", "opt_einsum / einc", "compiled / einc", "by hand / einc")
    table = Table(*heads, box=MARKDOWN)
    others = (EINSUM, "opt_einsum", "torch.compile", HAND)
    for family in (*dict.fromkeys(row.family for row in rows), "all"):
        own = [row for row in rows if family in (row.family, "all")]
        means = [_mean(own, lambda row: row.of_floor(EINC))]
        means += [_mean(own, lambda row, name=name: row.times(name, EINC)) for name in others]
        table.add_row(family, str(len(own)), *map(_number, means))
    return table


def _bars(rows: Sequence[Row]) -> Table:
    """What is asked of einc's plain calls, what they do, and where they do not."""
    table = Table("asked for", "rows", "worst, or mean", "met", "missed by", box=MARKDOWN)
    for verdict in judged(rows):
        met = DASH if verdict.found is None else "no" if verdict.missing else "yes"
        missed = ", ".join(verdict.missing) or DASH
        table.add_row(verdict.claim, str(verdict.rows), _number(verdict.found), met, missed)
    return table


def _mean(rows: Sequence[Row], value: Callable[[Row], float | None]) -> float | None:
    known = [found for row in rows if (found := value(row)) is not None]
    return geometric_mean(known) if known else None


def _number(value: float | None, places: int = 2) -> str:
    return DASH if value is None else f"{value:,.{places}f}"


def _written(table: Table) -> str:
    written = StringIO()
    Console(file=written, width=WIDE, no_color=True).print(table)
    return "\n".join(line.rstrip() for line in written.getvalue().strip().splitlines())
