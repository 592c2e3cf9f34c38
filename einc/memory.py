"""How long the values of a program are needed, and how much memory they take at most."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from einc.expression import Sizes
from einc.program import Diagonal, Permute, Primitive, Program, Regroup, Slice, Step, Value, read
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
    """Whether the result is sure to share the memory of what it reads, and takes none of its own."""
    match op:
        case Diagonal() | Permute() | Slice():
            return True
        case Regroup(x, to):
            return not any(len(group) > 1 and group not in x.layout for group in to)
    return False


def peak(program: Program, sizes: Sizes) -> int:
    """The bytes of all intermediates, results included, that live at once; where a reshape may copy, it counts so."""
    return max(live(program, sizes).values(), default=0)


def live(program: Program, sizes: Sizes) -> Mapping[Value, int]:
    """For each step's value, the bytes of all intermediates that live at once while it is made."""
    free = released(program)
    before, inside, after = stages(program)
    taken = {step.value for step in program.steps if not is_view(step.op)}
    at_once: dict[Value, int] = {}

    def run(steps: Sequence[Step], now: int) -> int:
        for step in steps:
            now += _taken(step, sizes)
            at_once[step.value] = now
            now -= sum(_bytes(value, sizes) for value in free.get(step.value, ()) if value in taken)
        return now

    outside = run(before, 0)
    for step in after[:1]:  # while slices run, what collects them is there
        outside += _taken(step, sizes)
        run(inside, outside)
        at_once[step.value] = outside + _taken(inside[-1], sizes)
    run(after[1:], outside)
    return at_once


def most_axes(program: Program) -> int:
    """The rank of its largest value."""
    values = (*program.operands, *(step.value for step in program.steps))
    return max(len(value.layout) for value in values)


def itemsize(dtype: str) -> int:
    """Bytes of an element: of float32, complex64, bfloat16, float8_e4m3fn, but not bool, as its name tells."""
    bits = re.search(r"\d+", dtype)
    return int(bits.group()) // 8 if bits else 1


def _bytes(value: Value, sizes: Sizes) -> int:
    return points(value.indices, sizes) * itemsize(value.dtype)


def _taken(step: Step, sizes: Sizes) -> int:
    return 0 if is_view(step.op) else _bytes(step.value, sizes)
