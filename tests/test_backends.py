"""Every library's table: each primitive it spells does what its law says."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import definition
import numpy as np
import pytest
from test_program import LAWS, value

from einc.backends import BACKENDS, array_api
from einc.backends.spelling import category
from einc.emit import emit
from einc.laws import dtype, layout
from einc.load import load
from einc.lower.pair import REAL
from einc.program import (
    Call,
    Cast,
    Collect,
    Contiguous,
    Copy,
    Diagonal,
    Embed,
    Loop,
    Matmul,
    Multiply,
    Permute,
    Primitive,
    Program,
    Regroup,
    Slice,
    Step,
    Sum,
    Trace,
    Value,
    Vecdot,
    read,
    reading,
)

TABLES = {**BACKENDS, "array_api_strict": array_api("array_api_strict")}
SIZES = {"i": 3, "j": 4, "k": 5, "l": 2, "a": 2, "b": 3, "c": 2, "h": 2, "q": 4}


def reference(op, x, y=None):
    """What the primitive means, by other calls than the tables'."""
    match op:
        case Cast(_, to):
            return x.astype(to)
        case Diagonal(v, index):
            axes = [axis for axis, group in enumerate(v.layout) if group == (index,)]
            others = [axis for axis in range(x.ndim) if axis not in axes[:2]]
            moved = x.transpose(*axes[:2], *others)
            return np.stack([moved[n, n] for n in range(SIZES[index])], -1)
        case Copy() | Contiguous():
            return x
        case Embed():
            result = np.zeros((*x.shape, x.shape[-1]), x.dtype)
            for n in range(x.shape[-1]):
                result[..., n, n] = x[..., n]
            return result
        case Trace():
            return sum(x[n, n] for n in range(len(x)))
        case Sum(v, indices):
            axes = tuple(axis for axis, (index,) in enumerate(v.layout) if index in indices)
            return np.add.reduce(x, axes) if x.dtype != bool else np.logical_or.reduce(x, axes)
        case Permute(v, to):
            places = {group: [axis for axis, own in enumerate(v.layout) if own == group] for group in v.layout}
            return np.moveaxis(x, [places[group].pop(0) for group in to], range(x.ndim))
        case Regroup(_, to):
            return np.array(x.ravel()).reshape([int(np.prod([SIZES[index] for index in group])) for group in to])
        case Multiply():
            return np.multiply(x, y)
        case Vecdot():
            return np.sum(x * y, -1) if x.dtype != bool else np.any(x & y, -1)
        case Loop(values, to):
            arrays = (x,) if y is None else (x, y)
            return np.asarray(definition.einsum(tuple(v.indices for v in values), to, arrays, x.dtype))
        case Matmul():
            return np.tensordot(x, y, 1) if max(x.ndim, y.ndim) <= 2 else np.einsum("...ik,...kj->...ij", x, y)


def operand(v: Value) -> np.ndarray:
    shape = [int(np.prod([SIZES[index] for index in group], dtype=int)) for group in v.layout]
    values = np.random.default_rng(len(shape)).uniform(-4, 4, shape)
    return np.asarray(values > 1 if v.dtype == "bool" else values).astype(v.dtype)


def cases():
    for op, _ in LAWS:
        for library, table in TABLES.items():
            for name in ("float64", "float32", "int32", "int8", "bool"):
                if isinstance(op, Trace) and category(name) != "inexact":
                    continue  # simplify makes no traces of these
                if isinstance(op, Vecdot) and name not in REAL:
                    continue  # lower does not use it for these
                if isinstance(op, Loop) and name not in table.looped:
                    continue
                if isinstance(op, Slice | Collect):
                    continue  # which make a loop together: see test_slices
                if isinstance(op, Call):
                    continue  # of what makes a function beside the program's: see test_once
                if isinstance(op, Matmul) and name in table.multiply_matrices_in:
                    continue  # lower casts these
                if isinstance(op, Matmul | Multiply) and name in table.compute_in:
                    continue  # and these
                yield pytest.param(op, library, name, id=f"{library}-{name}-{type(op).__name__}")


@pytest.mark.parametrize(("op", "library", "dtype_name"), list(cases()))
def test_spelling(op, library, dtype_name):
    module = pytest.importorskip(library)
    named = {v: Value(f"x{n}", v.layout, dtype_name) for n, v in enumerate(read(op))}
    if len(read(op)) == 2 and not isinstance(op, Loop):  # the two values of a law may be equal
        x, y = (Value(f"x{n}", v.layout, dtype_name) for n, v in enumerate(read(op)))
        op, operands = replace(op, x=x, y=y), (x, y)
    else:
        op, operands = reading(op, named), tuple(named.values())
    result = Value("t0", layout(op), dtype(op))
    # operands of single axes tell the sizes of merged ones
    extents = tuple(Value(f"s{index}", ((index,),), dtype_name) for index in SIZES)
    program = Program((*operands, *extents), (Step(result, op, 0),), (result,))
    arrays = [operand(v) for v in operands]
    given = [*map(np.copy, arrays), *(operand(v) for v in extents)]
    if library != "numpy":
        given = [module.asarray(np.array(array)) for array in given]
    made = np.asarray(load(emit(program, TABLES[library]))(*given))
    wanted = np.asarray(reference(op, *arrays))
    assert made.shape == wanted.shape
    assert made.dtype == result.dtype
    np.testing.assert_allclose(made, wanted.astype(result.dtype), rtol=1e-5, atol=1e-5)


def test_every_primitive_is_among_the_laws():
    assert {type(op) for op, _ in LAWS} == set(get_args(Primitive))


@pytest.mark.parametrize("ranks", sorted(BACKENDS["torch"].strict_matmuls))
def test_strict_products_refuse_what_does_not_fit(ranks):
    """The guard leaves these tests to torch; so torch has to make them."""
    torch = pytest.importorskip("torch")
    x = Value("x0", value("b i k").layout[3 - ranks[0] :], "float32")
    y = Value("x1", (value("b k j") if ranks[1] > 1 else value("k")).layout[-ranks[1] :], "float32")
    op = Matmul(x, y)
    result = Value("t0", layout(op), "float32")
    multiply = load(emit(Program((x, y), (Step(result, op, 0),), (result,)), BACKENDS["torch"]))
    good = [torch.ones([SIZES[index] for index in v.indices]) for v in (x, y)]
    multiply(*good)
    for n, tensor in enumerate(good):
        wrong = [tensor.double(), tensor[None], tensor[0]]
        for axis, group in enumerate((x, y)[n].layout):
            if group in x.layout and group in y.layout:
                wrong.append(tensor.narrow(axis, 0, 1))  # a shared axis of size one, which must not broadcast
        for other in wrong:
            with pytest.raises((RuntimeError, IndexError)):
                multiply(*(other if m == n else tensor for m, tensor in enumerate(good)))
