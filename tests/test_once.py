"""A first call of many pairs, which is run without a program: what comes is what the program computes, bit by bit."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import as_torch, problems

import einc
from einc import lower
from einc.compiler import Compiled
from einc.laws import verify
from einc.lower import many
from einc.program import Call, Matmul

FLOATS = ("float32", "float64", "complex64", "complex128")
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@contextmanager
def small_up_to(bits: int) -> Iterator[None]:
    """As if one pair were many, and large, and pairs of more points than so many bits number were not small."""
    points = {"MANY": 0, "SMALL": bits, "COPIED": bits, "LARGE": 0}
    with patch.object(lower, "FEW", 0), patch.multiple(many, **points):
        yield


@settings(max_examples=400)
@given(
    problem=problems(FLOATS, most_operands=6),
    bits=st.sampled_from([-1, 1, 3, 30]),
    library=st.sampled_from(["numpy", "torch"]),
)
def test_the_first_call_is_what_all_others_are(problem, bits, library):
    operands = problem.operands
    if library == "torch":
        pytest.importorskip("torch")
        operands = tuple(map(as_torch, operands))
    with small_up_to(bits):
        f = einc.compile(problem.text)
        first, second = f(*operands), f(*operands)
    assert f._latest.is_long or len(operands) < 2
    problem.check(np.asarray(first), str(second.dtype).removeprefix("torch."))
    assert np.asarray(first).tobytes() == np.asarray(second).tobytes()
    assert type(first) is type(second)
    assert np.shape(first) == np.shape(second)


def chain(matrices: int) -> str:
    """A product of so many matrices."""
    return ",".join(LETTERS[n : n + 2] for n in range(matrices)) + f"->a{LETTERS[matrices]}"


def called(f: Compiled) -> list[Call]:
    """The calls of routines in what is run."""
    return [step.op for step in f._latest.outlined.steps if isinstance(step.op, Call)]


def test_pairs_of_one_pattern_call_one_routine():
    f = einc.compile(chain(40), *[(4, 4)] * 40)
    assert len(called(f)) == 39
    assert f.source.count("def pair_") == len({id(call.routine) for call in called(f)}) <= 4
    operands = np.random.default_rng(0).uniform(-1, 1, (40, 4, 4))
    names: dict = {}
    exec(f.source, names)  # it needs nothing but NumPy
    np.testing.assert_allclose(names["contraction"](*operands), np.linalg.multi_dot(list(operands)), rtol=1e-12)


def test_the_program_shows_every_step():
    f = einc.compile(chain(40), *[(4, 4)] * 40)
    assert not any(isinstance(step.op, Call) for step in verify(f.program).steps)
    assert [type(step.op) for step in f.program.steps].count(Matmul) == 39


def test_routines_serve_calls_of_other_sizes():
    """Sizes are numbers in a routine only where all who call it have the same."""
    sizes = [2, 3] * 14
    terms = [f"{LETTERS[n]}{LETTERS[n + 1]}{LETTERS[n + 2]}" for n in range(26)]
    shapes = [tuple(sizes[n : n + 3]) for n in range(26)]
    f = einc.compile(",".join(terms) + "->", *shapes)
    operands = [np.random.default_rng(n).uniform(0.5, 1.5, shape) for n, shape in enumerate(shapes)]
    first, second = f(*operands), f(*operands)
    state = np.ones(sizes[:2])
    for operand in operands:
        state = (state[:, :, None] * operand).sum(0)
    np.testing.assert_allclose([first, second], state.sum(), rtol=1e-12)


@pytest.mark.parametrize("dtype", ["int64", "bool", "float16"])
def test_what_has_no_routines_is_right_too(dtype):
    operands = [np.random.default_rng(n).integers(0, 2, (2, 2)).astype(dtype) for n in range(30)]
    f = einc.compile(chain(30))
    first, second = f(*operands), f(*operands)
    wanted = operands[0].astype(float)
    for operand in operands[1:]:
        wanted = wanted @ operand.astype(float)
        wanted = np.minimum(wanted, 1) if dtype == "bool" else wanted
    assert first.dtype == second.dtype == dtype
    np.testing.assert_array_equal(first, second)
    if dtype != "float16":  # which may overflow
        np.testing.assert_array_equal(first, wanted.astype(dtype))


def test_a_first_call_keeps_gradients():
    torch = pytest.importorskip("torch")
    operands = [torch.rand(3, 3, dtype=torch.float64, requires_grad=True) for _ in range(30)]
    f = einc.compile(chain(30))
    first = torch.autograd.grad(f(*operands).sum(), operands)
    second = torch.autograd.grad(f(*operands).sum(), operands)
    for one, other in zip(first, second):
        assert torch.equal(one, other)


def test_routines_are_read_by_torch_compile():
    torch = pytest.importorskip("torch")
    operands = [torch.rand(3, 3, dtype=torch.float64) for _ in range(30)]
    f = einc.compile(chain(30))
    compiled = torch.compile(f, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(*operands), torch.linalg.multi_dot(operands))


def test_a_first_call_that_is_traced_with_symbols_serves_other_sizes():
    torch = pytest.importorskip("torch")
    make_fx = pytest.importorskip("torch.fx.experimental.proxy_tensor").make_fx
    text = ",".join(LETTERS[n : n + 3] for n in range(20)) + "->"
    traced = make_fx(lambda *x: einc.einsum(text, *x), tracing_mode="symbolic")
    graph = traced(*[torch.rand(3, 3, 3, dtype=torch.float64) for _ in range(20)])
    operands = [torch.rand(4, 4, 4, dtype=torch.float64) for _ in range(20)]
    state = torch.ones(4, 4, dtype=torch.float64)
    for operand in operands:
        state = (state[:, :, None] * operand).sum(0)
    torch.testing.assert_close(graph(*operands), state.sum())


def test_a_first_call_frees_what_nobody_needs():
    """The arrays of a chain of products element by element are gone one after the other."""
    operands = [np.full((1 << 16,), 1.0) for _ in range(30)]
    f = einc.compile(",".join("a" * 30) + "->a")
    tracemalloc.start()
    try:
        f(*operands)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 6 * operands[0].nbytes


def test_too_many_axes_are_refused_as_ever():
    shapes = [(1, 1)] * 40
    text = ",".join(f"i{n} j{n}" for n in range(40)) + " -> " + " ".join(f"i{n} j{n}" for n in range(40))
    with pytest.raises(einc.EincError, match="axes"):
        einc.einsum(text, *map(np.ones, shapes))
