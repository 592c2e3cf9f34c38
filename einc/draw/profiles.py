"""The memory profile: what lives while each line of the program runs, and the arrays that make the peak."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from einc.corridor import Plan
from einc.draw.canvas import MONO, NOTE, SANS, SMALL, Theme, drawable, fonts, sheet, short
from einc.draw.labels import Points
from einc.expression import show
from einc.memory import live, size_of, spans
from einc.program import Value

SHOWN = 5  # arrays with a band of their own
SEEN = 0.02  # of the peak, that is high enough for a band
NAMES, SCALE = 2.9, 0.75  # inches beside the profile, for the names and for the scale
FEW = 10  # lines that are named below
LONGEST = 18  # characters of a name


def draw_memory(plan: Plan, theme: Theme) -> Figure:
    """Every line is a column as high as what lives in it; the largest arrays at the peak have their own colours."""
    order, lives = spans(plan.program)
    taken = tuple(live(plan.program, plan.sizes).values())
    at = taken.index(max(taken))
    figure, axes = sheet((min(12.0, 7.0 + 0.4 * len(order)), 4.4), theme, str(plan.expression), _note(plan, taken))
    held = [value for value, (first, last) in lives.items() if first <= at <= last]
    large = [value for value in held if size_of(value, plan.sizes) >= SEEN * max(taken)]
    shown = sorted(large, key=lambda value: -size_of(value, plan.sizes))[:SHOWN]
    bands = [_band(lives[value], size_of(value, plan.sizes), len(order)) for value in shown]
    rest = np.array(taken, dtype=float) - sum(bands, np.zeros(len(order)))
    _frame(axes, [step.value for step in order], theme)
    _stack(axes, [*bands, rest], theme)
    axes.set_ylim(0, max(taken) * 1.12 or 1)
    axes.set_yticks([max(taken)], [short(max(taken), "B")])
    names = [f"{value.name}  {_layout(value)}  {short(size_of(value, plan.sizes), 'B')}" for value in shown]
    _names(axes, [*names, *["all others"] * bool(rest.any())], theme)
    return figure


def _note(plan: Plan, taken: Sequence[int]) -> str:
    lines = f"{short(len(taken))} line{'s' * (len(taken) != 1)}"
    told = f"at most {short(max(taken), 'B')} at once, in {lines}; operands aside"
    return told + (", and with one slice at a time" if plan.tree.sliced else "")


def _band(span: tuple[int, int], height: int, lines: int) -> Points:
    band = np.zeros(lines)
    band[span[0] : span[1] + 1] = height
    return band


def _layout(value: Value) -> str:
    text = show(value.layout) or "scalar"
    return drawable(text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …")


def _frame(axes: Axes, made: Sequence[Value], theme: Theme) -> None:
    """Lines below, named where there are few, and room for words on both sides."""
    width = axes.get_figure(root=True).get_size_inches()[0]  # type: ignore[union-attr]
    box = axes.get_position()
    axes.set_position((SCALE / width, box.y0, 1 - (SCALE + NAMES) / width, box.height))
    axes.set_axis_on()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(theme.line)
    axes.set_xlim(-0.5, len(made) - 0.5)
    named = range(0, len(made), 1 if len(made) <= FEW else -(-len(made) // FEW))
    axes.set_xticks(named, [made[number].name for number in named])
    axes.tick_params(length=0, labelsize=NOTE, labelcolor=theme.quiet, labelfontfamily=MONO)


def _stack(axes: Axes, bands: Sequence[Points], theme: Theme) -> None:
    edges = np.arange(len(bands[0]) + 1) - 0.5
    low = np.zeros(len(bands[0]))
    colours = [*theme.bands[: len(bands) - 1], theme.bands[-1]]
    for band, colour in zip(bands, colours):
        axes.stairs(low + band, edges, baseline=low, fill=True, color=colour, linewidth=0)
        low = low + band
    axes.axhline(low.max(), color=theme.quiet, linewidth=0.8, dashes=(4, 3))


def _names(axes: Axes, names: Sequence[str], theme: Theme) -> None:
    """What the bands are, the topmost first, as they lie."""
    colours = [*theme.bands[: len(names)]]
    if names and names[-1] == "all others":
        colours[-1] = theme.bands[-1]
    for number, (name, colour) in enumerate(reversed(list(zip(names, colours)))):
        low = 0.92 - 0.075 * number
        axes.text(1.03, low, "■", transform=axes.transAxes, size=NOTE, color=colour, family=fonts(SANS), va="center")
        axes.text(
            *(1.0, low, name),
            transform=axes.transAxes,
            size=SMALL + 0.5,
            color=theme.ink,
            family=fonts(MONO),
            va="center",
        ).set_x(1.03 + 0.2 / (axes.get_window_extent().width * 0.01))
