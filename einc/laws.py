"""Each primitive's law: given the operands, the result's layout and dtype, or a failed assertion that names it."""

from __future__ import annotations

from typing import assert_never

from einc.expression import Group, Index, Layout, apart, flat
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
    Product,
    Program,
    Regroup,
    Slice,
    Sum,
    Trace,
    Vecdot,
    read,
)


def layout(op: Primitive) -> Layout:
    """The law of every primitive: the result's layout, from those of the operands."""
    match op:
        case Permute(x, to):
            assert sorted(x.layout) == sorted(to), op
            return to
        case Regroup(x, to):
            assert flat(x.layout) == flat(to), op
            return to
        case Multiply() | Matmul() | Vecdot() | Loop():
            return _of_product(op)
        case Cast(x) | Copy(x) | Contiguous(x):
            return x.layout
        case Embed(x):
            assert x.layout and len(x.layout[-1]) == 1, op
            return (*x.layout, x.layout[-1])
        case Diagonal(x, index):
            assert x.layout.count((index,)) >= 2, op
            return (*_without(_without(x.layout, (index,)), (index,)), (index,))
        case Trace(x):
            assert len(x.layout) == 2 and x.layout[0] == x.layout[1] != (), op
            return ()
        case Collect(x, indices):
            assert not set(x.indices) & set(indices), op
            return (*apart(indices), *x.layout)
        case Sum(x, indices) | Slice(x, indices):
            assert indices and {(index,) for index in indices} <= set(x.layout), op
            return tuple(group for group in x.layout if group == () or not set(group) <= set(indices))
        case Call():
            return _of_call(op)
        case _:
            assert_never(op)


def _of_call(call: Call) -> Layout:
    names = own_names(call)
    return tuple([tuple([names[index] for index in group]) for group in call.routine.results[0].layout])


def own_names(call: Call) -> dict[Index, Index]:
    """What the caller calls each index of a routine, whose operands are laid out as the caller's are."""
    names: dict[Index, Index] = {}
    for own, x in zip(call.routine.operands, call.operands, strict=True):
        assert own.dtype == x.dtype and list(map(len, own.layout)) == list(map(len, x.layout)), call
        for index, name in zip(own.indices, x.indices):
            assert names.setdefault(index, name) == name, call
    return names


def _of_product(op: Product) -> Layout:
    match op:
        case Matmul(x, y):
            return _contracted(x.layout, y.layout, op)
        case Multiply(x, y, over):
            aligned = _aligned(x.layout, y.layout, op)
            assert not over or (x.indices and x.layout == aligned), op
            return aligned
        case Vecdot(x, y):
            assert x.layout == y.layout, op
            return x.layout[:-1]
        case Loop(operands, to):
            assert set(to) <= {index for x in operands for index in x.indices}, op
            assert all(x.layout == apart(x.indices) for x in operands), op
            return apart(to)


def dtype(op: Primitive) -> str:
    """The dtype of every primitive's result: its operands', which must agree, unless it is a cast."""
    match op:
        case Cast(_, to):
            return to
        case Call(routine):
            return routine.results[0].dtype
        case Matmul(x, y) | Multiply(x, y) | Vecdot(x, y):
            assert x.dtype == y.dtype, op
            return x.dtype
        case Loop(operands):
            assert all(other.dtype == operands[0].dtype for other in operands), op
            return operands[0].dtype
        case _:
            return op.x.dtype


def verify(program: Program) -> Program:
    """Hold a program to the laws: each line's value is what its primitive makes, from values made before."""
    made = {*(operands := frozenset(program.operands))}
    for step in program.steps:
        op, value = step.op, step.value
        assert made.issuperset(read(op)), step
        if isinstance(op, Multiply) and op.over:
            assert op.x not in operands, step
            made.remove(op.x)
        assert value.layout == layout(op), step
        assert value.dtype == dtype(op), step
        made.add(value)
    assert made.issuperset(program.results), program.results
    return program


def _without(layout: Layout, group: Group) -> Layout:
    """The layout without the first axis of a group."""
    at = layout.index(group)
    return (*layout[:at], *layout[at + 1 :])


def _aligned(x: Layout, y: Layout, op: Primitive) -> Layout:
    if x == y:
        return x
    unit: Layout = ((),)
    width = max(len(x), len(y))
    pairs = list(zip(unit * (width - len(x)) + x, unit * (width - len(y)) + y))
    assert all(a == b or not a or not b for a, b in pairs), op
    return tuple(a or b for a, b in pairs)


def _contracted(x: Layout, y: Layout, op: Primitive) -> Layout:
    """`batch… left summed` and `batch… summed right` to `batch… left right`."""
    assert x and y and x[-1] == (y[-2] if len(y) > 1 else y[-1]), op
    if len(x) == 1 or len(y) == 1:
        assert len(x) <= 2 and len(y) <= 2, op
        return (*x[:-1], *y[1:])
    return (*_aligned(x[:-2], y[:-2], op), x[-2], y[-1])
