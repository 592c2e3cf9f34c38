"""What a planned expression shows of itself in a notebook, or as a picture."""

from __future__ import annotations

import os
from base64 import b64encode
from html import escape
from importlib.util import find_spec

from einc import errors, later
from einc.corridor import Plan
from einc.expression import Written

LONGEST = 240  # characters of an expression beside its picture


class Shown:
    """An expression that may have been planned; pictures are of what it was planned for last."""

    _written: Written
    _latest: Plan | None

    @property
    def _last(self) -> Plan:
        if self._latest is None:
            raise errors.nothing_planned(self._written.text)
        return self._latest

    def draw(self, file: str | os.PathLike[str], kind: str = "tree", *, dark: bool = False) -> None:
        """Draw what it was planned for last; matplotlib has to be installed.

        Args:
            file: to write; its name ends in `.svg`, `.png` or `.pdf`.
            kind: `"tree"`, the order of contraction with a disc for each step, its area by multiply-adds;
                `"network"`, the graph of operands and indices; or `"memory"`, what lives while each line runs.
            dark: on a dark ground.

        Raises:
            EincError: where nothing is planned yet, for another kind or format, and without matplotlib.
        """
        later.draw.draw(self._last, file, kind, dark=dark)

    def _repr_svg_(self) -> str | None:
        """The tree, for a notebook; None where nothing is planned yet, or there is no matplotlib."""
        if self._latest is None or find_spec("matplotlib") is None:
            return None
        return str(later.draw.svg(self._latest))

    def _repr_html_(self) -> str | None:
        """The text, the tree and the source, for a notebook; None where nothing is planned yet."""
        if self._latest is None:
            return None
        picture = "" if find_spec("matplotlib") is None else _pictures(self._latest)
        source = f"<details><summary>source</summary><pre>{escape(self._latest.source)}</pre></details>"
        written = self._written.text if len(self._written.text) <= LONGEST else f"{self._written.text[:LONGEST]} …"
        text = f'<code style="overflow-wrap: anywhere">{escape(written)}</code>'
        return f"<div>{text}\n{picture}\n{source}</div>"


def _pictures(plan: Plan) -> str:
    """The tree for the ground that the reader prefers: as images, since parts of two drawings may have one name."""
    light, dark = (_address(later.draw.svg(plan, dark=dark)) for dark in (False, True))
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}"/>'
        f'<img alt="the contraction tree" style="display: block; max-width: 100%" src="{light}"/></picture>'
    )


def _address(svg: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
