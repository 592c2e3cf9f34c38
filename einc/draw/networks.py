"""The network as a graph: operands as discs, an index they share as a line between them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from einc.corridor import Plan
from einc.draw.canvas import FOOT, HEAD, LABEL, SMALL, Theme, sheet, short, sized
from einc.draw.labels import AROUND, MOST, Label, Points, along, in_points, write
from einc.draw.layout import spread
from einc.expression import Group, flat, show
from einc.tree import points

FEW = 12  # operands that are told in full
NAMED = 70  # and that have their names
CROWD = 1000  # from which on lines are thin
TALL = 0.7  # of the width, at most
BORDER = 1.24  # of the paper, to the network
SMALLEST, LEAST = 3.2, 0.9  # points of a disc's radius where there is no name beside it, and where it is crowded
INK = 0.08  # of a square around the network, for all discs together, where there are many
LONG = 8  # letters of an index that make the paper wider
WORDS = 20  # letters of a line of a name
THICK = 0.35  # points for every bit of a line's indices


@dataclass(frozen=True, slots=True)
class Graph:
    """Operands, then a hub for every index that more than two of them share or that the output has.

    The lines between two vertices have all indices that just these share.
    """

    operands: int
    hubs: tuple[str, ...]
    ends: frozenset[str]  # indices of the output
    lines: dict[tuple[int, int], Group]


def graph(plan: Plan) -> Graph:
    """The graph of a plan's network."""
    terms = [dict.fromkeys(flat(layout)) for layout in plan.expression.operands]
    ends = frozenset(flat(plan.expression.output))
    uses = Counter(index for term in terms for index in term)
    hubs = tuple(index for index in uses if index in ends or uses[index] > 2)
    number = {index: len(terms) + n for n, index in enumerate(hubs)}
    holders: dict[str, list[int]] = {}
    for operand, term in enumerate(terms):
        for index in term:
            holders.setdefault(index, []).append(operand)
    lines: dict[tuple[int, int], Group] = {}
    for index, held in holders.items():
        pairs = [(operand, number[index]) for operand in held] if index in number else list(pairwise(held))
        for pair in pairs:
            lines[pair] = (*lines.get(pair, ()), index)
    return Graph(len(terms), hubs, ends, lines)


def draw_network(plan: Plan, theme: Theme) -> Figure:
    """Lines are as thick as their indices are large; small squares are indices of the output, or of many operands."""
    net = graph(plan)
    places = spread(net.operands + len(net.hubs), list(net.lines))
    width = _width(plan, net.operands)
    span = float(places[:, 1].max())
    wide, high = max(1.0, span / TALL), max(span, 0.3)  # of what is drawn, in units of the places
    height = width * high / wide + HEAD + FOOT
    figure, axes = sheet((width, height), theme, str(plan.expression), _note(plan, net))
    axes.set_xlim(0.5 - wide * BORDER / 2, 0.5 + wide * BORDER / 2)
    axes.set_ylim((span - high * BORDER) / 2, (span + high * BORDER) / 2)
    lines = [places[list(pair)] for pair in net.lines]
    widths = [_thickness(plan, group, net.operands) for group in net.lines.values()]
    axes.add_collection(LineCollection(lines, colors=theme.line, linewidths=widths, zorder=1, capstyle="round"))
    radii = _radii(net, in_points(axes, places))
    _vertices(axes, net, places, radii, theme)
    discs = np.concatenate([in_points(axes, places), radii[:, None]], axis=1)
    size = LABEL if net.operands <= FEW else SMALL
    write(axes, _labels(plan, net, places, radii), along(axes, lines), discs, theme, size)
    return figure


def _width(plan: Plan, operands: int) -> float:
    """Of the paper: wider where there are long names to write."""
    longest = max(map(len, plan.sizes), default=0)
    named = operands if operands <= NAMED else 0
    return min(13.0, 7.0 + 0.06 * operands + (0.35 * named if longest > LONG else 0.0))


def _note(plan: Plan, net: Graph) -> str:
    count = len(plan.sizes)
    told = f"{net.operands:,} operands, {count:,} {'index' if count == 1 else 'indices'}; a thick line is large"
    ends = ["in the output"] * bool(net.ends)
    shared = ["in three operands or more"] * (len(net.hubs) > len(net.ends))
    return told + (f"; a square is {', or '.join((*ends, *shared))}" if net.hubs else "")


def _thickness(plan: Plan, group: Group, operands: int) -> float:
    bits = math.log2(max(points(group, plan.sizes), 1))
    return (0.8 + min(THICK * bits, 6.0)) * (1.0 if operands <= NAMED else 0.6 if operands <= CROWD else 0.45)


def _radii(net: Graph, places: Points) -> Points:
    """In points; of many operands, small beside the lines between them, and beside the paper."""
    small = 9.0 if net.operands <= FEW else 6.0 if net.operands <= NAMED else SMALLEST
    if net.operands > NAMED and net.lines:
        ones, others = np.array(list(net.lines)).T
        apart = np.hypot(*(places[ones] - places[others]).T)
        share = np.ptp(places, axis=0).max() * math.sqrt(INK / (math.pi * net.operands))
        small = float(np.clip(min(0.35 * np.median(apart), share), LEAST, SMALLEST))
    return np.array([small] * net.operands + [small * (0.5 if net.operands <= FEW else 0.6)] * len(net.hubs))


def _vertices(axes: Axes, net: Graph, places: Points, radii: Points, theme: Theme) -> None:
    first = net.operands
    edge = min(1.0 if first <= NAMED else 0.5, 0.16 * float(radii[0]))
    hubs = [[first + n for n, index in enumerate(net.hubs) if (index in net.ends) == ends] for ends in (False, True)]
    for chosen, colour, marker in (
        (list(range(first)), theme.bands[0], "o"),
        (hubs[0], theme.quiet, "s"),
        (hubs[1], theme.bands[1], "s"),
    ):
        x, y, areas = places[chosen, 0], places[chosen, 1], (2 * radii[chosen]) ** 2
        axes.scatter(x, y, areas, colour, marker=marker, edgecolors=theme.paper, linewidths=edge, zorder=2)


def _labels(plan: Plan, net: Graph, places: Points, radii: Points) -> Iterator[Label]:
    """The operands first, by their positions where there are many; then the indices, the largest ones first."""
    few = net.operands <= FEW
    gap = "" if all(len(index) == 1 for index in plan.sizes) else " "
    if net.operands <= NAMED:
        for number, (layout, shape) in enumerate(zip(plan.expression.operands, plan.kind.shapes)):
            name = fill(show(layout, gap) or "scalar", WORDS, break_long_words=False)
            words = "\n".join(filter(None, (name, sized(shape) if few else "")))
            yield Label(words, places[number], float(radii[number]), wanted=True, turns=True)
    else:
        some = range(0, net.operands, -(-net.operands // MOST))  # from all over the picture
        yield from (Label(str(n), places[n], float(radii[n]), quiet=True) for n in some)
    for number, index in enumerate(net.hubs, net.operands):
        words = _sized(plan, (index,), few)
        yield Label(words, places[number], float(radii[number]), quiet=True, wanted=net.operands <= NAMED)
    if net.operands <= NAMED:
        for pair, group in sorted(net.lines.items(), key=lambda line: -points(line[1], plan.sizes)):
            if pair[1] < net.operands:
                one, other = places[list(pair)]
                across = abs(one - other)[0] < abs(one - other)[1]  # a line that rises has its label beside it
                sides = (((1, 0), (-1, 0)) if across else ((0, 1), (0, -1))) + AROUND
                radius = _thickness(plan, group, net.operands) / 2
                yield Label(_sized(plan, group, few), (one + other) / 2, radius, sides, quiet=True, wanted=few)


def _sized(plan: Plan, group: Sequence[str], few: bool) -> str:
    if few and len(group) == 1:
        return f"{show(((group[0],),))} = {short(plan.sizes[group[0]])}"
    gap = "" if all(len(index) == 1 for index in group) else " "
    return show(tuple((index,) for index in group), gap)
