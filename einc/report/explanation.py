"""The explanation that users hold: facts that know how they look."""

from __future__ import annotations

from dataclasses import dataclass

from einc.report.facts import Facts
from einc.report.html import page
from einc.report.text import console_width, text


@dataclass(frozen=True, slots=True)
class Explanation(Facts):
    """What `einc.explain` tells; printed, it is a table that fits the terminal, and in a notebook a page."""

    def __str__(self) -> str:
        return text(self, console_width())

    def _repr_html_(self) -> str:
        return page(self)
