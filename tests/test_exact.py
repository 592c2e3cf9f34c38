"""Integers and bools whose matrix products are computed in floats: exactly, or not at all."""

from __future__ import annotations

from dataclasses import replace

import definition
import numpy as np
import pytest
from conftest import needs_torch
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import Problem, as_torch, problems

import einc
from einc.arithmetic import arithmetic
from einc.backends import BACKENDS
from einc.backends.spelling import INTEGERS, category
from einc.emit import emit
from einc.laws import layout, verify
from einc.load import load
from einc.lower import lower
from einc.lower.magnitudes import Magnitudes, magnitude
from einc.operands import admit
from einc.price import Setting
from einc.price.lie import memory
from einc.program import Cast, Collect, Loop, Matmul, Multiply, Permute, Sum, Value
from einc.simplify import simplify

EIGHTS = ("int8", "uint8", "bool")
PLAIN = ("int8", "uint8", "int16", "int32", "int64", "bool")
SLOW = dict.fromkeys([*INTEGERS, "bool"], 1.0)  # multiply-adds a second, so that floats are always quicker
FORMS = ("ij,jk->ik", "ki,jk->ij", "bij,bjk->bik", "ij,j->i", "i,i->", "ij,jk,kl->il", "aij,jb->ba", "ijk,kji->")
MATRICES = "ij,jk->ik"


def slowly(library):
    """The table of a library in which all but floats is slow."""
    table = BACKENDS[library]
    return replace(table, rates=replace(table.rates, macs_of=SLOW, loop_of=SLOW))


def in_floats(text, operands, dtype=None):
    """The program of a contraction that takes floats wherever they are exact, and its result."""
    plan = einc.compile(text, dtype=dtype).plan(*operands)
    backend = slowly(plan.kind.library)
    types = arithmetic(plan.expression, plan.kind, dtype)
    setting = Setting(plan.sizes, backend, plan.kind.strided)
    program = verify(simplify(verify(lower(plan.expression, plan.tree, types, setting))))
    return program, np.asarray(load(emit(program, backend))(*admit(operands)))


def products(program):
    """The dtypes of its matrix products."""
    return [step.value.dtype for step in program.steps if isinstance(step.op, Matmul)]


def wrapped(inputs, output, operands, dtype):
    """The definition in Python's integers, then wrapped; or, for bool, whether anything is there."""
    if dtype == "bool":
        return definition.einsum(inputs, output, operands, bool)
    exact = np.asarray(definition.einsum(inputs, output, operands, object))
    low, span = np.iinfo(dtype).min, 2 ** np.iinfo(dtype).bits
    return np.vectorize(lambda value: (int(value) - low) % span + low, otypes=[dtype])(exact)


def extremes(shape, dtype, generator):
    """Elements of which most are the smallest and the largest of their type."""
    if dtype == "bool":
        return generator.random(shape) < 0.3
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    return generator.choice(np.array([low, low, high, high, 0, 1, low + 1], dtype), shape)


@st.composite
def extreme_problems(draw, dtypes):
    """A form with operands of one or two types, full of the largest numbers there are."""
    form = draw(st.sampled_from(FORMS))
    terms, output = form.split("->")
    sizes = {index: draw(st.sampled_from([1, 2, 3, 9, 40])) for index in "abijkl"}
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    inputs = tuple(map(tuple, terms.split(",")))
    chosen = draw(st.lists(st.sampled_from(dtypes), min_size=1, max_size=2))
    operands = tuple(
        extremes([sizes[index] for index in term], chosen[n % len(chosen)], generator) for n, term in enumerate(inputs)
    )
    return Problem(form, inputs, tuple(output), operands)


@pytest.mark.parametrize("dtypes", [(*PLAIN, "uint16", "uint32", "uint64"), EIGHTS, ("int16", "uint16")], ids=len)
@settings(max_examples=150)
@given(data=st.data())
def test_extremes_wrap_as_integers_do(dtypes, data):
    problem = data.draw(extreme_problems(dtypes))
    dtype = np.result_type(*problem.operands).name
    if category(dtype) == "inexact":
        return  # int64 beside uint64
    _, result = in_floats(problem.text, problem.operands)
    assert result.dtype == dtype
    np.testing.assert_array_equal(result, wrapped(problem.inputs, problem.output, problem.operands, dtype))


@needs_torch
@pytest.mark.parametrize("precision", ["highest", "medium"])
@settings(max_examples=150)
@given(data=st.data())
def test_extremes_of_tensors(precision, data):
    import torch

    problem = data.draw(extreme_problems(data.draw(st.sampled_from([PLAIN, EIGHTS]))))
    operands = [as_torch(operand) for operand in problem.operands]
    torch.set_float32_matmul_precision(precision)  # "medium" lets factors be rounded to bfloat16
    try:
        _, result = in_floats(problem.text, operands)
    finally:
        torch.set_float32_matmul_precision("highest")
    np.testing.assert_array_equal(result, wrapped(problem.inputs, problem.output, problem.operands, result.dtype.name))


@settings(max_examples=300)
@given(problem=problems(dtypes=("bool", "int8", "uint8", "int16", "int32"), most_operands=4))
def test_any_problem(problem):
    _, result = in_floats(problem.text, problem.operands)
    problem.check(result, result.dtype.name)


@pytest.mark.parametrize(
    ("left", "right", "summed", "dtype", "found"),
    [
        ("int8", "int8", 2**10, None, "float32"),
        ("int8", "int8", 2**10 + 1, None, "float64"),
        ("int8", "int8", 2**10, "int32", "float32"),  # the operands' types count, not that computed in
        ("int8", "int8", 2**10 + 1, "int64", "float64"),
        ("uint8", "uint8", 258, None, "float32"),
        ("uint8", "uint8", 259, None, "float64"),
        ("bool", "int32", 2**22, None, "float64"),
        ("bool", "int32", 2**22 + 1, None, "int32"),
        ("int16", "int16", 2**23, None, "float64"),
        ("int16", "int16", 2**23 + 1, None, "int16"),
        ("int32", "int32", 2, None, "int32"),
        ("bool", "bool", 2**26, None, "float32"),
    ],
)
def test_what_is_proven(left, right, summed, dtype, found):
    shapes = (64, summed), (summed, 64)
    operands = [np.broadcast_to(np.zeros((), name), shape) for name, shape in zip((left, right), shapes)]
    plan = einc.compile(MATRICES, dtype=dtype).plan(*operands)
    types = arithmetic(plan.expression, plan.kind, dtype)
    program = lower(plan.expression, plan.tree, types, Setting(plan.sizes, slowly("numpy")))
    assert {step.value.dtype for step in program.steps if isinstance(step.op, Matmul | Loop)} == {found}


@pytest.mark.parametrize("summed", [1023, 1024, 1025])
def test_around_the_limit(summed, array):
    """Every partial sum is the largest that there is, and the last bit counts."""
    left, right = np.full((40, summed), -128, "int8"), np.full((summed, 40), -128, "int8")
    right[0] = 127
    program, result = in_floats(MATRICES, [array(left), array(right)], "int32")
    assert products(program) == ["float32" if summed <= 1024 else "float64"]
    assert (result == 128 * 128 * (summed - 1) - 128 * 127).all()


@pytest.mark.parametrize(("dtype", "of_tensors"), [("int8", "float32"), ("uint8", "float32"), ("int16", "float64")])
def test_factors_that_may_be_rounded_have_eight_bits(dtype, of_tensors, library, array):
    """Settings of torch may round the factors of float32 products, but not their sums; NumPy rounds none."""
    operands = [array(np.full((64, 64), np.iinfo(dtype).max, dtype)), array(np.ones((64, 64), bool))]
    program, result = in_floats(MATRICES, operands, "int32")
    assert products(program) == ["float32" if library == "numpy" else of_tensors]
    assert (result == 64 * np.iinfo(dtype).max).all()


def test_a_plan_is_not_kept_for_longer_sums(array):
    """What was exact for few terms is planned anew for many."""
    f = einc.compile(MATRICES, dtype="int32")
    for summed in (512, 5000, 512):
        left, right = np.full((128, summed), 127, "int8"), np.full((summed, 128), 127, "int8")
        right[-1] = 126
        result = np.asarray(f(array(left), array(right)))
        assert "float" in f.source
        assert (result == 127 * 127 * summed - 127).all()


def test_what_is_large_takes_floats_and_what_is_small_does_not(array):
    for dtype in ("int8", "int16"):
        large, small = (array(np.ones((size, size), dtype)) for size in (128, 4))
        assert "float" in einc.compile(MATRICES).plan(large, large).source
        assert "float" not in einc.compile(MATRICES).plan(small, small).source


def test_bools_on_numpy():
    a = np.random.default_rng(0).random((2, 100, 100)) < 0.02
    f = einc.compile(MATRICES)
    np.testing.assert_array_equal(f(*a), (a[0][:, :, None] & a[1][None]).any(1))
    assert "float32" in f.source


@needs_torch
class TestTraced:
    """Where sizes stand for others, nothing is proven."""

    OPERANDS = (np.full((128, 256), 127, "int8"), np.full((256, 128), 127, "int8"))

    @pytest.mark.parametrize("mode", ["symbolic", "fake"])
    def test_graphs(self, mode):
        from torch.fx.experimental.proxy_tensor import make_fx

        operands = [as_torch(operand) for operand in self.OPERANDS]
        f = einc.compile(MATRICES)
        assert "float" in f.plan(*operands).source
        graph = make_fx(f, tracing_mode=mode)(*operands)
        assert ("float" in graph.code) == (mode == "fake")
        np.testing.assert_array_equal(graph(*operands), f(*operands))

    def test_compiled(self):
        import torch

        f = einc.compile(MATRICES, dtype="int32")
        compiled = torch.compile(f, backend="eager", fullgraph=True, dynamic=True)
        for summed in (256, 5001):
            left = torch.full((128, summed), 127, dtype=torch.int8)
            right = left.t().contiguous()
            right[-1] = 126
            assert (compiled(left, right) == 127 * 127 * summed - 127).all()

    def test_autocast(self):
        import torch

        x = torch.full((128, 300), 127, dtype=torch.int8)
        f = einc.compile("ij,kj->ik", dtype="int32")
        wanted = f(x, x)
        assert (wanted == 300 * 127**2).all()
        with torch.autocast("cpu", torch.bfloat16):
            assert torch.equal(f(x, x), wanted)


SIZES = {"i": 3, "j": 5, "k": 7}


def value(name, text, dtype="int32"):
    return Value(name, tuple((index,) for index in text), dtype)


@pytest.mark.parametrize(
    ("op", "dtype", "largest"),
    [
        (lambda x, y: Permute(x, y.layout), "int32", 10),
        (lambda x, y: Multiply(x, x), "int32", 100),
        (lambda x, y: Multiply(x, x), "int8", 100),
        (lambda x, y: Sum(x, ("j",)), "int32", 50),
        (lambda x, y: Sum(x, ("i", "j")), "int8", 128),  # it may have wrapped
        (Matmul, "int32", 10 * 2**31),
        (lambda x, y: Loop((x, x), ()), "int32", 10 * 10 * 15),
        (lambda x, y: Cast(x, "int64"), "int64", 10),
        (lambda x, y: Cast(x, "float64"), "float64", 10),
        (lambda x, y: Cast(x, "uint8"), "uint8", 255),
        (lambda x, y: Collect(x, ("k",)), "int32", 2**31),
    ],
)
def test_magnitudes(op, dtype, largest):
    known = Magnitudes(memory(SIZES, (), ()))
    x, y = value("x0", "ij", "int32"), value("x1", "ji")
    known._known[id(x)] = x, 10
    made = op(x, y)
    result = Value("t0", layout(made), dtype)
    known.note(made, result)
    assert known.of(result) == min(largest, magnitude(dtype))


@pytest.mark.parametrize("dtype", sorted(INTEGERS))
def test_the_largest_magnitude_of_a_type(dtype):
    told = np.iinfo(dtype)
    assert magnitude(dtype) == max(-int(told.min), int(told.max))
