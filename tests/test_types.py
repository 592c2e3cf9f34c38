"""Every pair of types in every form: one result type, and the values of the definition in it."""

from __future__ import annotations

import itertools
import runpy
from pathlib import Path

import numpy as np
import pytest
from conftest import needs_torch
from problems import DTYPES, Problem

import einc

DOCS = Path(__file__).parent.parent / "docs"
FORMS = (
    *("ij,k->", "ij,ij->ij", "i,j->ij", "ij,jk->ik", "jk,ij->ik", "ij,j->i", "i,i->", "bij,bjk->bik", "bi,bi->b"),
    *("ii,i->", "ii,jj->ij", ",i->i", "ij,->i", "ij,ij->i", "ij,ji->ji", "ijk,jkl->il"),
)
SIZE = 3


def operand(term, dtype, generator, narrow):
    """Values that wrap in the narrow integers, where both operands are integers; else small ones."""
    shape = (SIZE,) * len(term)
    match np.dtype(dtype).kind:
        case "b":
            return np.asarray(generator.random(shape) < 0.5)
        case "i" | "u" if narrow:
            return np.asarray(generator.integers(0, 2**63, shape)).astype(dtype)
        case "i" | "u":
            return np.asarray(generator.integers(0, 4, shape)).astype(dtype)
        case "f":
            return np.asarray(generator.uniform(-1, 1, shape)).astype(dtype)
        case _:
            return np.asarray(generator.uniform(-1, 1, shape) + 1j * generator.uniform(-1, 1, shape)).astype(dtype)


def problem(form, pair):
    terms, output = form.split("->")
    inputs = tuple(map(tuple, terms.split(",")))
    generator = np.random.default_rng(len(form))
    narrow = all(np.dtype(dtype).kind in "iu" for dtype in pair)
    operands = tuple(operand(term, dtype, generator, narrow) for term, dtype in zip(inputs, pair))
    return Problem(form, inputs, tuple(output), operands)


@pytest.mark.parametrize("pair", list(itertools.product(DTYPES, repeat=2)), ids="-".join)
def test_pairs_on_numpy(pair):
    for form in FORMS:
        case = problem(form, pair)
        result = einc.einsum(form, *case.operands)
        assert result.dtype == np.result_type(*pair), form
        case.check(result, result.dtype.name)


@needs_torch
@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")  # float16 beside a 0-d complex number
@pytest.mark.parametrize("pair", list(itertools.product((*DTYPES, "bfloat16"), repeat=2)), ids="-".join)
def test_pairs_on_torch(pair):
    import torch

    for form in FORMS:
        case = problem(form, ["float32" if name == "bfloat16" else name for name in pair])
        tensors = [torch.from_numpy(array).to(getattr(torch, name)) for array, name in zip(case.operands, pair)]
        result = einc.einsum(form, *tensors)
        assert result.dtype == torch.result_type(*tensors), form
        exact = tuple((x.float() if x.dtype is torch.bfloat16 else x).numpy() for x in tensors)
        wide = {torch.bfloat16: torch.float32, torch.complex32: torch.complex64}.get(result.dtype, result.dtype)
        name = str(result.dtype).removeprefix("torch.")
        Problem(case.text, case.inputs, case.output, exact).check(result.to(wide).numpy(), name)


@needs_torch
def test_the_table_in_the_documentation():
    script = runpy.run_path(str(DOCS / "tables" / "promotion.py"))
    assert (DOCS / "types.md").read_text(encoding="utf-8") == script["page"]()
