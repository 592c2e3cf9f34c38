"""When the steps of a program run, before, in or after its loop; and which of them only look at what is there."""

from __future__ import annotations

from einc.expression import Group
from einc.program import (
    Collect,
    Contiguous,
    Diagonal,
    Permute,
    Primitive,
    Program,
    Regroup,
    Slice,
    Step,
    Value,
    read,
)


def stages(program: Program) -> tuple[tuple[Step, ...], tuple[Step, ...], tuple[Step, ...]]:
    """The steps before, of and after the loop over all slices; all come before it where there is none."""
    inside, after = set[Value](), set[Value]()
    stage: tuple[list[Step], list[Step], list[Step]] = [], [], []
    for step in program.steps:
        sources = read(step.op)
        if isinstance(step.op, Collect) or not after.isdisjoint(sources):
            after.add(step.value)
            stage[2].append(step)
        elif isinstance(step.op, Slice) or not inside.isdisjoint(sources):
            inside.add(step.value)
            stage[1].append(step)
        else:
            stage[0].append(step)
    assert inside.isdisjoint(program.results), program.results
    return tuple(stage[0]), tuple(stage[1]), tuple(stage[2])


def sliced(program: Program) -> Group:
    """The indices that its loop goes over."""
    return tuple(
        dict.fromkeys(index for step in program.steps if isinstance(step.op, Slice) for index in step.op.indices)
    )


def views_only(program: Program) -> bool:
    """Whether a result may share memory with an operand: no line of the program makes new elements."""
    return all(may_view(step.op) for step in program.steps)


def may_view(op: Primitive) -> bool:
    """Whether its result may share memory with what it reads."""
    return isinstance(op, Contiguous | Diagonal | Permute | Regroup | Slice)
