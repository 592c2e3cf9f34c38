"""Labels beside what they name, as many as fit without touching each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

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


def write(axes: Axes, labels: Iterable[Label], lines: Points, discs: Points, theme: Theme, size: float) -> list[Text]:
    """Put the labels that find room, the first ones first, each on the first of its sides that is free.

    None lies on a disc (its middle and its radius) or on another label; on a line (as dots) only one that is
    wanted, where it finds no other room. All are counted in points.
    """
    written = []
    corner, opposite = in_points(axes, np.array([axes.get_xlim(), axes.get_ylim()]).T)
    boxes = np.concatenate([discs[:, :2] - discs[:, 2:], discs[:, :2] + discs[:, 2:]], axis=1)
    for label in list(labels)[:MOST]:
        text = _text(axes, label, theme, size)
        half = np.array(extent(text)) / 2
        place = in_points(axes, label.at[None])[0]
        for side, gap, dots in _choices(label, lines):
            middle = _middle(side, label.radius, gap, half)
            low, top = place + middle - half - AIR, place + middle + half + AIR
            if (low >= corner).all() and (top <= opposite).all() and _free(low, top, dots, boxes):
                boxes = np.concatenate([boxes, [[*low, *top]]])
                text.set_position((float(middle[0]), float(middle[1])))
                if dots is not lines:
                    text.set_bbox({"facecolor": theme.paper, "edgecolor": "none", "pad": 1.0})
                written.append(text)
                break
        else:
            text.remove()
    return written


def _choices(label: Label, lines: Points) -> Iterator[tuple[Side, float, Points]]:
    """Where a label may lie, and what it must not lie on there."""
    for gap in (GAP, FAR) if label.wanted else (GAP,):
        yield from ((side, gap, lines) for side in label.sides)
    if label.wanted:
        yield from ((side, GAP, lines[:0]) for side in label.sides)


def _free(low: Points, top: Points, dots: Points, boxes: Points) -> bool:
    on_dots = ((dots > low) & (dots < top)).all(axis=1)
    on_boxes = ((boxes[:, :2] < top) & (boxes[:, 2:] > low)).all(axis=1)
    return not on_dots.any() and not on_boxes.any()


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
