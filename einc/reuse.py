"""Products element by element, written over an intermediate that nobody needs after them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from einc.program import Diagonal, Multiply, Primitive, Program, Slice, Step, Value, read
from einc.stages import may_view, stages


@dataclass(frozen=True, slots=True)
class Memories:
    """Whose memory values may share, and when it was last of use.

    Attributes:
        owner: for every intermediate, the value whose memory it may be a view of.
        parts: those that are views of a part of it.
        last: for every owner, the last step that reads it or a view of it.
        kept: the owners that results may share memory with.
        stage: for every intermediate, when it is made: before, in or after the loop over slices.
    """

    owner: Mapping[Value, Value]
    parts: frozenset[Value]
    last: Mapping[Value, Value]
    kept: frozenset[Value]
    stage: Mapping[Value, int]

    def is_free(self, x: Value, step: Step) -> bool:
        """Whether a step may write over `x`: all of an array of its own stage, which nobody reads after it."""
        owner = self.owner.get(x)
        if owner is None or x in self.parts or owner in self.kept or self.last[owner] != step.value:
            return False
        return self.stage.get(owner) == self.stage[step.value]  # operands have none


def overwriting(program: Program, lent: Collection[Value] = ()) -> Program:
    """The same program, its products written over an intermediate of the same layout that ends there.

    Args:
        program: in which nothing is written over yet.
        lent: those of its operands that nobody needs after it.
    """
    memories = _memories(program, lent)
    return replace(program, steps=tuple(replace(step, op=_over(step, memories)) for step in program.steps))


def _over(step: Step, memories: Memories) -> Primitive:
    """The primitive of a step, which writes over its side that may be: arrays, of numbers, whose sides commute.

    If both may be, that is one which is no view: it is sure to lie as its axes say, so it is written without jumps.
    """
    match step.op:
        case Multiply(x, y) if step.value.indices and step.value.dtype != "object":
            for own, other in sorted(((x, y), (y, x)), key=lambda sides: memories.owner.get(sides[0]) != sides[0]):
                apart = own == other or memories.owner.get(own) != memories.owner.get(other)
                if own.layout == step.value.layout and apart and memories.is_free(own, step):
                    return Multiply(own, other, over=True)
    return step.op


def owned(program: Program) -> frozenset[Value]:
    """The values that are all of an array which the program makes."""
    memories = _memories(program)
    made = {value for value, owner in memories.owner.items() if owner not in program.operands}
    return frozenset(made - memories.parts)


def _memories(program: Program, lent: Collection[Value] = ()) -> Memories:
    owner: dict[Value, Value] = {x: x for x in lent}
    parts: set[Value] = set()
    last: dict[Value, Value] = {}
    for step in program.steps:
        sources = read(step.op)
        owner[step.value] = owner.get(sources[0], sources[0]) if may_view(step.op) else step.value
        if isinstance(step.op, Diagonal | Slice) or (may_view(step.op) and sources[0] in parts):
            parts.add(step.value)
        for source in sources:
            last[owner.get(source, source)] = step.value
    return Memories(
        owner,
        frozenset(parts),
        last,
        frozenset(owner.get(result, result) for result in program.results),
        dict.fromkeys(lent, 0) | {step.value: number for number, steps in enumerate(stages(program)) for step in steps},
    )
