"""Program to readable Python source; the only room with axis numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, assert_never

from einc.backends.spelling import Backend, category
from einc.expression import Expression, Group, Index, Layout, show
from einc.program import (
    Cast,
    Contiguous,
    Copy,
    Diagonal,
    Embed,
    Matmul,
    Multiply,
    Permute,
    Primitive,
    Program,
    Regroup,
    Sum,
    Trace,
    Value,
    views_only,
)

FUNCTION = "contraction"  # the name of every function

Extents: TypeAlias = Mapping[Index, str]  # for each index, source that reads its size


def emit(program: Program, backend: Backend, above: Sequence[str] = (), first: Sequence[str] = ()) -> str:
    """A module that defines one plain function: straight line, one primitive a line, its layout beside it.

    Args:
        program: what the function does.
        backend: the library it calls.
        above: lines to put before the function.
        first: lines to put at the start of its body.
    """
    parameters = ", ".join(operand.name for operand in program.operands)
    lines = [f'"""{_title(program)}"""', *first]
    for step, call in zip(program.steps, calls(program, backend)):
        lines.append(f"{step.value.name} = {call}  # {show(step.value.layout) or 'scalar'}")
    lines += _unfrozen(program, backend)
    lines.append(f"return {', '.join(result.name for result in program.results)}")
    body = [f"    {line}" for line in lines]
    return "\n".join([backend.imports, *above, "", "", f"def {FUNCTION}({parameters}):", *body, ""])


def calls(program: Program, backend: Backend) -> list[str]:
    """What each step of a program is spelled as."""
    extents = _extents(program)
    return [spell(step.op, backend, extents) for step in program.steps]


def spell(op: Primitive, backend: Backend, extents: Extents) -> str:
    """One primitive as the library's call; what all libraries spell alike is not in their tables."""
    match op:
        case Cast(x, to):
            return backend.cast.format(x=x.name, dtype=backend.names.get(to, to))
        case Diagonal(x):
            return _diagonal(x, op.index)
        case Copy(x):
            return backend.copy.format(x=x.name)
        case Contiguous(x):
            return backend.contiguous.format(x=x.name)
        case Embed(x):
            return backend.embed.format(x=x.name)
        case Trace(x):
            return f"{x.name}.trace()"
        case Sum(x, indices):
            return _sum(x, indices, backend)
        case Permute(x, to):
            return _permute(x, to, backend)
        case Regroup(x, to):
            return _regroup(x, to, extents)
        case Multiply(x, y):
            return backend.multiply.format(x=x.name, y=y.name)
        case Matmul(x, y):
            return _matmul(x, y, backend)
        case _:
            assert_never(op)


def _title(program: Program) -> str:
    return str(Expression(tuple(operand.layout for operand in program.operands), program.results[0].layout))


def _unfrozen(program: Program, backend: Backend) -> Iterable[str]:
    """Where diagonals come read-only: a line that makes a result which is one as writable as its operand."""
    if backend.unfreeze and views_only(program) and any(isinstance(step.op, Diagonal) for step in program.steps):
        yield backend.unfreeze.format(x=program.results[0].name, y=program.operands[0].name)


def _diagonal(x: Value, index: Index) -> str:
    first, second, *_ = (axis for axis, group in enumerate(x.layout) if group == (index,))
    return f"{x.name}.diagonal({'' if (first, second) == (0, 1) else f'0, {first}, {second}'})"


def _sum(x: Value, indices: Group, backend: Backend) -> str:
    axes = [axis for axis, group in enumerate(x.layout) if group and set(group) <= set(indices)]
    arguments = [] if len(axes) == len(x.layout) else [str(axes[0] if len(axes) == 1 else tuple(axes))]
    if category(x.dtype) == "integer":
        arguments.append(backend.sum_in_type.format(dtype=x.dtype))
    return f"{x.name}.{'any' if category(x.dtype) == 'bool' else 'sum'}({', '.join(arguments)})"


def _matmul(x: Value, y: Value, backend: Backend) -> str:
    ranks = (len(x.layout), len(y.layout))
    spelling = backend.matmul.get(ranks, backend.matmul_any)
    if x.dtype == "object":  # NumPy's dot loses what an object's own arithmetic raises
        spelling = backend.matmul_any
    return spelling.format(x=x.name, y=y.name)


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


def _regroup(x: Value, to: Layout, extents: Extents) -> str:
    if [group for group in x.layout if group] == [group for group in to if group]:
        return f"{x.name}[{_units(x.layout, to)}]"
    sizes = (" * ".join(_factor(extents[index], len(group)) for index in group) or "1" for group in to)
    return f"{x.name}.reshape({'-1' if len(to) == 1 else ', '.join(sizes)})"


def _factor(size: str, factors: int) -> str:
    return f"({size})" if factors > 1 and "//" in size else size


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
