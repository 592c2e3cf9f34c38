"""What source calls sizes and places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from einc.expression import Group, Index, Sizes
from einc.program import Call, Program
from einc.stages import sliced

Extents: TypeAlias = Mapping[Index, str]  # for each index, source that reads its size


class Names(NamedTuple):
    """What source calls the size of each index, the place of those that are sliced, and routines, by their `id`."""

    sizes: Extents
    places: Mapping[Index, str]
    routines: Mapping[int, str]


def names_of(program: Program, sizes: Sizes | None = None, routines: Mapping[int, str] = MappingProxyType({})) -> Names:
    """The names for a program; with `sizes`, sizes are numbers."""
    extents = _extents(program) if sizes is None else {index: str(size) for index, size in sizes.items()}
    return Names(extents, {index: f"i{n}" for n, index in enumerate(sliced(program))}, routines)


def _extents(program: Program) -> Extents:
    """For every index, what reads its size: an axis of its own, or else what a group's axis leaves for it."""
    extents: dict[Index, str] = {}
    merged: list[tuple[Group, str]] = []
    for operand in program.operands:
        for axis, group in enumerate(operand.layout):
            size = f"{operand.name}.shape[{axis}]"
            if len(group) == 1:
                extents.setdefault(group[0], size)
            elif group:
                merged.append((group, size))
    for index, number in program.given:
        extents.setdefault(index, str(number))
    for _ in merged:  # each round tells at least one more
        for group, size in merged:
            unknown = [index for index in group if index not in extents]
            if len(unknown) == 1:
                known = " * ".join(extents[index] for index in group if index in extents)
                extents[unknown[0]] = f"{size} // ({known})" if "*" in known else f"{size} // {known}"
    return extents


def common_sizes(calls: Sequence[Call], sizes: Sizes | None) -> Sizes | None:
    """The sizes of a routine's indices, where they are known and all who call it have the same."""
    if sizes is None:
        return None
    first, *others = {tuple([sizes[index] for x in call.operands for index in x.indices]) for call in calls}
    own = [index for x in calls[0].routine.operands for index in x.indices]
    return None if others else dict(zip(own, first))


def product_of(group: Group, sizes: Extents) -> str:
    """The source of a group's size."""
    return " * ".join(_factor(sizes[index], len(group)) for index in group)


def _factor(size: str, factors: int) -> str:
    return f"({size})" if factors > 1 and "//" in size else size
