"""What must be tested before a planned function may run: as little as keeps it right.

A function is planned for certain shapes and dtypes. Whether operands have them can be tested
outright, or left to the calls themselves: a strict matrix product refuses operands whose
ranks, sizes or dtypes do not fit each other. So an operand that goes straight into such a
product needs no test of its own, as long as each of its sizes is tied, by these products, to
one that is tested. And where such products are all there is, and no order had to be chosen,
nothing depends on the sizes, and none is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from einc.backends.spelling import Backend
from einc.emit import emit
from einc.expression import Group, Sizes
from einc.operands import Kind
from einc.program import Matmul, Multiply, Permute, Program, Sum, Value, Vecdot
from einc.stages import may_view, views_only

Fact: TypeAlias = tuple[str, Group | str]  # of a value, by name: the size of a group, or DTYPE
Root: TypeAlias = Callable[[Fact], Fact]

DTYPE = "dtype"


@dataclass(frozen=True, slots=True)
class Tests:
    """Which operands, by position, a function tests for shape, and which for dtype."""

    shapes: tuple[int, ...]
    dtypes: tuple[int, ...]
    unexpanded: bool  # whether a result is a view of an operand, which then must not overlap itself


def needed_tests(program: Program, backend: Backend) -> Tests:
    """Tests enough that no operand of another shape or dtype goes unnoticed."""
    root = _ties(program, backend)
    straight = _straight_into_strict(program, backend)
    sizes = [{root((operand.name, group)) for group in operand.layout} for operand in program.operands]
    shapes = {n for n, operand in enumerate(program.operands) if operand not in straight}
    pinned = {size for n in shapes for size in sizes[n]}

    if len(program.operands) <= 2 and not shapes and not _others(program, backend):
        pinned.update(*sizes)

    def pin(worthwhile: Callable[[set[Fact]], bool]) -> None:
        for n, found in enumerate(sizes):
            if worthwhile(found - pinned):
                shapes.add(n)
                pinned.update(found)

    pin(lambda loose: len(loose) > 1)  # two sizes for one test, and perhaps the neighbours are tied by them
    pin(bool)
    dtypes = {root((operand.name, DTYPE)): n for n, operand in reversed([*enumerate(program.operands)])}
    moves_only = views_only(program)  # then any dtype will do
    return Tests(tuple(sorted(shapes)), () if moves_only else tuple(sorted(dtypes.values())), moves_only)


def guarded_source(program: Program, kind: Kind, sizes: Sizes, typed: bool = False) -> str:
    """The program's function with its tests in front: for operands of another kind, it returns None or raises.

    Args:
        program: what the function does.
        kind: of the operands.
        sizes: of all indices; no call with others comes past the tests where one is mentioned.
        typed: whether the user chose the type, so that none is lowered by circumstances.
    """
    backend, tests = kind.backend, needed_tests(program, kind.backend)
    tested = sorted({kind.dtypes[n] for n in tests.dtypes})
    dtypes = [f"{dtype} = {backend.dtype.format(dtype=backend.names.get(dtype, dtype))}" for dtype in tested]
    conditions = list(_conditions(tests, program, kind))
    hindered = [f"not ({' and '.join(conditions)})"] if conditions else []
    if backend.autocasts and (typed or _is_lowered_otherwise(program)):
        hindered.insert(0, backend.autocasts)
    if backend.watched:
        hindered.insert(0, backend.watched)
    return emit(
        program,
        backend,
        above=[*backend.guard_imports, *dtypes],
        first=[f"if {' or '.join(hindered)}:", "    return None"],
        sizes=sizes,
    )


def _conditions(tests: Tests, program: Program, kind: Kind) -> Iterator[str]:
    backend = kind.backend
    for operand, test in product(program.operands, backend.tests):  # first, as other libraries warn of the rest
        yield test.format(x=operand.name)
    for n in tests.shapes:
        yield f"{program.operands[n].name}.shape == {kind.shapes[n]}"
    for n in tests.dtypes:
        yield backend.dtype_test.format(x=program.operands[n].name, dtype=kind.dtypes[n])
    matrices = any(isinstance(step.op, Matmul) and _is_of_matrices(step.op) for step in program.steps)
    for operand in program.operands:
        for test in backend.matmul_tests if matrices and operand.layout else ():  # numbers go with any device
            yield test.format(x=operand.name)
        if tests.unexpanded and backend.strides:
            yield f"0 not in {backend.strides.format(x=operand.name)}"


def _is_of_matrices(op: Matmul) -> bool:
    return min(len(op.x.layout), len(op.y.layout)) > 1


def _is_lowered_otherwise(program: Program) -> bool:
    """Whether calls that choose their type themselves, as products of matrices do, would not agree on one."""
    computing = [step.op for step in program.steps if not may_view(step.op)]
    if all(isinstance(op, Matmul) and _is_of_matrices(op) for op in computing):
        return False
    return any(isinstance(op, Matmul | Vecdot) for op in computing) or {Multiply, Sum} <= set(map(type, computing))


def _is_strict(op: object, backend: Backend) -> bool:
    return isinstance(op, Matmul) and (len(op.x.layout), len(op.y.layout)) in backend.strict_matmuls


def _others(program: Program, backend: Backend) -> bool:
    """Whether there is any step but strict products and permutations."""
    return not all(isinstance(step.op, Permute) or _is_strict(step.op, backend) for step in program.steps)


def _straight_into_strict(program: Program, backend: Backend) -> set[Value]:
    """The values that are read by a strict product, or by permutations that are, and by nothing else."""
    straight: set[Value] = set()
    for step in reversed(program.steps):
        match step.op:
            case Permute(x) if step.value in straight:
                straight.add(x)
            case Matmul(x, y) if _is_strict(step.op, backend):
                straight |= {x, y}
    return straight


def _ties(program: Program, backend: Backend) -> Root:
    """For every size and dtype, the one that stands for all those the program's calls hold equal to it."""
    parent: dict[Fact, Fact] = {}

    def root(fact: Fact) -> Fact:
        while fact in parent:
            fact = parent[fact]
        return fact

    def tie(a: Fact, b: Fact) -> None:
        if root(a) != root(b):
            parent[root(b)] = root(a)

    for step in program.steps:
        sources: Sequence[Value] = ()
        match step.op:
            case Permute(x):
                sources = (x,)
            case Matmul(x, y) if _is_strict(step.op, backend):
                sources = (x, y)
                for group in filter(None, x.layout):
                    if group in y.layout:
                        tie((x.name, group), (y.name, group))
        for source in sources:
            tie((source.name, DTYPE), (step.value.name, DTYPE))
            for group in filter(None, source.layout):
                if group in step.value.layout:
                    tie((source.name, group), (step.value.name, group))
    return root
