"""The nouns of *how*: values that know their indices, and primitives over them.

A program is a straight line of primitives, of which some may run once for every slice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from einc.expression import Group, Index, Layout, flat


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


@dataclass(frozen=True, slots=True)
class Call:
    """What a routine makes of some values: a program with one result and with names of its own."""

    routine: Program
    operands: tuple[Value, ...]


Product: TypeAlias = Multiply | Matmul | Vecdot | Loop
Move: TypeAlias = Copy | Contiguous | Diagonal | Permute | Regroup | Slice
Primitive: TypeAlias = Cast | Embed | Trace | Sum | Collect | Move | Product | Call


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
        case Loop(operands) | Call(_, operands):
            return operands
        case _:
            return (op.x,)


def reading(op: Primitive, others: Mapping[Value, Value]) -> Primitive:
    """The same primitive, reading other values where `others` has them."""
    match op:
        case Permute(x, to) | Regroup(x, to):
            return type(op)(others.get(x, x), to)
        case Matmul(x, y, large):
            return Matmul(others.get(x, x), others.get(y, y), large)
        case Multiply(x, y) | Vecdot(x, y):
            return replace(op, x=others.get(x, x), y=others.get(y, y))
        case Loop(operands) | Call(_, operands):
            return replace(op, operands=tuple(others.get(x, x) for x in operands))
        case _:
            return replace(op, x=others.get(op.x, op.x))


def called(program: Program) -> dict[int, list[Call]]:
    """By the `id` of every routine that a program calls, all its calls."""
    calls: dict[int, list[Call]] = {}
    for step in program.steps:
        if isinstance(step.op, Call):
            calls.setdefault(id(step.op.routine), []).append(step.op)
    return calls
