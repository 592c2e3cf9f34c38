"""The nouns of *what* is computed: which index stands where.

A text is `Written` first, as its author left it; resolved, it is an `Expression`, with
nothing implicit left. Layouts are shared by expressions and programs: a layout has one
group of indices per axis, the empty group for an axis of size one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from einc.errors import Span

Index: TypeAlias = str
Group: TypeAlias = tuple[Index, ...]
Layout: TypeAlias = tuple[Group, ...]
Shape: TypeAlias = tuple[int, ...]
Sizes: TypeAlias = Mapping[Index, int]

ELLIPSIS = "..."


@dataclass(frozen=True, slots=True)
class Term:
    """One operand, or the output, as written: its symbols (letters and `...`), and where each starts."""

    symbols: tuple[str, ...]
    starts: tuple[int, ...]
    span: Span

    def place(self, position: int) -> Span:
        """Where the symbol at `position` stands in the text."""
        start = self.starts[position]
        return start, start + len(self.symbols[position])


@dataclass(frozen=True, slots=True)
class Written:
    """A text, split into terms; `output` is None where it has no arrow."""

    text: str
    operands: tuple[Term, ...]
    output: Term | None

    @property
    def has_ellipsis(self) -> bool:
        """Whether some operand leaves axes unnamed, so that ranks are needed to resolve it."""
        return any(ELLIPSIS in term.symbols for term in self.operands)


@dataclass(frozen=True, slots=True)
class Expression:
    """What is computed: one layout per operand and one for the output.

    The axes of an ellipsis are indices like any other, named `...0`, `...1`, from the left.
    An axis that broadcasts (size 1 here, more elsewhere) is an empty group.
    """

    operands: tuple[Layout, ...]
    output: Layout

    @property
    def moves_only(self) -> bool:
        """Whether nothing is computed: one operand, and every index of it in the output."""
        return len(self.operands) == 1 and set(flat(self.operands[0])) == set(flat(self.output))

    def __str__(self) -> str:
        indices = (index for layout in (*self.operands, self.output) for index in flat(layout))
        gap = "" if all(len(index) == 1 for index in indices) else " "
        inputs = ", ".join(show(layout, gap) for layout in self.operands)
        return f"{inputs.rstrip()} -> {show(self.output, gap)}".strip()


def flat(layout: Layout) -> Group:
    """All indices of a layout, in order."""
    return tuple(index for group in layout for index in group)


def apart(indices: Iterable[Index]) -> Layout:
    """The layout with one axis per index."""
    return tuple((index,) for index in indices)


def show(layout: Layout, gap: str = " ") -> str:
    """A layout as a person writes it: `(b h) q d`, and `1` for an axis of size one.

    Only letters, digits, dots and underscores of a label are shown, so that a label can
    stand in a comment or a docstring whatever it is made of.
    """
    return gap.join(_shown(group) for group in layout)


def _shown(group: Group) -> str:
    labels = ["".join(c if c.isalnum() or c in "_." else "?" for c in index) for index in group]
    return labels[0] if len(labels) == 1 else f"({' '.join(labels)})" if labels else "1"
