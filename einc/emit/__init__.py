"""Program to readable Python source; the only room with axis numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from einc.backends.spelling import Backend
from einc.emit.names import Names, common_sizes, names_of
from einc.emit.spell import spell
from einc.expression import Expression, Sizes, show
from einc.memory import is_view, released
from einc.program import Collect, Diagonal, Program, Step, Value, called
from einc.stages import sliced, stages, views_only

FUNCTION = "contraction"  # the name of every function
ROUTINE = "pair_"  # what begins those of the functions that it calls


def emit(
    program: Program,
    backend: Backend,
    above: Sequence[str] = (),
    first: Sequence[str] = (),
    signature: str = "",
    sizes: Sizes | None = None,
) -> str:
    """A module that defines one plain function: straight line, one primitive a line, its layout beside it.

    Args:
        program: what the function does.
        backend: the library it calls.
        above: lines to put before the function.
        first: lines to put at the start of its body.
        signature: the line that defines it, where that has type hints.
        sizes: of all indices, where the function is for these alone; else it reads them from its operands.
    """
    parameters = ", ".join(operand.name for operand in program.operands)
    signature = signature or f"def {FUNCTION}({parameters}):"
    routines, definitions = _routines(program, backend, sizes)
    lines = [f'"""{_title(program)}"""', *first, *_body(program, backend, sizes, routines)]
    lines += _unfrozen(program, backend)
    lines.append(f"return {', '.join(result.name for result in program.results)}")
    return "\n".join([*_imports(program, backend), *above, *definitions, "", "", signature, *_inside(lines), ""])


def _inside(lines: Iterable[str]) -> list[str]:
    """Lines as those of a function."""
    return [f"    {line}".rstrip() for line in lines]


def _imports(program: Program, backend: Backend) -> list[str]:
    if not (over := sliced(program)):
        return [backend.imports]
    standard = [*backend.loop_tools, *(["from itertools import product"] if len(over) > 1 else [])]
    return [*standard, *([""] if standard else []), backend.imports, *backend.loop_imports]


def _routines(program: Program, backend: Backend, sizes: Sizes | None) -> tuple[dict[int, str], list[str]]:
    """The names of the routines that a program calls, and the functions; routines that read alike are one."""
    names: dict[int, str] = {}
    functions: dict[str, str] = {}
    for number, calls in called(program).items():
        routine = calls[0].routine
        lines = [*_body(routine, backend, common_sizes(calls, sizes), {}), f"return {routine.results[0].name}"]
        text = "\n".join([f"({', '.join(x.name for x in routine.operands)}):  # {_title(routine)}", *_inside(lines)])
        names[number] = functions.setdefault(text, f"{ROUTINE}{len(functions)}")
    return names, [line for text, name in functions.items() for line in ("", "", f"def {name}{text}")]


def _body(program: Program, backend: Backend, sizes: Sizes | None, routines: Mapping[int, str]) -> list[str]:
    """A line for each step; those of a slice stand in a function of their own, which a loop calls."""
    names, free = names_of(program, sizes, routines), released(program)
    before, inside, after = (_lines(steps, backend, names, free) for steps in stages(program))
    for step in program.steps:
        if isinstance(step.op, Collect):
            loop = _loop(program, backend, names, (step.value, step.op), inside)
            return [*before, *loop, *after]
    return before


def _lines(steps: Sequence[Step], backend: Backend, names: Names, free: Mapping[Value, tuple[Value, ...]]) -> list[str]:
    """A line for each step, and one after those that leave values to nobody while there is still much to do."""
    lines = []
    last = max((number for number, step in enumerate(steps) if not is_view(step.op)), default=-1)
    for number, step in enumerate(steps):
        if isinstance(step.op, Collect):
            continue  # it is what the loop ends with
        lines.append(f"{step.value.name} = {spell(step.op, backend, names)}  # {show(step.value.layout) or 'scalar'}")
        if number < last and step.value in free:
            lines.append(f"del {', '.join(value.name for value in free[step.value])}")
    return lines


def _loop(
    program: Program, backend: Backend, names: Names, collected: tuple[Value, Collect], inside: Sequence[str]
) -> Iterator[str]:
    """The lines that run `inside` for every place of the sliced indices, and collect what comes."""
    whole, (x, indices) = collected[0], (collected[1].x.name, collected[1].indices)
    places = ", ".join(names.places.values())
    ranges = ", ".join(f"range({names.sizes[index]})" for index in names.places)
    front = [names.sizes[index] for index in indices]
    shape = f"({', '.join([*front, f'*{x}.shape'])})" if front else f"{x}.shape"
    at = ", ".join([*(names.places[index] for index in indices), "..."])
    yield ""
    yield f"def part({places}):"
    yield from (f"    {line}" for line in [*inside, f"return {x}"])
    yield ""
    operands = ", ".join(operand.name for operand in program.operands)
    yield from (line.format(operands=operands) for line in backend.before_loop)
    yield f"{whole.name} = None"
    yield f"for {places} in {ranges if len(names.places) == 1 else f'product({ranges})'}:"
    yield f"    {x} = part({places})"
    yield f"    if {whole.name} is None:"
    yield f"        {whole.name} = {backend.zeros.format(x=x, shape=shape)}  # {show(whole.layout) or 'scalar'}"
    yield f"    {backend.add_to.format(x=f'{whole.name}[{at}]' if indices else whole.name, y=x)}"
    yield f"    del {x}"
    if backend.scalar and not whole.layout:
        yield backend.scalar.format(x=whole.name)


def _title(program: Program) -> str:
    return str(Expression(tuple(operand.layout for operand in program.operands), program.results[0].layout))


def _unfrozen(program: Program, backend: Backend) -> Iterable[str]:
    """Where diagonals come read-only: a line that makes a result which is one as writable as its operand."""
    if backend.unfreeze and views_only(program) and any(isinstance(step.op, Diagonal) for step in program.steps):
        yield backend.unfreeze.format(x=program.results[0].name, y=program.operands[0].name)
