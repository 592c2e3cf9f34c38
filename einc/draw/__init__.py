"""Pictures of a plan: its contraction tree, its network, and the memory it takes, drawn by matplotlib."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock

import matplotlib
from matplotlib.figure import Figure

from einc import errors
from einc.corridor import Plan
from einc.draw.canvas import DARK, LIGHT, SETTINGS, Theme
from einc.draw.networks import draw_network
from einc.draw.profiles import draw_memory
from einc.draw.trees import draw_tree

KINDS: Mapping[str, Callable[[Plan, Theme], Figure]] = {
    "tree": draw_tree,
    "network": draw_network,
    "memory": draw_memory,
}
DATED: Mapping[str, dict[str, None]] = {  # what would tell one run from another, by format
    "svg": {"Date": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None},
}
SHARP = 200  # pixels in an inch of a PNG
LOCK = Lock()  # as matplotlib's settings are everybody's


def draw(plan: Plan, file: str | os.PathLike[str], kind: str = "tree", *, dark: bool = False) -> None:
    """Write a picture of a plan, in the format that the file's name ends in: svg, png or pdf.

    Raises:
        EincError: for another format, or another kind than `"tree"`, `"network"` and `"memory"`.
    """
    form = Path(file).suffix.removeprefix(".").lower()
    if form not in DATED:
        raise errors.unknown_format(file, (f".{known}" for known in DATED))
    Path(file).write_bytes(_drawn(plan, form, kind, DARK if dark else LIGHT))


def svg(plan: Plan, kind: str = "tree", *, dark: bool = False) -> str:
    """A picture of a plan as SVG, without the lines that only a file needs."""
    text = _drawn(plan, "svg", kind, DARK if dark else LIGHT).decode()
    return text[text.index("<svg") :]


def _drawn(plan: Plan, form: str, kind: str, theme: Theme) -> bytes:
    if kind not in KINDS:
        raise errors.unknown_choice("kind", kind, KINDS)
    file = io.BytesIO()
    with LOCK, matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        KINDS[kind](plan, theme).savefig(file, format=form, dpi=SHARP, metadata=DATED[form])
    return file.getvalue()
