"""The nouns of *how*: values that know their indices, primitives over them, and each primitive's law.

A program is a straight line of primitives, of which some may run once for every slice. Its
laws are stated by `layout` and `dtype`: given the operands, the result's, or a failed
assertion that names the primitive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias, assert_never

from einc.expression import Group, Index, Layout, apart, flat


@dataclass(frozen=True, slots=True)
class Value:
    """An operand or an intermediate: its name in the source, its layout, and its dtype by name.

    Its indices are those of all its axes, in their order.
    """

    name: str
    layout: Layout
    dtype: str
    indices: Group = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "indices", flat(self.layout))

    def __hash__(self) -> int:  # a program has no two of one name
        return hash(self.name)


@dataclass(frozen=True, slots=True)
class Cast:
    """The same elements in another dtype."""

    x: Value
    to: str


@dataclass(frozen=True, slots=True)
class Diagonal:
    """The view along which the first two axes of a repeated index agree: `i a i` to `a i`."""

    x: Value
    index: Index


@dataclass(frozen=True, slots=True)
class Trace:
    """The sum of a matrix's diagonal: `i i` to a scalar."""

    x: Value


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum over the axes of some indices."""

    x: Value
    indices: Group


@dataclass(frozen=True, slots=True)
class Permute:
    """The view with its axes in another order."""

    x: Value
    to: Layout


@dataclass(frozen=True, slots=True)
class Regroup:
    """The same elements in the same order, the axes split and merged: `b h q` to `(b h) q`, `b` to `b 1`."""

    x: Value
    to: Layout


@dataclass(frozen=True, slots=True)
class Copy:
    """The same elements in memory of their own."""

    x: Value


@dataclass(frozen=True, slots=True)
class Contiguous:
    """The same elements, one after the other in memory in the order of the axes."""

    x: Value


@dataclass(frozen=True, slots=True)
class Embed:
    """The last axis as a diagonal, zeros elsewhere: `a i` to `a i i`."""

    x: Value


@dataclass(frozen=True, slots=True)
class Multiply:
    """The product element by element, aligned at the last axis, an axis of size one meeting any other."""

    x: Value
    y: Value
    over: bool = False  # whether it is written over `x`, which has its layout and is not read again


@dataclass(frozen=True, slots=True)
class Matmul:
    """The matrix product, over the axes before the last two as a batch: `b i k` and `b k j` to `b i j`.

    A batch axis of size one meets any other.

    Without a batch, either side may be a vector: `i k` and `k` to `i`, `k` and `k` to a scalar.
    """

    x: Value
    y: Value
    large: bool = False  # the result: some calls that are quick for small ones fill it with zeros first


@dataclass(frozen=True, slots=True)
class Vecdot:
    """The product of vectors over the last axis, all others being a batch: `b k` and `b k` to `b`."""

    x: Value
    y: Value


@dataclass(frozen=True, slots=True)
class Loop:
    """The product of one operand or more, summed over all indices but those of `to`, in one loop over all of them."""

    operands: tuple[Value, ...]
    to: Group


@dataclass(frozen=True, slots=True)
class Slice:
    """The view at one place of some indices, whose axes go: `a i b` to `a b`. What follows runs for every place."""

    x: Value
    indices: Group


@dataclass(frozen=True, slots=True)
class Collect:
    """The whole of which `x` is a slice: at its place along the sliced indices in front, summed over all others."""

    x: Value
    indices: Group


Product: TypeAlias = Multiply | Matmul | Vecdot | Loop
Move: TypeAlias = Copy | Contiguous | Diagonal | Permute | Regroup | Slice
Primitive: TypeAlias = Cast | Embed | Trace | Sum | Collect | Move | Product


@dataclass(frozen=True, slots=True)
class Step:
    """One line: the value it makes, the primitive that makes it, and the tree node it serves."""

    value: Value
    op: Primitive
    node: int


@dataclass(frozen=True, slots=True)
class Program:
    """A straight line from operands to results."""

    operands: tuple[Value, ...]
    steps: tuple[Step, ...]
    results: tuple[Value, ...]
    given: tuple[tuple[Index, int], ...] = ()  # sizes that no shape tells


def read(op: Primitive) -> tuple[Value, ...]:
    """The values a primitive reads."""
    match op:
        case Multiply(x, y) | Matmul(x, y) | Vecdot(x, y):
            return x, y
        case Loop(operands):
            return operands
        case _:
            return (op.x,)


def reading(op: Primitive, others: Mapping[Value, Value]) -> Primitive:
    """The same primitive, reading other values where `others` has them."""
    match op:
        case Multiply(x, y) | Matmul(x, y) | Vecdot(x, y):
            return replace(op, x=others.get(x, x), y=others.get(y, y))
        case Loop(operands):
            return replace(op, operands=tuple(others.get(x, x) for x in operands))
        case _:
            return replace(op, x=others.get(op.x, op.x))


def layout(op: Primitive) -> Layout:
    """The law of every primitive: the result's layout, from those of the operands."""
    match op:
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
        case Permute(x, to):
            assert sorted(x.layout) == sorted(to), op
            return to
        case Regroup(x, to):
            assert flat(x.layout) == flat(to), op
            return to
        case Multiply() | Matmul() | Vecdot() | Loop():
            return _of_product(op)
        case _:
            assert_never(op)


def _of_product(op: Product) -> Layout:
    match op:
        case Multiply(x, y, over):
            aligned = _aligned(x.layout, y.layout, op)
            assert not over or (x.indices and x.layout == aligned), op
            return aligned
        case Matmul(x, y):
            return _contracted(x.layout, y.layout, op)
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
        case _:
            first, *others = read(op)
            assert all(other.dtype == first.dtype for other in others), op
            return first.dtype


def verify(program: Program) -> Program:
    """Hold a program to the laws: each line's value is what its primitive makes, from values made before."""
    made = {*(operands := frozenset(program.operands))}
    for step in program.steps:
        assert made.issuperset(read(step.op)), step
        if isinstance(step.op, Multiply) and step.op.over:
            assert step.op.x not in operands, step
            made.remove(step.op.x)
        assert step.value.layout == layout(step.op), step
        assert step.value.dtype == dtype(step.op), step
        made.add(step.value)
    assert made.issuperset(program.results), program.results
    return program


def _without(layout: Layout, group: Group) -> Layout:
    """The layout without the first axis of a group."""
    at = layout.index(group)
    return (*layout[:at], *layout[at + 1 :])


def _aligned(x: Layout, y: Layout, op: Primitive) -> Layout:
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
