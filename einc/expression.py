"""The nouns of *what* is computed: which index stands where.

A text is `Written` first, as its author left it; resolved, it is an `Expression`, with
nothing implicit left. Layouts are shared by expressions and programs: a layout has one
group of indices per axis, the empty group for an axis of size one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from einc.errors import Span

Index: TypeAlias = str
Group: TypeAlias = tuple[Index, ...]
Layout: TypeAlias = tuple[Group, ...]
Axis: TypeAlias = Group | str  # as written: a group, or ELLIPSIS
Shape: TypeAlias = tuple[int, ...]
Sizes: TypeAlias = Mapping[Index, int]

ELLIPSIS = "..."


@dataclass(frozen=True, slots=True)
class Term:
    """One operand, or the output, as written.

    Attributes:
        axes: a group for each axis (of one index mostly, of none for a literal `1`), and `...` for as many
            axes as are left. Inside a group, `...` stands for an index.
        starts: for each of them, where in the text its indices start.
        span: where the term stands.
    """

    axes: tuple[Axis, ...]
    starts: tuple[tuple[int, ...], ...]
    span: Span

    def __iter__(self) -> Iterator[tuple[Index, int]]:
        """Every index and ellipsis, and where it starts."""
        for axis, starts in zip(self.axes, self.starts):
            yield from zip((axis,) if axis == ELLIPSIS else axis, starts)

    @property
    def indices(self) -> Group:
        """All indices in order, without the ellipsis."""
        return tuple(index for axis in self.axes if axis != ELLIPSIS for index in axis if index != ELLIPSIS)

    def places(self, index: Index) -> list[Span]:
        """Where the index, or the ellipsis, stands in the text."""
        return [(start, start + len(index)) for found, start in self if found == index]


@dataclass(frozen=True, slots=True)
class Written:
    """A text, split into terms; `output` is None where it has no arrow.

    The indices in `marked` are said to be summed.
    """

    text: str
    operands: tuple[Term, ...]
    output: Term | None
    marked: frozenset[Index] = frozenset()

    @property
    def indices(self) -> frozenset[Index]:
        """All indices that operands have by name."""
        return frozenset(index for term in self.operands for index in term.indices)

    @property
    def has_ellipsis(self) -> bool:
        """Whether some operand leaves axes unnamed, so that ranks are needed to resolve it."""
        return any(ELLIPSIS in term.axes for term in self.operands)


@dataclass(frozen=True, slots=True)
class Expression:
    """What is computed: one layout per operand and one for the output.

    The axes of an ellipsis are indices like any other, named `...0`, `...1`, from the left.
    An axis that broadcasts (size 1 here, more elsewhere) is an empty group. The sizes in `given`
    are those that no shape tells.
    """

    operands: tuple[Layout, ...]
    output: Layout
    given: tuple[tuple[Index, int], ...] = ()

    @property
    def moves_only(self) -> bool:
        """Whether nothing is computed: one operand, and every index of it in the output."""
        return len(self.operands) == 1 and set(flat(self.operands[0])) == set(flat(self.output))

    @property
    def contracts(self) -> bool:
        """Whether some index is summed that two operands share."""
        summed = [set(flat(layout)) - set(flat(self.output)) for layout in self.operands]
        return len(set[Index]().union(*summed)) < sum(map(len, summed))

    def __str__(self) -> str:
        indices = (index for layout in (*self.operands, self.output) for index in flat(layout))
        gap = "" if all(len(index) == 1 for index in indices) else " "
        inputs = ", ".join(show(layout, gap) for layout in self.operands)
        return f"{inputs.rstrip()} -> {show(self.output, gap)}".strip()


def flat(layout: Layout) -> Group:
    """All indices of a layout, in order."""
    return tuple(chain.from_iterable(layout))


def apart(indices: Iterable[Index]) -> Layout:
    """The layout with one axis per index."""
    return tuple(zip(indices))


def show(layout: Layout, gap: str = " ") -> str:
    """A layout as a person writes it: `(b h) q d`, and `1` for an axis of size one.

    Only letters, digits, dots and underscores of a label are shown, so that a label can
    stand in a comment or a docstring whatever it is made of.
    """
    return gap.join(_shown(group) for group in layout)


def _shown(group: Group) -> str:
    labels = ["".join(c if c.isalnum() or c in "_." else "?" for c in index) for index in group]
    return labels[0] if len(labels) == 1 else f"({' '.join(labels)})" if labels else "1"
