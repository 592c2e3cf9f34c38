"""How long the values of a program are needed, and how much memory they take at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from einc.backends.spelling import itemsize
from einc.expression import Sizes
from einc.program import Diagonal, Multiply, Permute, Primitive, Program, Regroup, Slice, Step, Value, read
from einc.stages import stages
from einc.tree import points


def released(program: Program) -> Mapping[Value, tuple[Value, ...]]:
    """For each step's value, the intermediates that nobody needs once it is made: an array with all its views.

    What is made before a loop and read in it is needed until the end.
    """
    owner: dict[Value, Value] = {}
    last: dict[Value, Step] = {}
    for step in program.steps:
        owner[step.value] = owner.get(read(step.op)[0], read(step.op)[0]) if is_view(step.op) else step.value
        for value in (step.value, *read(step.op)):
            last[owner.get(value, value)] = step
    stage = {step.value: number for number, steps in enumerate(stages(program)) for step in steps}
    kept = {owner.get(result, result) for result in program.results}
    free: dict[Value, tuple[Value, ...]] = {}
    for value, array in owner.items():
        end = last[array]
        if array in owner and array not in kept and stage[array] == stage[end.value]:
            free[end.value] = (*free.get(end.value, ()), value)
    return free


def is_view(op: Primitive) -> bool:
    """Whether the result is sure to share the memory of what it reads first, and takes none of its own."""
    match op:
        case Multiply(over=over):
            return over
        case Diagonal() | Permute() | Slice():
            return True
        case Regroup(x, to):
            return not any(len(group) > 1 and group not in x.layout for group in to)
    return False


def peak(program: Program, sizes: Sizes) -> int:
    """The bytes of all intermediates, results included, that live at once; where a reshape may copy, it counts so."""
    free = released(program)
    before, inside, after = stages(program)
    most = live = 0

    def run(steps: Sequence[Step]) -> None:
        nonlocal most, live
        for step in steps:
            live += _taken(step, sizes)
            most = max(most, live)
            live -= sum(_bytes(value, sizes) for value in free.get(step.value, ()) if value in taken)

    taken = {step.value for step in program.steps if not is_view(step.op)}
    run(before)
    for step in after[:1]:  # while slices run, what collects them is there
        live += _taken(step, sizes)
    outside = live
    run(inside)
    if inside:
        live = outside
        most = max(most, live + _taken(inside[-1], sizes))
    run(after[1:])
    return most


def most_axes(program: Program) -> int:
    """The rank of its largest value."""
    values = (*program.operands, *(step.value for step in program.steps))
    return max(len(value.layout) for value in values)


def _bytes(value: Value, sizes: Sizes) -> int:
    return points(value.indices, sizes) * itemsize(value.dtype)


def _taken(step: Step, sizes: Sizes) -> int:
    return 0 if is_view(step.op) else _bytes(step.value, sizes)
