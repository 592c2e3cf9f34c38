"""An explanation as a table that fits the terminal."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from shutil import get_terminal_size

from einc.report.facts import Facts, StepReport

HEAD = ("step", "contraction", "MACs", "bytes", "live", "time", "copies", "result", "calls")
NUMBERS = frozenset({"step", "MACs", "bytes", "live", "time", "copies"})  # columns that are set to the right
SHRINK = ("calls", "contraction", "result")  # columns that are cut where the terminal is narrow
SHAPE = 32  # characters of a shape
DROP = ("result", "live", "bytes", "copies", "MACs", "calls", "time")  # and those that are left out
NARROW = 16  # characters that a column keeps which is cut
MOST = 24  # steps that are all shown
SHOWN = 16  # of more steps, the heaviest
LONGEST = 480  # characters of an expression that are shown
NEAR = 20  # characters to a blank at which a line is cut
MANY = 40  # sizes that are all shown
HUGE = 10**15
BOLD, PLAIN = "\033[1m", "\033[0m"


def console_width() -> int | None:
    """The columns of the terminal that is printed to; None where there is none, and lines may have any length."""
    if os.environ.get("COLUMNS", "").isdigit() or (sys.stdout is not None and sys.stdout.isatty()):
        return max(20, get_terminal_size().columns)
    return None


def text(explanation: Facts, width: int | None = None, colour: bool = False) -> str:
    """The explanation as a person reads it.

    Args:
        explanation: what is told.
        width: of the terminal; None for lines of any length.
        colour: whether to set the head of the table in bold.
    """
    rows, folded = shown(explanation.steps)
    table = [HEAD, *(_row(number, step) for number, step in rows)]
    if folded:
        table.append(_sum_of(folded, f"{len(folded)} lighter steps"))
    lines = fitted([*table, _total(explanation)], width)
    if colour:
        lines[0] = f"{BOLD}{lines[0]}{PLAIN}"
    return "\n".join([*wrapped(summary(explanation), width), "", *lines])


def summary(explanation: Facts) -> list[str]:
    """What is true of all steps together."""
    x = explanation
    ratio = f", {readable(Decimal(x.naive_macs) / x.macs)}x fewer" if 0 < x.macs < x.naive_macs else ""
    slices = f", in {readable(x.slices)} slices" if x.slices > 1 else ""
    return [
        f"{middle_cut(x.expression, LONGEST)}    {x.library}, {x.dtype}",
        f"sizes: {_sizes(x)}" if x.sizes else "no sizes",
        f"naive: {readable(x.naive_macs)} MACs; in this order: {readable(x.macs)} MACs{ratio}",
        f"left to right: {readable(x.left_to_right_macs)} MACs; order: {x.planner}{standing(x)}",
        f"largest intermediate: {readable(x.largest_intermediate)} elements; "
        f"{readable(x.bytes)} bytes moved, {x.intensity:.1f} flops a byte",
        f"at most {readable(x.peak)} bytes at once{slices}",
        f"copies: {x.copies} made, {x.views} avoided; predicted: {duration(x.seconds)}",
    ]


def standing(x: Facts) -> str:
    """How far the order is from the best of all."""
    if len(x.path) == 1:
        return ""
    if x.least_macs is None:
        return ", not proven optimal"
    if x.optimal:
        return ", proven optimal"
    return f", {readable(Decimal(x.macs) / max(1, x.least_macs), 2)}x the fewest MACs"


def shown(steps: Sequence[StepReport]) -> tuple[list[tuple[int, StepReport]], list[StepReport]]:
    """The steps to show with their numbers, and those to fold; of many, the heaviest come first."""
    rows = list(enumerate(steps))
    if len(rows) <= MOST:
        return rows, []
    rows.sort(key=lambda row: (-row[1].seconds, row[0]))
    return rows[:SHOWN], [step for _, step in rows[SHOWN:]]


def readable(number: int | Decimal, digits: int = 1) -> str:
    """A count in full, a ratio to one digit, and either as a power of ten where it is very large."""
    if number >= HUGE:
        return f"{Decimal(number):.2e}"
    return f"{number:,}" if isinstance(number, int) else f"{number:,.{digits}f}"


def duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:,.3g} {unit}" if seconds < 1e4 else f"{Decimal(seconds):.2e} s"
    return f"{seconds / 1e-9:.3g} ns"


def percent(share: float) -> str:
    """A share, to the next percent."""
    return f"{share:.0%}" if share >= 0.005 else "<1%"


def middle_cut(line: str, longest: int) -> str:
    """A line without its middle, where it is too long; cut at blanks, where some are near."""
    if len(line) <= longest:
        return line
    half = (longest - 3) // 2
    at = line.rfind(" ", max(1, half - NEAR), half + 1)
    to = line.find(" ", len(line) - half - 1, len(line) - half - 1 + min(NEAR, half))
    return f"{line[: at if at > 0 else half]} … {line[to + 1 if to > 0 else -half :]}"


def _sizes(x: Facts) -> str:
    pairs = [f"{index}={size}" for index, size in x.sizes.items()]
    more = [f"and {len(pairs) - MANY} more"] if len(pairs) > MANY else []
    return "  ".join(pairs[:MANY] + more)


def _row(number: int, step: StepReport) -> tuple[str, ...]:
    shape = middle_cut("x".join(map(str, step.shape)) or "scalar", SHAPE)
    figures = (readable(step.macs), readable(step.bytes), readable(step.live), percent(step.share), _copies([step]))
    return str(number), step.contraction, *figures, shape, "; ".join(step.calls)


def _sum_of(steps: Sequence[StepReport], name: str) -> tuple[str, ...]:
    total = (sum(step.macs for step in steps), sum(step.bytes for step in steps), max(step.live for step in steps))
    shares = percent(sum(step.share for step in steps))
    return "", name, *map(readable, total), shares, _copies(steps), "", _calls(steps)


def _total(x: Facts) -> tuple[str, ...]:
    figures = (readable(x.macs), readable(x.bytes), readable(x.peak), "100%", _copies(x.steps))
    return "", "total", *figures, "", _calls(x.steps)


def _copies(steps: Sequence[StepReport]) -> str:
    """Made, and avoided."""
    return f"{sum(step.copies for step in steps)}/{sum(step.views for step in steps)}"


def _calls(steps: Sequence[StepReport]) -> str:
    calls = sum(len(step.calls) for step in steps)
    return f"{calls} call{'s' * (calls != 1)}"


def wrapped(lines: Sequence[str], width: int | None) -> list[str]:
    """The lines, broken at blanks (within a word, where that is longer) and then set in."""
    if width is None:
        return list(lines)
    return [part for line in lines for part in _broken(line, width)]


def _broken(line: str, width: int) -> Iterator[str]:
    while _columns(line) > width:
        most = len(_cut(line, width)) - 1
        at = line.rfind(" ", 3, most + 1)
        at = most if at < 0 else at
        yield line[:at].rstrip()
        line = f"  {line[at:].lstrip()}"
    yield line


def fitted(rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """The rows in columns; where they are wider than the terminal, long columns are cut, and some left out."""
    columns = {name: list(cells) for name, *cells in zip(rows[0], *rows[1:])}
    if width is None:
        return _aligned(columns)
    for name in DROP:
        spared = sum(max(0, _widest(cut, columns[cut]) - NARROW) for cut in SHRINK if cut in columns)
        if _width_of(columns) - spared > width:
            del columns[name]
    _shrink(columns, width)
    return [_cut(line, width) for line in _aligned(columns)]


def _aligned(columns: dict[str, list[str]]) -> list[str]:
    padded = []
    for name, cells in columns.items():
        width = _widest(name, cells)
        gaps = [" " * (width - _columns(cell)) for cell in (name, *cells)]
        texts = zip(gaps, (name, *cells))
        padded.append([gap + cell if name in NUMBERS else cell + gap for gap, cell in texts])
    return ["  ".join(row).rstrip() for row in zip(*padded)]


def _shrink(columns: dict[str, list[str]], width: int) -> None:
    """Cut the long columns, so that those that are cut are equally wide."""
    widths = {name: _widest(name, columns[name]) for name in SHRINK if name in columns}
    room = width - _width_of(columns) + sum(widths.values())
    for number, name in enumerate(sorted(widths, key=widths.__getitem__)):  # what the narrow leave is for the wide
        share = max(NARROW, room // (len(widths) - number))
        columns[name] = [_cut(cell, share) for cell in columns[name]]
        room -= min(widths[name], share)


def _cut(cell: str, width: int) -> str:
    if _columns(cell) <= width:
        return cell
    while _columns(cell) > width - 1:
        cell = cell[:-1]
    return f"{cell}…"


def _width_of(columns: dict[str, list[str]]) -> int:
    return sum(_widest(name, cells) for name, cells in columns.items()) + 2 * (len(columns) - 1)


def _widest(name: str, cells: Sequence[str]) -> int:
    return max(map(_columns, (name, *cells)))


def _columns(cell: str) -> int:
    """Of a terminal: wide letters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell)
