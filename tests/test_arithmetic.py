"""In which types programs compute: all operands are promoted together, before anything is summed."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import needs_torch

import einc
from einc.arithmetic import Arithmetic, arithmetic
from einc.errors import EincTypeError
from einc.expression import Expression, apart
from einc.operands import Kind


def types(text, library, *dtypes):
    inputs, output = text.split("->")
    terms = inputs.split(",")
    kind = Kind(library, tuple((2,) * len(term) for term in terms), dtypes)
    return arithmetic(Expression(tuple(map(apart, terms)), apart(output)), kind)


@pytest.mark.parametrize(
    ("library", "dtypes", "compute", "product", "result"),
    [
        ("numpy", ("float32", "float32"), "float32", "float32", "float32"),
        ("numpy", ("uint32", "float64"), "float64", "float64", "float64"),
        ("numpy", ("int16", "float16"), "float32", "float32", "float32"),
        ("numpy", ("float16", "bool"), "float32", "float32", "float16"),
        ("numpy", ("bool", "bool"), "bool", "bool", "bool"),
        pytest.param("torch", ("bool", "bool"), "bool", "float32", "bool", marks=needs_torch),
        pytest.param("torch", ("float16", "float16"), "float16", "float16", "float16", marks=needs_torch),
        pytest.param("torch", ("float32", "float64"), "float64", "float64", "float64", marks=needs_torch),
    ],
)
def test_types(library, dtypes, compute, product, result):
    found = types("ij,jk->ik", library, *dtypes)
    assert found == Arithmetic(dtypes, compute, product, result, found.lent)


def test_what_only_moves_needs_no_arithmetic():
    assert types("ij->ji", "numpy", "str32").compute == "str32"
    with pytest.raises(EincTypeError):
        types("ij->i", "numpy", "str32")


@pytest.mark.parametrize(
    ("text", "operands", "wanted"),
    [
        ("b,->", [np.full(2, 2**31, "uint32"), np.float64(1)], 2.0**32),  # a sum of uint32 would wrap
        (
            "i,i,->",
            [np.full(2, 200, "int16"), np.full(2, 200, "int16"), np.complex64(1)],
            80000,
        ),  # and so would a product
        ("i,->", [np.full(3, 200, "uint8"), np.int32(1)], 600),
        ("i->", [np.full(3, 100, "int8")], np.int8(44)),  # alone, it wraps
        ("i,i->", [np.full(3, 100, "int8")] * 2, np.int8(48)),
        ("ij,jk->ik", [np.full((1, 3), 100, "int8"), np.full((3, 1), 100, "int8")], np.int8(48)),
    ],
)
def test_nothing_wraps_on_its_way_to_a_wider_type(text, operands, wanted):
    result = einc.einsum(text, *operands)
    assert np.all(result == wanted)


@needs_torch
@pytest.mark.parametrize("name", ["float16", "bfloat16"])
@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("ij,jk->ik", [(3, 4096), (4096, 3)]),
        ("ij,j->i", [(3, 4096), (4096,)]),
        ("i,i->", [(4096,), (4096,)]),
        ("bij,bjk->bik", [(2, 3, 4096), (2, 4096, 3)]),
        ("bi,bi->b", [(3, 4096), (3, 4096)]),
        ("ij->i", [(3, 4096)]),
        ("ij->j", [(4096, 3)]),
        ("ii->", [(1024, 1024)]),
    ],
)
def test_half_types_accumulate_in_float32(name, text, shapes):
    """One rounding to the half type is half a unit in the last place; sums in the half type would be far off."""
    import torch

    dtype = getattr(torch, name)
    generator = torch.Generator().manual_seed(0)
    operands = [(torch.rand(shape, generator=generator) / 16).to(dtype) for shape in shapes]
    wanted = einc.einsum(text, *(operand.double() for operand in operands))
    error = (einc.einsum(text, *operands).double() - wanted).abs() / wanted
    assert error.max() <= 0.51 * torch.finfo(dtype).eps
