"""Primitives to the calls of a library, as source; the only place where axes have numbers."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_letters
from typing import assert_never

from einc.backends.spelling import Backend, category
from einc.emit.names import Extents, Names, names_of, product_of
from einc.expression import Group, Index, Layout
from einc.program import (
    Call,
    Cast,
    Collect,
    Contiguous,
    Copy,
    Diagonal,
    Embed,
    Loop,
    Matmul,
    Multiply,
    Permute,
    Primitive,
    Program,
    Regroup,
    Slice,
    Sum,
    Trace,
    Value,
    Vecdot,
)


def calls(program: Program, backend: Backend) -> list[str]:
    """What each step of a program is spelled as."""
    names = names_of(program)
    return [spell(step.op, backend, names) for step in program.steps]


def spell(op: Primitive, backend: Backend, names: Names) -> str:  # noqa: PLR0912 - a case for each primitive
    """One primitive as the library's call; what all libraries spell alike is not in their tables."""
    match op:
        case Cast(x, to):
            return backend.cast.format(x=x.name, dtype=backend.names.get(to, to))
        case Diagonal(x):
            return _diagonal(x, op.index, backend)
        case Copy(x) | Contiguous(x) | Embed(x) | Trace(x):
            spelling = {Copy: backend.copy, Contiguous: backend.contiguous, Embed: backend.embed, Trace: backend.trace}
            return spelling[type(op)].format(x=x.name)
        case Slice(x):
            return f"{x.name}[{_at_places(x, names.places)}]"
        case Collect(x):
            return f"sum of {x.name} over all slices"
        case Sum(x, indices):
            return _sum(x, indices, backend)
        case Permute(x, to):
            return _permute(x, to, backend)
        case Regroup(x, to):
            return _regroup(x, to, names.sizes, backend)
        case Multiply(x, y):
            return ((op.over and backend.multiply_over) or backend.multiply).format(x=x.name, y=y.name)
        case Vecdot(x, y):
            return backend.vecdot.format(x=x.name, y=y.name)
        case Loop():
            return _loop_over_all(op, backend)
        case Matmul():
            return _matmul(op, backend, names)
        case Call(routine, operands):
            return f"{names.routines[id(routine)]}({', '.join(x.name for x in operands)})"
        case _:
            assert_never(op)


def _diagonal(x: Value, index: Index, backend: Backend) -> str:
    first, second, *_ = (axis for axis, group in enumerate(x.layout) if group == (index,))
    others = (axis for axis in range(len(x.layout)) if axis not in (first, second))
    last = x.name
    if second < len(x.layout) - 1 or first < len(x.layout) - 2:
        last = backend.permute.format(x=x.name, axes=", ".join(map(str, [*others, first, second])))
    axes = "" if (first, second) == (0, 1) else f"0, {first}, {second}"
    return backend.diagonal.format(x=x.name, axes=axes, last=last)


def _sum(x: Value, indices: Group, backend: Backend) -> str:
    axes = [axis for axis, group in enumerate(x.layout) if group and set(group) <= set(indices)]
    arguments = [] if len(axes) == len(x.layout) else [str(axes[0] if len(axes) == 1 else tuple(axes))]
    dtype = backend.sum_in_type.format(dtype=x.dtype) if category(x.dtype) == "integer" else ""
    spelling = backend.any if category(x.dtype) == "bool" else backend.sum
    return spelling.format(
        x=x.name,
        arguments=", ".join([*arguments, *filter(None, [dtype])]),
        axes=arguments[0] if arguments else "None",
        dtype=dtype and f", {dtype}",
    )


def _matmul(op: Matmul, backend: Backend, names: Names) -> str:
    x, y = op.x, op.y
    ranks = (len(x.layout), len(y.layout))
    spelling = backend.matmul_any if op.large else backend.matmul.get(ranks, backend.matmul_any)
    x_name, y_name = x.name, y.name
    if backend.expand and ranks == (3, 3) and x.layout[0] != y.layout[0]:
        size = product_of(x.layout[0] or y.layout[0], names.sizes)
        if x.layout[0]:
            y_name = backend.expand.format(x=y_name, size=size)
        else:
            x_name = backend.expand.format(x=x_name, size=size)
    if x.dtype == "object":  # NumPy's dot loses what an object's own arithmetic raises
        spelling = backend.matmul_any
    return spelling.format(x=x_name, y=y_name)


def _loop_over_all(op: Loop, backend: Backend) -> str:
    """The call of one loop, its indices spelled as letters in order."""
    every = dict.fromkeys(index for x in op.operands for index in x.indices)
    letter = dict(zip(every, ascii_letters))
    *inputs, to = ("".join(letter[index] for index in term) for term in (*(x.indices for x in op.operands), op.to))
    operands = ", ".join(x.name for x in op.operands)
    return (backend.loop or "").format(text=f"{','.join(inputs)}->{to}", operands=operands)


def _permute(x: Value, to: Layout, backend: Backend) -> str:
    rank = len(to)
    axes: list[int] = []
    for group in to:  # a repeated one takes the places that are left
        axes.append(next(axis for axis in range(rank) if x.layout[axis] == group and axis not in axes))
    if axes == list(range(rank)):
        return f"{x.name}[...]"
    if axes == [1, 0]:
        return backend.transpose.format(x=x.name)
    if axes == [*range(rank - 2), rank - 1, rank - 2]:
        return backend.swap_last.format(x=x.name)
    return backend.permute.format(x=x.name, axes=", ".join(map(str, axes)))


def _regroup(x: Value, to: Layout, extents: Extents, backend: Backend) -> str:
    if [group for group in x.layout if group] == [group for group in to if group]:
        if one := _one_unit(x, to, backend):
            return one
        numbers = to and all(extents[index].isdigit() for group in to for index in group)
        if not (backend.insert and numbers):  # else a reshape is the quickest
            return f"{x.name}[{_units(x.layout, to)}]"
    sizes = (product_of(group, extents) or "1" for group in to)
    return backend.reshape.format(x=x.name, sizes="-1" if len(to) == 1 else ", ".join(sizes))


def _one_unit(x: Value, to: Layout, backend: Backend) -> str:
    """The call that inserts or drops one axis of size one, if that is all and there is one."""
    spelling, shorter, longer = backend.insert, x.layout, to
    if len(x.layout) > len(to):
        spelling, shorter, longer = backend.drop, to, x.layout
    axis = next((axis for axis, group in enumerate(longer) if (*longer[:axis], *longer[axis + 1 :]) == shorter), -1)
    return spelling.format(x=x.name, axis=axis) if spelling and axis > 0 else ""


def _units(old: Layout, new: Layout) -> str:
    """The subscript that drops the old axes of size one and inserts the new."""
    rest = iter(old)
    parts = []
    for group in new:
        if not group:
            parts.append("None")
            continue
        for other in rest:
            parts.append(":" if other else "0")
            if other:
                break
    return ", ".join([*parts, *("0" for _ in rest)])


def _at_places(x: Value, places: Mapping[Index, str]) -> str:
    """The subscript that drops the axes of sliced indices."""
    axes = [places.get(group[0], ":") if group else ":" for group in x.layout]
    while axes[-1] == ":":
        axes.pop()
    return ", ".join(axes if len(axes) < len(x.layout) or ":" in axes else [*axes, "..."])
