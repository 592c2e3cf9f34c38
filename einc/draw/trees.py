"""The contraction tree: operands below, the result on top, and a disc for every step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from einc.corridor import Plan
from einc.draw.canvas import LABEL, MARGIN, SMALL, Theme, colours, key, sheet, short, sized
from einc.draw.labels import BELOW, Label, Points, along, in_points, write
from einc.expression import flat, show
from einc.tree import Tree, contractions, node_macs, points

FEW = 12  # steps that are told in full
NAMED = 70  # operands that have room for their names
INK = (0.05, 0.015)  # of the paper, for all discs together, where operands are named and where not
STEEP = 0.45  # so that a step on top of many is well above the one below it, and one of two not too low
LARGEST, LEAST = 24.0, 1.6  # points of a radius
OPERAND = 2.2


@dataclass(frozen=True, slots=True)
class Node:
    """An operand or a step: what it makes, its multiply-adds, and its share of all."""

    indices: str
    elements: int
    macs: int
    share: float


def draw_tree(plan: Plan, theme: Theme) -> Figure:
    """Discs have areas by the multiply-adds of their step, and colours by the size of what it makes."""
    nodes = tuple(_nodes(plan))
    leaves = plan.tree.operands
    places = positions(plan.tree)
    width, height = _width(leaves), min(8.0, 3.2 + 0.9 * math.log2(leaves + 1))
    figure, axes = sheet((width, height), theme, str(plan.expression), _note(plan, nodes))
    axes.set_xlim(-0.8, max(leaves - 0.2, 0.8))
    below, above = (0.06, 0.1) if leaves > NAMED else (0.2, 0.24 if leaves <= FEW else 0.1)
    axes.set_ylim(-below * (top := max(places[:, 1].max(), 1.0)), top * (1 + above))
    lines = list(_branches(plan.tree, places))
    axes.add_collection(LineCollection(lines, colors=theme.line, linewidths=1.0 if leaves <= NAMED else 0.6, zorder=1))
    radii = _radii(nodes, leaves, width * height * 72**2)
    _discs(axes, plan, nodes, places, radii, theme)
    discs = np.concatenate([in_points(axes, places), radii[:, None]], axis=1)
    size = LABEL if leaves <= FEW else SMALL
    write(axes, _labels(plan, nodes, places, radii), along(axes, lines), discs, theme, size)
    return figure


def positions(tree: Tree) -> Points:
    """Where the nodes are: the operands in a row, and every step as high as it has many of them below it."""
    leaves = [1] * tree.operands
    for left, right in tree.pairs:
        leaves.append(leaves[left] + leaves[right])
    places = np.zeros((len(leaves), 2))
    waiting, seen = [len(leaves) - 1], 0
    while waiting:
        node = waiting.pop()
        if node < tree.operands:
            places[node, 0], seen = seen, seen + 1
        else:
            waiting += sorted(tree.pairs[node - tree.operands], key=leaves.__getitem__)  # the larger to the left
    for node, pair in enumerate(tree.pairs, tree.operands):
        places[node] = places[list(pair), 0].mean(), leaves[node] ** STEEP - 1
    return places


def _nodes(plan: Plan) -> Iterator[Node]:
    sizes = plan.sizes
    gap = "" if all(len(index) == 1 for index in sizes) else " "
    costs = node_macs(plan.tree, plan.expression, sizes)
    total = sum(costs)
    made = list(plan.expression.operands)
    kept = [step.kept for step in contractions(plan.tree, plan.expression)]
    texts = [show(layout, gap) for layout in made]
    texts += [gap.join(index for index in sizes if index in indices) for indices in kept]
    if kept:
        texts[-1] = show(plan.expression.output, gap)
    spans = [points(frozenset(flat(layout)), sizes) for layout in made] + [points(indices, sizes) for indices in kept]
    for text, elements, macs in zip(texts, spans, costs):
        yield Node(text, elements, macs, math.exp(math.log(macs) - math.log(total)) if macs else 0.0)


def _note(plan: Plan, nodes: Sequence[Node]) -> str:
    total = sum(node.macs for node in nodes)
    steps = len(plan.tree.pairs)
    slices = points(plan.tree.sliced, plan.sizes)
    told = f"{plan.tree.operands:,} operands, {steps:,} step{'s' * (steps != 1)}, {short(total)} multiply-adds"
    return told + (f" in {short(slices)} slices" if slices > 1 else "") + ", of which a disc's area is the share"


def _width(leaves: int) -> float:
    return min(14.0, max(7.0, 3.0 + 0.95 * leaves if leaves <= 6 else 6.5 + 0.25 * leaves))


def _radii(nodes: Sequence[Node], leaves: int, paper: float) -> Points:
    """In points: areas by the share, as large as there is room for, but for dots that would not be seen."""
    shares = np.array([node.share for node in nodes])
    most = LARGEST if leaves <= FEW else LARGEST * 0.8
    unit = min(most / math.sqrt(shares.max() or 1.0), math.sqrt(INK[leaves > NAMED] * paper / math.pi))
    least = np.where(np.arange(len(nodes)) < leaves, OPERAND if leaves <= NAMED else 1.2, LEAST)
    return np.asarray(np.maximum(unit * np.sqrt(shares), least))


def _discs(axes: Axes, plan: Plan, nodes: Sequence[Node], places: Points, radii: Points, theme: Theme) -> None:
    leaves = plan.tree.operands
    makers = [number for number, node in enumerate(nodes) if number >= leaves or node.macs]
    idle = [number for number in range(leaves) if number not in set(makers)]
    x, y, areas = places[:, 0], places[:, 1], (2 * radii) ** 2
    axes.scatter(x[idle], y[idle], areas[idle], theme.quiet, linewidths=0, zorder=2)
    if not makers:
        return
    makers.sort(key=lambda number: -nodes[number].share)  # small ones on top
    logs = np.array([math.log10(max(nodes[number].elements, 1)) for number in makers])
    scale = Normalize(logs.min(), max(logs.max(), logs.min() + 1e-9))
    axes.scatter(
        x[makers],
        y[makers],
        areas[makers],
        logs,
        cmap=colours(theme),
        norm=scale,
        edgecolors=theme.paper,
        linewidths=0.8 if leaves <= NAMED else 0.4,
        zorder=3,
    )
    least, most = (f(nodes[number].elements for number in makers) for f in (min, max))
    figure = axes.get_figure(root=True)
    if least < most and figure:
        key(figure, theme, f"elements of what a step makes, {short(least)} to {short(most)}")


def _branches(tree: Tree, places: Points) -> Iterator[Points]:
    for node, (left, right) in enumerate(tree.pairs, tree.operands):
        height = places[node, 1]
        yield np.array([places[left], (places[left, 0], height), (places[right, 0], height), places[right]])


def _labels(plan: Plan, nodes: Sequence[Node], places: Points, radii: Points) -> Iterator[Label]:
    """The operands' names, where there is room for all; then what the steps make, the dearest first."""
    leaves = plan.tree.operands
    full = leaves <= FEW
    if leaves <= NAMED:
        room = (_width(leaves) - 2 * MARGIN) * 72 / (leaves + 0.6) / (0.61 * (LABEL if full else SMALL))
        upright = any(len(nodes[leaf].indices) > room - 1 for leaf in range(leaves))
        for leaf in range(leaves):
            shape = sized(plan.kind.shapes[leaf]) if full else ""
            words = "\n".join(filter(None, (_cut(nodes[leaf].indices), shape)))
            yield Label(words, places[leaf], float(radii[leaf]), BELOW, quiet=True, upright=upright)
    for number in sorted(range(leaves, len(nodes)), key=lambda number: -nodes[number].share):
        node = nodes[number]
        if full:
            words = f"{node.indices or 'scalar'}\n{short(node.macs)} MACs, {node.share:.0%}"
        elif node.share < 0.005:
            return
        else:
            words = f"{_cut(node.indices)} {node.share:.0%}" if len(node.indices) <= 12 else f"{node.share:.0%}"
        yield Label(words, places[number], float(radii[number]), wanted=leaves <= NAMED)


def _cut(text: str, most: int = 24) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
