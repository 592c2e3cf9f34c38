"""Program to shorter Program, by a table of small rules.

A rule is shown one primitive, and what made the values it reads; it answers with a better
primitive for the same value, or with None. Steps that nothing needs any more are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from einc.backends.spelling import category, itemsize
from einc.expression import apart
from einc.program import (
    Cast,
    Diagonal,
    Loop,
    Permute,
    Primitive,
    Program,
    Regroup,
    Step,
    Sum,
    Trace,
    Value,
    read,
    reading,
)

HALVES = frozenset({"float16", "bfloat16"})

Makers: TypeAlias = Mapping[Value, Primitive]
Rule: TypeAlias = Callable[[Primitive, Makers], Primitive | None]


def trace(op: Primitive, makers: Makers) -> Primitive | None:
    """The sum of a matrix's diagonal is its trace, but for integers and half types, which a library may widen."""
    match op:
        case Sum(x) if category(x.dtype) == "inexact" and x.dtype not in HALVES:
            match makers.get(x):
                case Diagonal(matrix) if len(matrix.layout) == 2:
                    return Trace(matrix)
    return None


def permute_of_permute(op: Primitive, makers: Makers) -> Primitive | None:
    """Only the last order counts."""
    match op:
        case Permute(x, to):
            match makers.get(x):
                case Permute(first):
                    return Permute(first, to)
    return None


def regroup_of_regroup(op: Primitive, makers: Makers) -> Primitive | None:
    """Only the last grouping counts."""
    match op:
        case Regroup(x, to):
            match makers.get(x):
                case Regroup(first):
                    return Regroup(first, to)
    return None


def cast_of_cast(op: Primitive, makers: Makers) -> Primitive | None:
    """Integers that were cast to a type which holds them all are cast from the first."""
    match op:
        case Cast(x, to):
            match makers.get(x):
                case Cast(first) if _holds(x.dtype, first.dtype):
                    return Cast(first, to)
    return None


def _holds(wide: str, narrow: str) -> bool:
    """Whether every number of one type of integers, or bool, is one of another."""
    if "inexact" in (category(wide), category(narrow)) or wide == "bool":
        return False
    signs = wide.startswith("u"), narrow.startswith(("u", "bool"))
    return (itemsize(narrow) < itemsize(wide) and signs != (True, False)) or narrow == "bool"


def idle_regroup(op: Primitive, makers: Makers) -> Primitive | None:  # noqa: ARG001
    """A grouping that changes nothing is the identity, as which it is dropped unless it is a result."""
    match op:
        case Regroup(x, to) if x.layout == to:
            return Permute(x, to)
    return None


def loop_of_view(op: Primitive, makers: Makers) -> Primitive | None:
    """One loop goes over the elements in whatever order they lie, and over diagonals as well."""
    match op:
        case Loop(operands):
            viewed = tuple(_viewed(x, makers) for x in operands)
            return replace(op, operands=viewed) if viewed != operands else None
    return None


def _viewed(x: Value, makers: Makers) -> Value:
    match makers.get(x):
        case Permute(y) | Diagonal(y) if y.layout == apart(y.indices):
            return y
    return x


RULES: tuple[Rule, ...] = (trace, cast_of_cast, permute_of_permute, regroup_of_regroup, idle_regroup, loop_of_view)
APART = tuple(rule for rule in RULES if rule is not loop_of_view)  # for bits that rest on no other step


def simplify(program: Program, rules: tuple[Rule, ...] = RULES) -> Program:
    """Apply the rules until none applies, drop what is no longer needed, and name the rest anew."""
    makers: dict[Value, Primitive] = {}
    steps = []
    for step in program.steps:
        op = step.op
        while (better := _better(op, makers, rules)) is not None:
            op = better
        makers[step.value] = op
        steps.append(step if op is step.op else Step(step.value, op, step.node))
    results = _without_identities(steps, program)
    return numbered(replace(program, steps=tuple(_needed(steps, results)), results=results))


def _better(op: Primitive, makers: Makers, rules: tuple[Rule, ...]) -> Primitive | None:
    for rule in rules:
        if (better := rule(op, makers)) is not None:
            return better
    return None


def _without_identities(steps: list[Step], program: Program) -> tuple[Value, ...]:
    """Read what an identity reads instead of the identity; as a result it stays, since it is a view of its own."""
    same: dict[Value, Value] = {}
    for n, step in enumerate(steps):
        op = step.op
        if same and not same.keys().isdisjoint(read(op)):
            op = reading(op, same)
            steps[n] = Step(step.value, op, step.node)
        match op:
            case Permute(x, to) if x.layout == to:
                same[step.value] = x
    operands = frozenset(program.operands)
    return tuple(
        [result if same.get(result, result) in operands else same.get(result, result) for result in program.results]
    )


def _needed(steps: list[Step], results: tuple[Value, ...]) -> list[Step]:
    needed = set(results)
    kept: list[Step] = []
    for step in reversed(steps):
        if step.value in needed:
            needed.update(read(step.op))
            kept.append(step)
    return kept[::-1]


def numbered(program: Program) -> Program:
    """The same program, its intermediates numbered without gaps."""
    names: dict[Value, Value] = {}
    steps = []
    for n, step in enumerate(program.steps):
        value, op = step.value, step.op
        if names and not names.keys().isdisjoint(read(op)):
            op = reading(op, names)
        if value.name != f"t{n}":
            names[value] = value = Value(f"t{n}", value.layout, value.dtype)
        steps.append(step if value is step.value and op is step.op else Step(value, op, step.node))
    return replace(program, steps=tuple(steps), results=tuple([names.get(value, value) for value in program.results]))
