"""Labels beside what they name, as many as fit without touching each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from numpy.typing import NDArray

from einc.draw.canvas import MONO, Theme, drawable, extent, fonts, scale

Points = NDArray[np.float64]
Side = tuple[float, float]  # where a label lies, from its place: -1 to 1, rightwards and upwards

AROUND: tuple[Side, ...] = ((1, 1), (-1, 1), (1, -1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1))
BELOW: tuple[Side, ...] = ((0, -1),)
MOST = 300  # labels that are tried
GAP, FAR = 3.0, 12.0  # points between a label and its place
AIR = 1.5  # points around a label


@dataclass(frozen=True, slots=True)
class Label:
    """Some words for a place, which takes up `radius` points around it."""

    words: str
    at: Points
    radius: float = 0.0
    sides: tuple[Side, ...] = AROUND
    quiet: bool = False
    upright: bool = False
    wanted: bool = False
    turns: bool = False  # and stands upright, where it finds no room as it lies


@dataclass(frozen=True, slots=True)
class Crowd:
    """Boxes from left to right, and how wide the widest is; a dot is a box without extent."""

    boxes: Points
    widest: float


@dataclass(frozen=True, slots=True)
class Paper:
    """Where labels may lie: between two corners, on no disc, and on no line if it can be helped."""

    corner: Points
    opposite: Points
    discs: Crowd
    lines: Crowd


def write(axes: Axes, labels: Iterable[Label], lines: Points, discs: Points, theme: Theme, size: float) -> list[Text]:
    """Put the labels that find room, the first ones first, each on the first of its sides that is free.

    None lies on a disc (its middle and its radius) or on another label; on a line (as dots) only one that is
    wanted, where it finds no other room. All are counted in points.
    """
    written = []
    around = np.concatenate([discs[:, :2] - discs[:, 2:], discs[:, :2] + discs[:, 2:]], axis=1)
    corner, opposite = in_points(axes, np.array([axes.get_xlim(), axes.get_ylim()]).T)
    paper = Paper(corner, opposite, crowd(around), crowd(np.concatenate([lines, lines], axis=1)))
    taken = NOTHING  # by labels
    for label in islice(labels, MOST):
        for form in _forms(label):
            text = _text(axes, form, theme, size)
            half = np.array(extent(text)) / 2
            place = in_points(axes, form.at[None])[0]
            if (found := _spot(form, place, half, paper, taken)) is None:
                text.remove()
                continue
            middle, covers = found
            taken = crowd(np.concatenate([taken.boxes, [_box(place + middle, half)]]))
            text.set_position((float(middle[0]), float(middle[1])))
            if covers:
                text.set_bbox({"facecolor": theme.paper, "edgecolor": "none", "pad": 1.0})
            written.append(text)
            break
    return written


def _forms(label: Label) -> Iterator[Label]:
    yield label
    if label.turns:
        yield replace(label, words=" ".join(label.words.split("\n")), sides=((0, 1), (0, -1)), upright=True)


def _spot(label: Label, place: Points, half: Points, paper: Paper, taken: Crowd) -> tuple[Points, bool] | None:
    """The middle of a label, from its place, and whether it covers a line; None where there is no room."""
    for covers, gap in ((False, GAP), (False, FAR), (True, GAP))[: 3 if label.wanted else 1]:
        for side in label.sides:
            middle = _middle(side, label.radius, gap, half)
            box = _box(place + middle, half)
            low, top = box[:2], box[2:]
            within = (low >= paper.corner).all() and (top <= paper.opposite).all()
            others = (taken, paper.discs) if covers else (taken, paper.discs, paper.lines)
            if within and all(free(low, top, crowded) for crowded in others):
                return middle, covers
    return None


def _box(middle: Points, half: Points) -> Points:
    return np.concatenate([middle - half - AIR, middle + half + AIR])


def crowd(boxes: Points) -> Crowd:
    """Boxes, each a low corner and the one opposite, in order."""
    ordered = boxes[np.argsort(boxes[:, 0], kind="stable")]
    return Crowd(ordered, float((ordered[:, 2] - ordered[:, 0]).max(initial=0.0)))


def free(low: Points, top: Points, others: Crowd) -> bool:
    """Whether a box touches none of the others; only those that begin near it are looked at."""
    first, last = np.searchsorted(others.boxes[:, 0], (low[0] - others.widest, top[0]))
    near = others.boxes[first:last]
    return not ((near[:, :2] < top) & (near[:, 2:] > low)).all(axis=1).any()


NOTHING = crowd(np.zeros((0, 4)))


def in_points(axes: Axes, places: Points) -> Points:
    """Data coordinates as points of the page."""
    return np.asarray(axes.transData.transform(places)) * scale(axes)


def along(axes: Axes, segments: Sequence[Points], apart: float = 3.0) -> Points:
    """Dots along lines, so many points from each other."""
    rows = [np.zeros((0, 2))]
    for places in (in_points(axes, segment) for segment in segments):
        for start, stop in pairwise(places):
            steps = int(np.hypot(*(stop - start)) / apart) + 2
            rows.append(start + np.linspace(0, 1, steps)[:, None] * (stop - start))
    return np.concatenate(rows)


def _middle(side: Side, radius: float, gap: float, half: Points) -> Points:
    """From the place to the middle of the label: diagonally, a label comes nearer to a disc."""
    reach = radius * (0.75 if side[0] and side[1] else 1.0) + gap
    return np.array(side) * (reach + half)


def _text(axes: Axes, label: Label, theme: Theme, size: float) -> Text:
    return axes.annotate(
        "\n".join(map(drawable, label.words.split("\n"))),
        (float(label.at[0]), float(label.at[1])),
        xytext=(0, 0),
        textcoords="offset points",
        ha="center",
        va="center",
        size=size,
        color=theme.quiet if label.quiet else theme.ink,
        family=fonts(MONO),
        rotation=90 if label.upright else 0,
        linespacing=1.25,
    )
