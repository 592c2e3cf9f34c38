"""A program run line by line, without a function of its own: for what may run but once, that is the quickest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from einc.backends.spelling import Backend
from einc.emit.names import Names, names_of
from einc.emit.spell import spell
from einc.expression import Sizes
from einc.program import Primitive, Program, Value, read, reading

LINES = 4096  # distinct ones remembered

Line: TypeAlias = Callable[[Any, Any], Any]


def interpreted(program: Program, backend: Backend, sizes: Sizes, operands: Sequence[Any]) -> list[Any]:
    """The results of a program without routines and without a loop over slices, of which no line reads three values.

    Args:
        program: what to do.
        backend: the library of the operands.
        sizes: of all indices.
        operands: arrays.
    """
    names = names_of(program, sizes)
    left = Counter(x.name for step in program.steps for x in read(step.op))
    left.update(x.name for x in program.results)
    values = dict(zip((x.name for x in program.operands), operands))
    for step in program.steps:
        sources = read(step.op)
        values[step.value.name] = _line(step.op, names, backend)(values[sources[0].name], values[sources[-1].name])
        for x in sources:
            left[x.name] -= 1
            if not left[x.name]:
                del values[x.name]
    return [values[x.name] for x in program.results]


def _line(op: Primitive, names: Names, backend: Backend) -> Line:
    """The function that does what a line of source would do."""
    own = {x: Value(letter, x.layout, x.dtype) for letter, x in zip("xy", read(op))}
    last = "y" if len(own) > 1 else "_"
    return line_of(backend.imports, f"x, {last}", spell(reading(op, own), backend, names))


@lru_cache(LINES)
def line_of(imports: str, parameters: str, text: str) -> Callable[..., Any]:
    """The function of a line, where the imports of its library have been made."""
    names: dict[str, Any] = {}
    exec(imports, names)  # these are einc's own emission, in which no label stands
    function: Callable[..., Any] = eval(f"lambda {parameters}: {text}", names)
    return function
