"""The contraction tree: operands below, the result on top, and a disc for every step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from textwrap import fill, wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from einc.corridor import Plan
from einc.draw.canvas import FOOT, HEAD, LABEL, MARGIN, POINTS, SMALL, Theme, colours, key, sheet, short, sized
from einc.draw.labels import BELOW, GAP, Label, Points, along, in_points, write
from einc.expression import flat, show
from einc.tree import Tree, contractions, node_macs, points

FEW = 12  # steps that are told in full
NAMED = 70  # operands that have room for their names
INK = (0.05, 0.015)  # of the paper, for all discs together, where operands are named and where not
STEEP = 0.45  # so that a step on top of many is well above the one below it, and one of two not too low
LARGEST, LEAST = 24.0, 1.6  # points of a radius
OPERAND = 2.2
HEAVY = 0.2  # of the largest disc's area, that a disc has which must not be hidden
APART = 0.6  # of the room between two operands, that is left at both ends together
WIDEST = 12.0  # inches of paper for the names of a few
SHORT = 40.0  # points for names that make the paper no higher
BROAD = 0.61  # of the height of the font, that a letter of a name is wide
WORDS = 28  # letters of a line that says what a step makes
SEEN = 0.005  # of all multiply-adds, that are told


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
    width = _width(nodes[:leaves])
    names = _names(plan, nodes[:leaves], width)
    room = max((_needed(name, leaves) for name in names), default=0.0)
    height = min(8.0, 3.2 + 0.9 * math.log2(leaves + 1)) + max(0.0, room - SHORT) / POINTS
    figure, axes = sheet((width, height), theme, str(plan.expression), _note(plan, nodes))
    axes.set_xlim(-0.8, max(leaves - 0.2, 0.8))
    above = 0.24 if leaves <= FEW else 0.1
    below = room * (1 + above) / ((height - HEAD - FOOT) * POINTS - room) if names else 0.06
    axes.set_ylim(-below * (top := max(places[:, 1].max(), 1.0)), top * (1 + above))
    lines = list(_branches(plan.tree, places))
    axes.add_collection(LineCollection(lines, colors=theme.line, linewidths=1.0 if leaves <= NAMED else 0.6, zorder=1))
    radii = _radii(nodes, plan.tree, in_points(axes, places), width * height * POINTS**2)
    _discs(axes, plan, nodes, places, radii, theme)
    discs = np.concatenate([in_points(axes, places), radii[:, None]], axis=1)
    write(axes, _labels(nodes, names, places, radii), along(axes, lines), discs, theme, _size(leaves))
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
    place = {index: number for number, index in enumerate(sizes)}
    texts += [gap.join(sorted(indices, key=place.__getitem__)) for indices in kept]
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


def _width(operands: Sequence[Node]) -> float:
    """Of the paper: wider than it must be for the discs, where so the names of a few lie beside each other."""
    leaves = len(operands)
    usual = min(14.0, max(7.0, 3.0 + 0.95 * leaves if leaves <= 6 else 6.5 + 0.25 * leaves))
    longest = max(len(word) for operand in operands for word in operand.indices.split(" "))
    needed = (longest + 2) * (leaves + APART) * BROAD * LABEL / POINTS + 2 * MARGIN
    return max(usual, needed) if leaves <= FEW and needed <= WIDEST else usual


def _radii(nodes: Sequence[Node], tree: Tree, places: Points, paper: float) -> Points:
    """In points: areas by the share, as large as there is room for, but for dots that would not be seen."""
    leaves = tree.operands
    shares = np.array([node.share for node in nodes])
    most = LARGEST if leaves <= FEW else LARGEST * 0.8
    unit = min(most / math.sqrt(shares.max() or 1.0), math.sqrt(INK[leaves > NAMED] * paper / math.pi))
    pairs = [(node, child) for node, pair in enumerate(tree.pairs, leaves) for child in pair]
    large = [pair for pair in pairs if shares[list(pair)].min() >= HEAVY * shares.max() > 0]
    if large:  # which do not hide each other
        ones, others = np.array(large).T
        apart = np.hypot(*(places[ones] - places[others]).T) / (np.sqrt(shares[ones]) + np.sqrt(shares[others]))
        unit = min(unit, 0.95 * float(apart.min()))
    least = np.where(np.arange(len(nodes)) < leaves, OPERAND if leaves <= NAMED else 1.2, LEAST)
    return np.asarray(np.maximum(unit * np.sqrt(shares), least))


def _discs(axes: Axes, plan: Plan, nodes: Sequence[Node], places: Points, radii: Points, theme: Theme) -> None:
    leaves = plan.tree.operands
    makers = [number for number, node in enumerate(nodes) if number >= leaves or node.macs]
    idle = [number for number in range(leaves) if not nodes[number].macs]
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


def _names(plan: Plan, operands: Sequence[Node], width: float) -> tuple[Label, ...]:
    """The operands' names, where there is room for all: beside each other, broken at blanks if they are few."""
    leaves = len(operands)
    if leaves > NAMED:
        return ()
    few = leaves <= FEW
    room = int((width - 2 * MARGIN) * POINTS / (leaves + APART) / (BROAD * _size(leaves))) - 1
    texts = [operand.indices or "scalar" for operand in operands]
    folded = [fill(text, max(room, 1), break_long_words=False) if few else text for text in texts]
    upright = any(len(line) > room for text in folded for line in text.split("\n"))
    shapes = [sized(shape) if few else "" for shape in plan.kind.shapes]
    chosen = [_cut(text) for text in texts] if upright else folded
    words = ["\n".join(filter(None, pair)) for pair in zip(chosen, shapes)]
    return tuple(Label(text, np.zeros(2), OPERAND, BELOW, quiet=True, upright=upright) for text in words)


def _needed(name: Label, leaves: int) -> float:
    """Points below an operand, for its name."""
    lines = name.words.split("\n")
    text = max(map(len, lines)) * BROAD if name.upright else len(lines) * 1.25
    return text * _size(leaves) * 1.05 + 3 * OPERAND + 2 * GAP


def _size(leaves: int) -> float:
    return LABEL if leaves <= FEW else SMALL


def _labels(nodes: Sequence[Node], names: Sequence[Label], places: Points, radii: Points) -> Iterator[Label]:
    """The operands' names; then what the steps make, the dearest first."""
    leaves = (len(nodes) + 1) // 2
    for leaf, name in enumerate(names):
        yield replace(name, at=places[leaf], radius=float(radii[leaf]))
    for number in sorted(range(leaves, len(nodes)), key=lambda number: -nodes[number].share):
        node = nodes[number]
        if leaves <= FEW:
            made = wrap(node.indices or "scalar", WORDS, max_lines=3, placeholder=" …", break_long_words=False)
            words = "\n".join([*made, f"{short(node.macs)} MACs, {_percent(node)}"])
        elif node.share < SEEN:
            return
        else:
            words = f"{node.indices} {_percent(node)}" if len(node.indices) <= 12 else _percent(node)
        yield Label(words, places[number], float(radii[number]), wanted=leaves <= NAMED)


def _percent(node: Node) -> str:
    return f"{node.share:.0%}" if node.share >= SEEN or not node.macs else "<1%"


def _cut(text: str, most: int = 32) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
