"""An explanation as a page of its own, for notebooks: light or dark, with nothing to load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from einc.report.facts import Facts, StepReport
from einc.report.text import duration, middle_cut, percent, readable, shown, standing

LONGEST = 240  # characters of an expression in the heading
CUT = 160  # and of a contraction in its row
NARROW = 30  # characters of one that is not broken into lines
SHAPE = 40  # of a shape
CALL, CALLS = 60, 6  # of a call; and how many of a step's are shown
HEAD = ("step", "contraction", "MACs", "bytes", "live", "time", "copies", "result", "calls")
# Everything is coloured by what is around it, so that it is read on any background.
STYLE = """
.einc { font: 13px/1.5 system-ui, sans-serif; color: inherit; overflow-x: auto; }
.einc h4 { font: 600 14px/1.5 ui-monospace, monospace; margin: .2em 0; overflow-wrap: anywhere; }
.einc dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1em; margin: .4em 0; }
.einc dt { opacity: .7; }
.einc dd { margin: 0; overflow-wrap: anywhere; }
.einc table { border-collapse: collapse; margin: .6em 0; background: none; color: inherit; }
.einc th, .einc td { padding: .15em .7em; border: 0; border-bottom: 1px solid rgba(128, 128, 128, .35);
  text-align: left; background: none; color: inherit; vertical-align: top; white-space: nowrap; }
.einc .n { text-align: right; font-variant-numeric: tabular-nums; }
.einc code, .einc pre { font: 12px/1.5 ui-monospace, monospace; background: none; color: inherit;
  white-space: pre-wrap; }
.einc td.wide { white-space: normal; min-width: 18em; max-width: 36em; overflow-wrap: anywhere; }
.einc td code, .einc td pre { margin: 0; white-space: pre; }
.einc td.wide code { white-space: pre-wrap; }
.einc .bar { background: linear-gradient(90deg, rgba(66, 133, 244, .4) var(--share), transparent var(--share))
  0 .15em / 100% 1.5em no-repeat; }
.einc tfoot td { font-weight: 600; }
.einc summary { cursor: pointer; opacity: .8; }
"""


def page(x: Facts) -> str:
    """The explanation as HTML: what is true of all steps, a row for each (of many, the heaviest first), the source."""
    rows, folded = shown(x.steps)
    parts = [
        f"<style>{STYLE}</style>",
        f'<h4 title="{escape(x.expression)}">{escape(middle_cut(x.expression, LONGEST))}</h4>',
        _facts(x),
        _table(rows, _foot(x)),
    ]
    if folded:
        light = [(number, step) for number, step in enumerate(x.steps) if (number, step) not in rows]
        parts.append(_details(f"{len(folded)} lighter steps", _table(light, "")))
    parts.append(_details("source", f"<pre>{escape(x.source)}</pre>"))
    return f'<div class="einc">{"".join(parts)}</div>'


def _facts(x: Facts) -> str:
    told = {
        "for": f"{x.library}, {x.dtype}",
        "sizes": middle_cut("  ".join(f"{index}={size}" for index, size in x.sizes.items()), 2 * LONGEST) or "none",
        "multiply-adds": f"{readable(x.macs)}; naive {readable(x.naive_macs)}, "
        f"left to right {readable(x.left_to_right_macs)}",
        "order": f"{x.planner}{standing(x)}",
        "memory": f"{readable(x.peak)} bytes at once at most; "
        f"largest intermediate of {readable(x.largest_intermediate)} elements",
        "moved": f"{readable(x.bytes)} bytes; {x.intensity:.1f} flops a byte",
        "copies": f"{x.copies} made, {x.views} avoided",
        "predicted": duration(x.seconds),
    }
    if x.slices > 1:
        told["slices"] = readable(x.slices)
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{escape(value)}</dd>' for name, value in told.items())}</dl>"


def _table(rows: Iterable[tuple[int, StepReport]], foot: str) -> str:
    head = "".join(f"<th{_class(column)}>{name}</th>" for column, name in enumerate(HEAD))
    body = "".join(_row(number, step) for number, step in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody><tfoot>{foot}</tfoot></table>"


def _row(number: int, step: StepReport) -> str:
    shape = "x".join(map(str, step.shape)) or "scalar"
    wide = ' class="wide"' if len(step.contraction) > NARROW else ""
    time = f'<td class="n bar" style="--share: {step.share:.1%}" title="{duration(step.seconds)}">'
    cells = (
        f'<td class="n">{number}</td>',
        f'<td{wide} title="{escape(step.contraction)}"><code>{escape(middle_cut(step.contraction, CUT))}</code></td>',
        _numbers((step.macs, step.bytes, step.live)),
        f"{time}{escape(percent(step.share))}</td>",
        f'<td class="n" title="made/avoided">{step.copies}/{step.views}</td>',
        f'<td title="{shape}">{middle_cut(shape, SHAPE)}</td>',
        f'<td title="{escape("; ".join(step.calls))}"><pre>{escape(_calls(step))}</pre></td>',
    )
    return f"<tr>{''.join(cells)}</tr>"


def _calls(step: StepReport) -> str:
    """A line for each of the first calls."""
    more = [f"and {len(step.calls) - CALLS} more"] if len(step.calls) > CALLS else []
    return "\n".join([middle_cut(call, CALL) for call in step.calls[:CALLS]] + more)


def _foot(x: Facts) -> str:
    calls = sum(len(step.calls) for step in x.steps)
    return (
        f"<tr><td></td><td>total</td>{_numbers((x.macs, x.bytes, x.peak))}"
        f'<td class="n">{duration(x.seconds)}</td><td class="n">{x.copies}/{x.views}</td><td></td>'
        f"<td>{calls} calls</td></tr>"
    )


def _numbers(figures: Sequence[int]) -> str:
    return "".join(f'<td class="n">{readable(figure)}</td>' for figure in figures)


def _class(column: int) -> str:
    return ' class="n"' if HEAD[column] in {"step", "MACs", "bytes", "live", "time", "copies"} else ""


def _details(summary: str, inside: str) -> str:
    return f"<details><summary>{summary}</summary>{inside}</details>"
