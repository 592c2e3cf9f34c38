"""Program to longer Program: what its routines do, step by step, in the names of their caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from einc.expression import Group, Index, Layout
from einc.laws import own_names
from einc.program import Call, Loop, Permute, Primitive, Program, Regroup, Step, Sum, Value, reading


def inlined(program: Program) -> Program:
    """The same program without routines: every call replaced by the steps of what is called."""
    if not any(isinstance(step.op, Call) for step in program.steps):
        return program
    known: dict[Value, Value] = {}
    steps: list[Step] = []

    def add(value: Value, layout: Layout, op: Primitive, node: int) -> Value:
        steps.append(Step(Value(f"t{len(steps)}", layout, value.dtype), op, node))
        return steps[-1].value

    for step in program.steps:
        op = reading(step.op, known)
        if not isinstance(op, Call):
            known[step.value] = add(step.value, step.value.layout, op, step.node)
            continue
        names = own_names(op)
        inside = dict(zip(op.routine.operands, op.operands))
        for own in op.routine.steps:
            called = _renamed(reading(own.op, inside), names)
            inside[own.value] = add(own.value, _layout(own.value.layout, names), called, step.node)
        known[step.value] = inside[op.routine.results[0]]
    return replace(program, steps=tuple(steps), results=tuple(known.get(result, result) for result in program.results))


def _renamed(op: Primitive, names: Mapping[Index, Index]) -> Primitive:
    """A primitive of a routine in the names of its caller, whose values it reads already."""
    match op:
        case Permute(x, to) | Regroup(x, to):
            return type(op)(x, _layout(to, names))
        case Sum(x, indices):
            return Sum(x, _group(indices, names))
        case Loop(operands, to):
            return Loop(operands, _group(to, names))
        case _:
            return op


def _layout(layout: Layout, names: Mapping[Index, Index]) -> Layout:
    return tuple([_group(group, names) for group in layout])


def _group(group: Group, names: Mapping[Index, Index]) -> Group:
    return tuple([names[index] for index in group])
