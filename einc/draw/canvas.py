"""What all pictures share: colours, fonts, and a sheet of paper with a heading."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, fontManager, get_font
from matplotlib.text import Text

from einc.expression import Shape

SANS, MONO = "DejaVu Sans", "DejaVu Sans Mono"  # they come with matplotlib, so that pictures are alike everywhere
WIDE = ("Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo")  # where there are
SETTINGS: Any = {"svg.fonttype": "path", "svg.hashsalt": "einc", "text.hinting": "none", "text.parse_math": False}
TIMES = "\N{MULTIPLICATION SIGN}"
HEADING, NOTE, LABEL, SMALL = 11.0, 9.0, 8.5, 7.0  # points
MARGIN = 0.25  # inches around everything
HEAD, FOOT = 0.7, 0.5  # inches for the heading and the note, and below
POINTS = 72  # in an inch
NARROWEST = 0.2  # of the height of a font, that a letter is wide


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours for one ground: of the paper, of text, of what is beside the point, of lines, and of data."""

    paper: str
    ink: str
    quiet: str
    line: str
    faint: str
    scale: tuple[str, ...]  # little to much
    bands: tuple[str, ...]


LIGHT = Theme(
    paper="#ffffff",
    ink="#1f2430",
    quiet="#5f6775",
    line="#a4acb9",
    faint="#e3e7ed",
    scale=("#a9d3ea", "#4f9fd0", "#3668b0", "#4b3a8c", "#7a1f6a"),
    bands=("#3668b0", "#e08a3c", "#4a9d77", "#b5537f", "#8d7cc3", "#c9ced6"),
)
DARK = Theme(
    paper="#14171d",
    ink="#e8ebf0",
    quiet="#a0a8b6",
    line="#5b6472",
    faint="#2a2f39",
    scale=("#3f5f86", "#3f8fc4", "#58c0c9", "#a8dd92", "#f7ea79"),
    bands=("#5b9be0", "#f0a35e", "#66c197", "#dc7fa8", "#a99be0", "#4a515e"),
)


def sheet(size: tuple[float, float], theme: Theme, heading: str, note: str) -> tuple[Figure, Axes]:
    """A figure of so many inches with its heading, and the axes below it, without a frame."""
    width, height = size
    figure = Figure(figsize=(width, height), facecolor=theme.paper)
    FigureCanvasAgg(figure)
    left, low = MARGIN / width, FOOT / height
    axes = figure.add_axes((left, low, 1 - 2 * left, 1 - low - HEAD / height), facecolor="none")
    axes.set_axis_off()
    top = 1 - 0.2 / height
    title = figure.text(left, top, "", size=HEADING, color=theme.ink, family=fonts(MONO), va="top")
    fit(title, drawable(heading), width - 2 * MARGIN)
    below = figure.text(left, top - 0.24 / height, "", size=NOTE, color=theme.quiet, family=fonts(SANS), va="top")
    fit(below, note, width - 2 * MARGIN)
    return figure, axes


def key(figure: Figure, theme: Theme, words: str) -> None:
    """What the colours say, at the foot: the scale, from little to much, and some words."""
    width, height = figure.get_size_inches()
    bar = figure.add_axes((MARGIN / width, 0.22 / height, 1.0 / width, 0.1 / height))
    bar.imshow(np.linspace(0, 1, 64)[None], cmap=colours(theme), aspect="auto")
    bar.set_axis_off()
    place = (MARGIN + 1.1) / width, 0.265 / height
    text = figure.text(*place, "", size=NOTE, color=theme.quiet, family=fonts(SANS), va="center")
    fit(text, words, width - 2 * MARGIN - 1.1)


def fit(text: Text, words: str, inches: float) -> None:
    """Write the words, or as many of their characters as there is room for."""
    low, high = 0, min(len(words), int(inches * POINTS / (NARROWEST * float(text.get_fontsize()))))
    while low < high:
        middle = (low + high + 1) // 2
        text.set_text(words if middle == len(words) else f"{words[:middle].rstrip()} …")
        low, high = (middle, high) if extent(text)[0] <= inches * POINTS else (low, middle - 1)
    text.set_text(words if low == len(words) else f"{words[:low].rstrip()} …")


def extent(text: Text) -> tuple[float, float]:
    """The width and the height of a text, in points."""
    box = text.get_window_extent()
    return box.width * scale(text), box.height * scale(text)


def scale(artist: Artist) -> float:
    """Points in a pixel."""
    figure = artist.get_figure(root=True)
    return POINTS / figure.dpi if figure else 1.0


def colours(theme: Theme) -> Colormap:
    """From little to much."""
    return LinearSegmentedColormap.from_list("einc", theme.scale)


@cache
def fonts(first: str) -> tuple[str, ...]:
    """A family, and those that have letters it lacks, as far as they are installed."""
    known = {font.name for font in fontManager.ttflist}
    return (first, *(name for name in WIDE if name in known))


def sized(shape: Shape) -> str:
    """A shape as a person writes it."""
    return TIMES.join(map(str, shape))


def drawable(text: str) -> str:
    """The text, with a question mark for every character that no font here has."""
    faces = [get_font(findfont(name)) for name in fonts(MONO)]
    return "".join(c if any(face.get_char_index(ord(c)) for face in faces) else "?" for c in text)


def short(number: int, unit: str = "") -> str:
    """A count in three digits, and its thousands as a letter."""
    gap = " " if unit else ""
    if number < 10_000:
        return f"{number:,}{gap}{unit}"
    for power, letter in enumerate("kMGTP", 1):
        if number < 999.5 * 1000**power:
            return f"{number / 1000**power:.3g} {letter}{unit}"
    digits = len(str(number)) - 1
    return f"{number // 10 ** (digits - 1) / 10:.1f}e{digits}{gap}{unit}"
