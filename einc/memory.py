"""How long the values of a program are needed, and how much memory they take at most."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate

from einc.backends.spelling import itemsize
from einc.expression import Sizes
from einc.program import (
    Collect,
    Diagonal,
    Multiply,
    Permute,
    Primitive,
    Program,
    Regroup,
    Slice,
    Step,
    Value,
    called,
    read,
)
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
        case Diagonal() | Permute() | Slice():
            return True
        case Multiply(over=over):
            return over
        case Regroup(x, to):
            return not any(len(group) > 1 and group not in x.layout for group in to)
    return False


def spans(program: Program) -> tuple[tuple[Step, ...], Mapping[Value, tuple[int, int]]]:
    """The steps in the order in which they run, and for every array made, the first and the last of them it lives in.

    While slices run, what collects them is there already.
    """
    before, inside, after = stages(program)
    order = (*before, *inside, *after)
    place = {step.value: number for number, step in enumerate(order)}
    loop = range(len(before), len(before) + len(inside))
    last = {value: place[end] for end, values in released(program).items() for value in values}
    lives = {}
    for number, step in enumerate(order):
        if not is_view(step.op):
            first = loop.start if isinstance(step.op, Collect) else number
            end = loop.stop - 1 if number in loop else len(order) - 1
            lives[step.value] = first, last.get(step.value, end)
    if inside and inside[-1].value in lives:
        lives[inside[-1].value] = loop.stop - 1, loop.stop  # when it is collected
    return order, lives


def live(program: Program, sizes: Sizes) -> Mapping[Value, int]:
    """For each step's value, in the order in which they are made, the bytes of all that lives while it is made.

    Results count, and operands do not; where a reshape may copy, it counts so.
    """
    order, lives = spans(program)
    change = [0] * (len(order) + 1)
    for value, (first, last) in lives.items():
        taken = size_of(value, sizes)
        change[first] += taken
        change[last + 1] -= taken
    return dict(zip((step.value for step in order), accumulate(change)))


def peak(program: Program, sizes: Sizes) -> int:
    """The bytes of all intermediates, results included, that live at once."""
    return max(live(program, sizes).values(), default=0)


def most_axes(program: Program) -> int:
    """The rank of its largest value, or of one in its routines."""
    values = (*program.operands, *(step.value for step in program.steps))
    inside = [most_axes(calls[0].routine) for calls in called(program).values()]
    return max([*(len(value.layout) for value in values), *inside])


def size_of(value: Value, sizes: Sizes) -> int:
    """Bytes of all its elements."""
    return points(value.indices, sizes) * itemsize(value.dtype)
