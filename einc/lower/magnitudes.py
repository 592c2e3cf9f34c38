"""How large the integers of a value may be."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from einc.backends.spelling import category, itemsize
from einc.price.lie import Memory
from einc.program import Cast, Collect, Loop, Matmul, Multiply, Primitive, Sum, Value, Vecdot, read

UNKNOWN = math.inf


@dataclass(frozen=True, slots=True)
class Magnitudes:
    """The largest magnitudes that the elements of values may have, noted step by step.

    An operand has those of its dtype, and so has what may have wrapped.
    """

    memory: Memory
    _known: dict[int, tuple[Value, float]] = field(default_factory=dict)

    def of(self, value: Value) -> float:
        """That of a value."""
        return self._known[id(value)][1] if id(value) in self._known else magnitude(value.dtype)

    def note(self, op: Primitive, result: Value) -> None:
        """Remember that of what a primitive made."""
        self._known[id(result)] = result, min(self._made(op, result), magnitude(result.dtype))

    def _made(self, op: Primitive, result: Value) -> float:
        """Before it wraps."""
        match op:
            case Cast(x) if result.dtype.startswith("uint") and not x.dtype.startswith(("uint", "bool")):
                return UNKNOWN  # a negative number becomes a large one
            case Collect():
                return UNKNOWN
            case Multiply() | Matmul() | Vecdot() | Loop() | Sum():
                summed = {index for x in read(op) for index in x.indices if index not in result.indices}
                return math.prod(self.of(x) for x in read(op)) * self.memory.points(tuple(summed))
            case _:
                return max(self.of(x) for x in read(op))


def magnitude(dtype: str) -> float:
    """The largest of a dtype; the smallest of its numbers has it, where they have signs."""
    if category(dtype) == "inexact":
        return UNKNOWN
    bits = 1 if dtype == "bool" else 8 * itemsize(dtype)
    largest: int = 2**bits - 1 if dtype.startswith(("uint", "bool")) else 2 ** (bits - 1)
    return largest
