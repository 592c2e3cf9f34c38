"""Products written over intermediates: where they may be, and that nothing else is written to."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from conftest import needs_torch
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import DTYPES, Problem
from test_program import layout_of, value
from test_slices import in_slices

import einc
from einc.backends import NUMPY
from einc.emit import emit
from einc.laws import verify
from einc.load import load
from einc.lower.line import Line
from einc.memory import peak
from einc.program import Cast, Collect, Contiguous, Copy, Diagonal, Multiply, Permute, Program, Regroup, Slice, Sum
from einc.reuse import overwriting

FORMS = (
    *("ij,ij,ij->ij", "ij,ji,ij->ij", "ij,j,i->ij", "ij,ij,ij,ij->ji", "i,j,ij,ji->ij", "ij,ij,ij->i", "ii,i,i->i"),
    *(
        ",,->",
        "i,,->",
        "ijk,ji,kj,ik->ijk",
        "ij,jk,ik,ik->ik",
        "ij,ij,ij->",
        "ij,,ij->ij",
        "ijk,jr,kr,ir->ir",
        "abi,i,ab,ba->abi",
    ),
)


@st.composite
def elementwise(draw):
    """Many products element by element, of operands that cannot be written to."""
    form = draw(st.sampled_from(FORMS))
    terms, output = form.split("->")
    inputs = tuple(map(tuple, terms.split(",")))
    sizes = dict(zip("abijkr", draw(st.lists(st.integers(0, 4), min_size=6, max_size=6))))
    dtype = draw(st.sampled_from(DTYPES))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    operands = tuple(generator.uniform(-2, 2, [sizes[index] for index in term]).astype(dtype) for term in inputs)
    for operand in operands:
        operand.flags.writeable = False
    return Problem(form, inputs, tuple(output), operands)


def overwritten(program):
    return [step.op for step in program.steps if isinstance(step.op, Multiply) and step.op.over]


@settings(max_examples=500)
@given(problem=elementwise())
def test_the_definition(problem):
    f = einc.compile(problem.text)
    with np.errstate(all="ignore"):
        result = f(*problem.operands)
        problem.check(result, result.dtype.name)
        np.testing.assert_array_equal(f(*problem.operands), result)  # called again, it finds all as it was
    assert not any(np.shares_memory(result, operand) for operand in problem.operands)


@settings(max_examples=300)
@given(problem=elementwise(), data=st.data())
def test_slices(problem, data):
    sizes = einc.compile(problem.text).plan(*problem.operands).sizes
    if not sizes or 0 in sizes.values():
        return
    chosen = data.draw(st.lists(st.sampled_from(sorted(sizes)), min_size=1, unique=True))
    with np.errstate(all="ignore"):
        plan = in_slices(problem.text, problem.operands, chosen)
        result = plan.function(*problem.operands)
        problem.check(result, result.dtype.name)


def program(x, *makers, results=(-1,)):
    """A program of steps, each made of all values so far."""
    line, values = Line(), list(x)
    for maker in makers:
        values.append(line(maker(*values)))
    return Program(tuple(x), tuple(line.steps), tuple(values[n] for n in results))


X = value("i j", "x0"), value("i j", "x1")
TURNED = layout_of("j i")


@pytest.mark.parametrize(
    ("makers", "results"),
    [
        ([Multiply, lambda x, y, t: Multiply(t, y)], (-1,)),
        ([Multiply, lambda x, y, t: Multiply(y, t)], (-1,)),
        ([Multiply, lambda x, y, t: Multiply(t, t)], (-1,)),
        ([lambda x, y: Copy(x), lambda x, y, t: Multiply(t, y)], (-1,)),
        ([lambda x, y: Cast(x, "float64"), lambda x, y, t: Multiply(t, t)], (-1,)),
        (
            [Multiply, lambda x, y, t: Permute(t, TURNED), lambda x, y, t, u: Multiply(u, u)],
            (-1,),
        ),
        (
            [
                Multiply,
                lambda x, y, t: Regroup(t, layout_of("i 1 j")),
                lambda x, y, t, u: Multiply(u, u),
            ],
            (-1,),
        ),
    ],
)
def test_where_an_intermediate_ends(makers, results):
    before = program(X, *makers, results=results)
    after = verify(overwriting(before))
    assert len(overwritten(after)) == 1
    assert peak(after, {"i": 5, "j": 3}) < peak(before, {"i": 5, "j": 3})
    operands = [np.random.default_rng(n).standard_normal((5, 3)).astype(x.dtype) for n, x in enumerate(X)]
    np.testing.assert_array_equal(load(emit(after, NUMPY))(*operands), load(emit(before, NUMPY))(*operands))


@pytest.mark.parametrize(
    ("makers", "results"),
    [
        ([Multiply], (-1,)),  # operands are never written to
        ([lambda x, y: Permute(x, TURNED), lambda x, y, t: Multiply(t, t)], (-1,)),  # nor are views of them
        ([lambda x, y: Contiguous(x), lambda x, y, t: Multiply(t, y)], (-1,)),  # which this may be
        ([lambda x, y: Regroup(x, layout_of("(i j)")), lambda x, y, t: Multiply(t, t)], (-1,)),  # and this
        ([Multiply, lambda x, y, t: Multiply(t, y)], (-1, 2)),  # a result
        (
            [
                Multiply,
                lambda x, y, t: Permute(t, TURNED),
                lambda x, y, t, u: Multiply(t, y),
            ],
            (-1, 3),  # a view of it is a result
        ),
        (
            [
                Multiply,
                lambda x, y, t: Regroup(t, layout_of("(i j)")),
                lambda x, y, t, u: Multiply(t, y),
                lambda x, y, t, u, v: Sum(u, ("i",)) if len(u.layout) > 1 else Cast(u, "float64"),
            ],
            (-1,),  # a view of it is read later
        ),
        ([lambda x, y: Sum(x, ("i",)), lambda x, y, t: Multiply(t, y)], (-1,)),  # it is smaller
    ],
)
def test_where_nothing_is_written_over(makers, results):
    before = program(X, *makers, results=results)
    assert overwriting(before) == before


def test_not_over_what_is_turned_against_itself():
    x = value("i i", "x0"), value("i i", "x1")
    turned = [Multiply, lambda x, y, t: Permute(t, t.layout), lambda x, y, t, u: Multiply(t, u)]
    assert not overwritten(overwriting(program(x, *turned)))


def test_not_over_a_part_of_an_array():
    x = value("i i", "x0"), value("i", "x1")
    steps = [lambda x, y: Multiply(x, x), lambda x, y, t: Diagonal(t, "i"), lambda x, y, t, d: Multiply(d, y)]
    assert not overwritten(overwriting(program(x, *steps)))
    steps[2:] = [lambda x, y, t, d: Permute(d, d.layout), lambda x, y, t, d, p: Multiply(p, y)]
    assert not overwritten(overwriting(program(x, *steps)))


def test_not_over_what_every_slice_reads():
    """A loop reads what was made before it once for every slice."""
    x = value("i j", "x0"), value("k", "x1"), value("j", "x2")
    steps = [
        lambda x, y, z: Multiply(z, z),  # before the loop
        lambda x, y, z, t: Slice(x, ("i",)),
        lambda x, y, z, t, s: Multiply(t, s),  # in it
        lambda x, y, z, t, s, u: Multiply(u, s),
        lambda x, y, z, t, s, u, v: Collect(v, ("i",)),
    ]
    over = overwritten(overwriting(program(x, *steps)))
    assert [op.x.name for op in over] == ["t2"]


def test_of_two_intermediates_over_the_one_that_is_no_view():
    """It lies as its axes say, so that it is written in the order in which it lies."""
    x = value("i j", "x0"), value("j i", "x1")
    steps = [
        lambda x, y: Multiply(x, x),
        lambda x, y, t: Permute(t, y.layout),
        lambda x, y, t, u: Multiply(y, y),
        lambda x, y, t, u, v: Multiply(u, v),
    ]
    *_, last = overwritten(overwriting(program(x, *steps)))
    assert (last.x.name, last.y.name) == ("t2", "t1")


def test_not_over_objects():
    """Their products need not commute, and may be of another kind."""
    x = value("i", "x0", "object"), value("i", "x1", "object")
    steps = [Multiply, lambda x, y, t: Multiply(y, t)]
    assert not overwritten(overwriting(program(x, *steps)))


@pytest.mark.parametrize(
    "steps",
    [
        [lambda x, y: Multiply(x, y, over=True)],
        [lambda x, y: Multiply(x, x), lambda x, y, t: Multiply(t, y, over=True), lambda x, y, t, u: Multiply(t, u)],
        [lambda x, y: Sum(x, ("i",)), lambda x, y, t: Multiply(t, y, over=True)],
    ],
)
def test_unlawful(steps):
    with pytest.raises(AssertionError):
        verify(program(X, *steps))


def measured(function, operands):
    function(*operands)
    tracemalloc.start()
    try:
        function(*operands)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("sliced", ["", "i", "k"])
def test_memory(sliced):
    text = "ijk,ijk,jk,ijk->ijk"  # NumPy reads what lies scattered, as slices of `k` do, in pieces
    operands = [np.ones((30, 80, 100)) if len(term) > 2 else np.ones((80, 100)) for term in text[:-5].split(",")]
    plan = in_slices(text, operands, sliced)
    assert len(overwritten(plan.program)) == 2
    told = peak(plan.program, plan.sizes)
    assert told == operands[0].nbytes + (operands[0].nbytes // plan.sizes[sliced] if sliced else 0)
    assert told <= measured(plan.function, operands) <= told + 100_000
    straight = replace(
        plan.program,
        steps=tuple(
            replace(step, op=replace(step.op, over=False)) if step.op in overwritten(plan.program) else step
            for step in plan.program.steps
        ),
    )
    assert peak(straight, plan.sizes) > told


@needs_torch
def test_tensors_are_not_written_over():
    import torch

    operands = [torch.ones(3, requires_grad=True) for _ in range(3)]
    f = einc.compile("i,i,i->i")
    f(*operands).sum().backward()
    assert not overwritten(f.program)
    assert torch.equal(operands[0].grad, torch.ones(3))
