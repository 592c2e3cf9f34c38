"""The size of every index: what the shapes and the given sizes agree on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from einc import errors
from einc.expression import ELLIPSIS, Expression, Group, Index, Layout, Shape, Sizes, Written

Found: TypeAlias = dict[Index, dict[int, int | None]]  # the sizes of an index, each with the first operand that has it


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
    found = _found(expression, shapes, broadcasts)
    errors.report(_mistakes(written, expression, shapes, found))
    sizes = {index: next(iter(by_size)) for index, by_size in found.items()}
    merged = [
        Merged(operand, group, size)
        for operand, (layout, shape) in enumerate(zip(expression.operands, shapes))
        for group, size in zip(layout, shape)
        if len(group) != 1
    ]
    if merged:
        _solve(written, merged, sizes)
    return sizes


def _found(expression: Expression, shapes: Sequence[Shape], broadcasts: bool) -> Found:
    """What is given, and what axes of one index tell. Size 1 tells nothing where it broadcasts."""
    found: Found = {index: {size: None} for index, size in expression.given}
    for operand, (layout, shape) in enumerate(zip(expression.operands, shapes)):
        for group, size in zip(layout, shape):
            if len(group) == 1:
                found.setdefault(group[0], {}).setdefault(size, operand)
    if broadcasts:
        for by_size in found.values():
            if len(by_size) > 1 and by_size.get(1) is not None:
                del by_size[1]
    return found


def _mistakes(
    written: Written, expression: Expression, shapes: Sequence[Shape], found: Found
) -> Iterator[errors.EincError]:
    known = written.indices
    for index, _ in expression.given:
        if index not in known:
            yield errors.unknown_size(written.text, index, known)
    uneven = set()
    for operand, (layout, shape) in enumerate(zip(expression.operands, shapes)):
        for index, inside in _diagonals(layout, shape).items():
            if len(set(inside)) > 1:
                uneven.add(index)
                places = written.operands[operand].places(index)
                yield errors.uneven_diagonal(written.text, places, index, operand, inside)
    for index, by_size in found.items():
        if len(by_size) > 1 and index not in uneven:
            operands = [operand for operand in by_size.values() if operand is not None]
            places = [place for operand in operands for place in _places(written, operand, index)]
            yield errors.size_mismatch(written.text, places, index, [(at, size) for size, at in by_size.items()])


def _diagonals(layout: Layout, shape: Shape) -> dict[Index, list[int]]:
    """The sizes of every index, where a layout repeats one."""
    if len(set(layout)) == len(layout):
        return {}
    sizes: dict[Index, list[int]] = {}
    for group, size in zip(layout, shape):
        if len(group) == 1:
            sizes.setdefault(group[0], []).append(size)
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


def _places(written: Written, operand: int, index: Index) -> list[errors.Span]:
    """Where the operand's term has the index, by name or in its ellipsis."""
    term = written.operands[operand]
    return (term.places(index) or term.places(ELLIPSIS))[:1]
