"""Arrays of any library that follows the array API standard: here its strict reference, and JAX."""

from __future__ import annotations

import re

import definition
import numpy as np
import pytest
from conftest import HAS_TORCH
from hypothesis import given, settings
from problems import Problem, problems

import einc
from einc.backends.spelling import category
from einc.operands import Kind, kind_of

strict = pytest.importorskip("array_api_strict")
jax = pytest.importorskip("jax")
jnp = jax.numpy

TYPES = (
    "bool",
    "int8",
    "int16",
    "int32",
    "uint8",
    "float16",
    "bfloat16",
    "float32",
    "complex64",
)  # JAX has no longer ones
TEXTS = ["ij,jk->ik", "bij,bjk->bik", "ii->i", "iji->j", "ii->", "ij,ij->", "i,j->ij", "bi,bi->b", "i->ii", "ij->ji"]
TEXTS += ["abi,ij->abj", "ij,jk,kl->il", "i->", "...ij,...jk", "ij->ij", ",i->i", "ab,bc,cd,de,ea->"]


def operands_of(text: str, dtype: str = "float32") -> list[np.ndarray]:
    generator = np.random.default_rng(len(text))
    terms = text.split("->", maxsplit=1)[0].replace("...", "").split(",")
    return [np.asarray(generator.uniform(-3, 3, (3,) * len(term))).astype(dtype) for term in terms]


def meant(text, operands, dtype):
    """By the definition, where letters alone are written; the ellipses here stand for no axes."""
    inputs, arrow, output = text.replace("...", "").partition("->")
    terms = inputs.split(",")
    if not arrow:
        output = "".join(sorted(c for c in set(inputs) - {","} if inputs.count(c) == 1))
    return definition.einsum(terms, output, operands, dtype)


@settings(max_examples=300)
@given(problem=problems(dtypes=("float64", "int32", "complex128"), most_operands=4))
def test_the_standard_is_followed_strictly(problem: Problem):
    """With whatever types the standard promotes; where it does not, that is said."""
    arrays = [strict.asarray(np.array(operand)) for operand in problem.operands]
    kinds = {operand.dtype.kind for operand in problem.operands}
    f = einc.compile(problem.text)
    if "i" in kinds and len(kinds) > 1:
        with pytest.raises(einc.EincTypeError, match=r"array_api_strict promotes .* to no type"):
            f(*arrays)
        return
    for _ in range(2):
        result = f(*arrays)
        assert result.__array_namespace__() is strict
        problem.check(np.asarray(result), str(np.result_type(*(operand.dtype for operand in problem.operands))))


@pytest.mark.parametrize("text", TEXTS[::3])
@pytest.mark.parametrize(
    ("library", "dtype"),
    [("array_api_strict", name) for name in TYPES if name not in ("float16", "bfloat16")]  # the standard has no halves
    + [("jax.numpy", name) for name in TYPES],
)
def test_every_type(text, library, dtype):
    operands = operands_of(text, "bool" if dtype == "bool" else "float32")
    xp = strict if library == "array_api_strict" else jnp
    arrays = [xp.astype(xp.asarray(operand), getattr(xp, dtype)) for operand in operands]
    result = einc.einsum(text, *arrays)
    assert kind_of([result]) == Kind(library, (tuple(result.shape),), (dtype,))
    plain = [np.asarray(array).astype("float32") if "float" in dtype else np.asarray(array) for array in arrays]
    wanted = meant(text, plain, "float64" if "float" in dtype else dtype)
    rounding = {"float16": 1e-2, "bfloat16": 1e-1}.get(dtype, 1e-4 if category(dtype) == "inexact" else 0)
    np.testing.assert_allclose(np.asarray(result).astype(wanted.dtype), wanted, rtol=rounding, atol=rounding * 10)


@pytest.mark.parametrize("text", TEXTS)
def test_jax_traces(text):
    """jit, grad and vmap, of a callable that has met plain arrays, and of a new one."""
    operands = [jnp.asarray(operand) for operand in operands_of(text)]
    wanted = meant(text, operands, "float64")
    f, met = einc.compile(text), einc.compile(text)
    met(*operands)
    for callable_ in (f, met):
        np.testing.assert_allclose(jax.jit(callable_)(*operands), wanted, rtol=1e-4, atol=1e-4)
    weights = np.random.default_rng(1).uniform(size=wanted.shape).astype("float32")
    slope = jax.grad(lambda x: (met(x, *operands[1:]) * weights).sum())(operands[0])
    moved = jnp.asarray(np.random.default_rng(2).uniform(size=operands[0].shape).astype("float32"))
    along = (meant(text, [moved, *operands[1:]], "float64") * weights).sum()  # it is linear in each operand
    np.testing.assert_allclose((slope * moved).sum(), along, rtol=1e-3, atol=1e-3)
    batch = jax.vmap(lambda x: met(x, *operands[1:]))(jnp.stack([operands[0], moved]))
    np.testing.assert_allclose(batch[0], wanted, rtol=1e-4, atol=1e-4)


def test_jax_traces_once_for_each_shape():
    f = einc.compile("ij,jk->ik")
    traces = []
    g = jax.jit(lambda x, y: traces.append(x.shape) or f(x, y))
    for n in (2, 3, 2, 3):
        assert g(jnp.ones((n, 4)), jnp.ones((4, 5))).tolist() == [[4.0] * 5] * n
    assert traces == [(2, 4), (3, 4)]


def test_shapes_that_jax_exports_as_symbols():
    f = einc.compile("bi,ij,jk->bk")
    b = jax.export.symbolic_shape("b")[0]
    shapes = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in ((b, 3), (3, 4), (4, 5))]
    exported = jax.export.export(jax.jit(f))(*shapes)
    for batch in (2, 7):
        operands = [np.ones(shape, "float32") for shape in ((batch, 3), (3, 4), (4, 5))]
        np.testing.assert_allclose(exported.call(*operands), np.full((batch, 5), 12))


def test_the_source_names_the_library():
    f = einc.compile("ij,jk->ki", jnp.ones((2, 3)), jnp.ones((3, 4)))
    assert f.source.startswith("import jax.numpy as xp\n")
    assert "xp.matmul(" in f.source
    names: dict = {}
    exec(f.source, names)
    assert names["contraction"](jnp.ones((2, 3)), jnp.ones((3, 4))).shape == (4, 2)
    assert einc.compile("ij->i").plan((2, 3), library="array_api_strict").source.count("xp.sum(x0, axis=1)") == 1
    assert "array_api_strict, float32" in str(einc.explain("ij->i", (2, 3), library="array_api_strict"))


def test_one_object_serves_all_libraries():
    f = einc.compile("ij,jk->ik")
    plain = np.ones((2, 2), "float32")
    arrays = [plain, jnp.asarray(plain), strict.asarray(plain)]
    if HAS_TORCH:
        import torch

        arrays.append(torch.from_numpy(plain))
    for array in [*arrays, *reversed(arrays), *arrays]:
        result = f(array, array)
        assert type(result) is type(array)
        assert np.asarray(result).tolist() == [[2, 2], [2, 2]]


def test_libraries_are_not_mixed():
    f = einc.compile("i,i->")
    plain, array, other = np.ones(2, "float32"), jnp.ones(2), strict.ones(2, dtype=strict.float32)
    f(array, array)
    for first, second, words in [
        (
            array,
            plain,
            "operand 1 is a NumPy array and operand 0 an array of jax.numpy: give all operands in one library",
        ),
        (
            plain,
            array,
            "operand 0 is a NumPy array and operand 1 an array of jax.numpy: give all operands in one library",
        ),
        (array, other, "operand 1 is an array of array_api_strict and operand 0 an array of jax.numpy: give all"),
    ]:
        with pytest.raises(einc.EincTypeError, match=re.escape(words)):
            f(first, second)
    with pytest.raises(einc.EincTypeError, match="operand 1 is a value of type 'list'"):
        f(array, [1.0, 2.0])
    if HAS_TORCH:
        import torch

        with pytest.raises(einc.EincTypeError, match=r"operand 1 is an array of jax\.numpy and operand 0"):
            f(torch.ones(2), array)


def test_numbers_stand_beside_arrays():
    assert einc.einsum(",i->i", 2.0, jnp.ones(3)).tolist() == [2, 2, 2]
    assert np.asarray(einc.einsum("i,->i", strict.ones(3), 2.0)).tolist() == [2, 2, 2]
    with pytest.raises(einc.EincTypeError, match="operand 0 is a value of type 'int'"):
        einc.einsum(",i->i", 2**70, strict.ones(3))


def test_types_are_promoted_by_the_library():
    half, single, small = (jnp.ones(3, dtype) for dtype in ("bfloat16", "float32", "int8"))
    assert einc.einsum("i,i->i", half, single).dtype == jnp.float32
    assert einc.einsum("i,i->i", small, half).dtype == jnp.bfloat16
    assert einc.einsum("i,i->i", small, half, dtype="float32").dtype == jnp.float32
    with pytest.raises(einc.EincTypeError, match="array_api_strict promotes float32 and int8 to no type: cast the"):
        einc.einsum("i,i->i", strict.ones(3, dtype=strict.int8), strict.ones(3, dtype=strict.float32))
    given = einc.einsum("i,i->i", strict.ones(3, dtype=strict.int8), strict.ones(3), dtype=strict.float64)
    assert given.dtype == strict.float64


def test_there_are_no_slices():
    planner = einc.Planner(0.1, memory_limit=2000)
    operands = [jnp.ones((30, 30))] * 3
    with pytest.raises(einc.EincError) as told:
        einc.einsum("ij,jk,ki->", *operands, optimize=planner)
    assert str(told.value) == (
        "a contraction is sliced with NumPy and torch, not with jax.numpy: leave out the memory limit"
    )


def test_order_and_out():
    x = jnp.ones((2, 3))
    assert einc.einsum("ij->ji", x, order="C").shape == (3, 2)
    with pytest.raises(einc.EincTypeError, match="out= is for NumPy arrays; those of other libraries have no such"):
        einc.einsum("ij->ji", x, out=np.ones((3, 2)))
