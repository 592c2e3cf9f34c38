"""The size of every index: what the shapes and the given sizes agree on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from einc import errors
from einc.expression import ELLIPSIS, Expression, Group, Index, Shape, Sizes, Written


@dataclass(frozen=True, slots=True)
class Merged:
    """An axis that stands for a group of indices, or for none: its operand, group and size."""

    operand: int
    group: Group
    size: int


def check_sizes(written: Written, expression: Expression, shapes: Sequence[Shape], broadcasts: bool = True) -> Sizes:
    """Solve for the size of every index.

    An axis of one index has its size, or size 1, which broadcasts. An axis of a group has the
    product of its indices' sizes; of those, all but one must be known from elsewhere.

    Args:
        written: the text.
        expression: the same, every axis named, with the sizes that are given.
        shapes: one per operand.
        broadcasts: whether size 1 goes with any other; else it is a mismatch.

    Raises:
        EincError: naming the index, the operands and the sizes found.
    """
    for index, _ in expression.given:
        if index not in written.indices:
            raise errors.unknown_size(written.text, index, written.indices)
    sizes = _single_axes(written, expression, shapes, broadcasts)
    merged = [
        Merged(operand, group, size)
        for operand, (layout, shape) in enumerate(zip(expression.operands, shapes))
        for group, size in zip(layout, shape)
        if len(group) != 1
    ]
    if merged:
        _solve(written, merged, sizes)
    return sizes


def _single_axes(
    written: Written, expression: Expression, shapes: Sequence[Shape], broadcasts: bool
) -> dict[Index, int]:
    """The sizes that axes of one index tell."""
    sizes: dict[Index, int] = dict(expression.given)
    giver: dict[Index, int] = {}  # the operand an index has its size from; none, if it was given
    for operand, (layout, shape) in enumerate(zip(expression.operands, shapes)):
        inside: dict[Index, int] = {}
        for group, size in zip(layout, shape):
            if len(group) != 1:
                continue
            index = group[0]
            if inside.setdefault(index, size) != size:
                raise _uneven_diagonal(written, expression, operand, index, shape)
            known = sizes.get(index)
            if known is None or (known == 1 != size and broadcasts and index in giver):
                sizes[index], giver[index] = size, operand
            elif size != known and not (size == 1 and broadcasts):
                raise _mismatch(written, index, (giver.get(index), operand), (known, size))
    return sizes


def _solve(written: Written, merged: Sequence[Merged], sizes: dict[Index, int]) -> None:
    """Add the sizes that groups tell. One that is only known to broadcast (size 1) counts as unknown at first."""
    grouped = {index for axis in merged for index in axis.group}
    weak = {index: sizes.pop(index) for index in [*sizes] if sizes[index] == 1 and index in grouped}
    waiting = list(merged)
    while waiting:
        left = [axis for axis in waiting if not _solved(written, axis, sizes)]
        if len(left) == len(waiting):
            if not weak:
                unknown = [index for index in left[0].group if index not in sizes]
                term = written.operands[left[0].operand]
                places = [place for index in unknown for place in term.places(index)]
                raise errors.unsolved(written.text, places, unknown, left[0].size)
            sizes.update(weak)
            weak = {}
        waiting = left
    for index, size in weak.items():
        sizes.setdefault(index, size)


def _solved(written: Written, axis: Merged, sizes: dict[Index, int]) -> bool:
    """Whether the axis has at most one index of unknown size, which it then tells."""
    unknown = [index for index in axis.group if index not in sizes]
    known = math.prod(sizes[index] for index in axis.group if index in sizes)
    if len(unknown) > 1 or (unknown and axis.size == known == 0):
        return False
    if axis.size % known if unknown and known else axis.size != known:
        term = written.operands[axis.operand]
        places = [place for index in axis.group for place in term.places(index)]
        places = places or [(at, at + 1) for written, (at, *_) in zip(term.axes, term.starts) if written == ()]
        found = [(index, sizes[index]) for index in axis.group if index in sizes]
        raise errors.group_mismatch(written.text, places, axis.operand, axis.size, found)
    for index in unknown:
        sizes[index] = axis.size // known
    return True


def _uneven_diagonal(
    written: Written, expression: Expression, operand: int, index: Index, shape: Shape
) -> errors.EincError:
    places = written.operands[operand].places(index)
    found = [size for group, size in zip(expression.operands[operand], shape) if group == (index,)]
    return errors.uneven_diagonal(written.text, places, index, operand, found)


def _mismatch(
    written: Written, index: Index, operands: tuple[int | None, int], sizes: tuple[int, int]
) -> errors.EincError:
    places = [place for operand in operands if operand is not None for place in _places(written, operand, index)]
    return errors.size_mismatch(written.text, places, index, operands, sizes)


def _places(written: Written, operand: int, index: Index) -> list[errors.Span]:
    """Where the operand's term has the index, by name or in its ellipsis."""
    term = written.operands[operand]
    return (term.places(index) or term.places(ELLIPSIS))[:1]
