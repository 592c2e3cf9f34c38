"""`f.verify`: right programs pass, wrong ones are found, and the definition is the one of the tests."""

from __future__ import annotations

import itertools
import sys

import definition
import numpy as np
import pytest
from conftest import needs_torch
from hypothesis import given, settings
from problems import problems

import einc
from einc import load
from einc.expression import Expression
from einc.resolve import resolve
from einc.sizes import check_sizes
from einc.verify import definition as packaged

TEXTS = [
    ("ij,jk->ik", {}),
    ("ij,jk,kl->il", {}),
    ("...ij,...jk", {}),
    ("b t (h d), h d e -> b t e", {}),
    ("b t (h d) -> b h t d", {"h": 2}),
    ("ii->i", {}),
    ("i->ii", {}),
    ("iij,->", {}),
    (",i->i", {}),
    ("a 1 b, ... b -> (a ...)", {}),
    ("ij,jk->ki", {"dtype": "float32"}),
    ("ij,jk->ki", {"dtype": "int16", "casting": "unsafe"}),
    ("ij,jk->ki", {"dtype": "object"}),
    ("ij,jk,kl->il", {"order": "C", "broadcast": "never"}),
    ("ij,jk,kl->il", {"optimize": [(1, 2), (0, 1)]}),
]


def altered(monkeypatch, old, new):
    """From now on, what is loaded is another source: a wrong program."""
    monkeypatch.setattr("einc.corridor.load", lambda source: load.load(source.replace(old, new)))


@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
@pytest.mark.parametrize(("text", "choices"), TEXTS)
def test_right_programs(text, choices):
    found = einc.compile(text, **choices).verify(60)
    assert found, found
    assert found.ok
    assert found.values == 60
    assert 0 <= found.worst <= 1
    assert found.failures == ()


def test_what_is_compared():
    found = einc.compile("ij,jk->ik").verify(300)
    assert "numpy" in found.libraries
    assert {"float64", "float32", "float16", "complex64", "int8", "uint8", "bool"} <= set(found.dtypes)
    if "torch" in found.libraries:
        assert "bfloat16" in found.dtypes
        assert found.gradients > 20
    text = str(found)
    assert text.startswith("ij,jk->ik: 300 results and ")
    assert "as the definition has it" in text


def test_two_hundred_operands():
    letters = [chr(0x4E00 + n) for n in range(201)]
    text = ",".join(a + b for a, b in itertools.pairwise(letters))
    assert einc.compile(text, optimize="greedy").verify(4)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("x0.dot(x1)", "x0.dot(x1) * 2", "values"),
        ("x0.dot(x1)", "x0.dot(x1).T.copy()", "instead of"),
        ("x0.dot(x1)", "x0.dot(x1).astype(np.float32)", "instead of"),
        ("x0.dot(x1)", "x0.dot(x1) + 1e-9", "values"),
        ("x0.dot(x1)", "x0.dot(nothing)", "NameError: name 'nothing' is not defined"),
    ],
)
def test_wrong_programs_are_found(monkeypatch, old, new, told):
    altered(monkeypatch, old, new)
    found = einc.compile("ij,jk->ik").verify(40)
    assert not found
    assert not found.ok
    assert f"{len(found.failures)} WRONG" in str(found)
    assert any(told in failure.what for failure in found.failures)
    again = einc.compile("ij,jk->ik").verify(1, seed=found.failures[0].seed)
    assert again.failures[0] == found.failures[0]


@needs_torch
def test_wrong_gradients_are_found(monkeypatch):
    altered(monkeypatch, "x0.mm(x1)", "x0.mm(x1.detach())")
    found = einc.compile("ij,jk->ik").verify(60)
    assert {failure.what.split(" of operand ")[0] for failure in found.failures} == {"the gradient"}
    assert all("of operand 1 " in failure.what for failure in found.failures)


def test_wrong_once_it_is_guarded(monkeypatch):
    """What is called is what is verified, whatever it was given before."""
    f = einc.compile("ij,jk->ik")
    monkeypatch.setattr(type(f), "__call__", lambda self, *operands: operands[0] * 0)
    assert not f.verify(5)


def test_sizes_that_nobody_tells():
    with pytest.raises(einc.EincError, match="h="):
        einc.compile("b (h d) -> b h d").verify(3)


def test_it_leaves_the_expression_as_it_was():
    f = einc.compile("ij,jk->ik", (2, 3), (3, 4))
    tree, source = f.tree, f.source
    assert f.verify(10)
    assert (f.tree, f.source) == (tree, source)


def test_without_torch(monkeypatch):
    monkeypatch.setattr("einc.verify.verifying.find_spec", lambda name: None if name == "torch" else sys)
    found = einc.compile("ij,jk->ik").verify(10)
    assert found.libraries == ("numpy",)
    assert found.gradients == 0


@settings(max_examples=300)
@given(problem=problems(("float64", "int32", "bool", "complex128")))
def test_the_definition_is_that_of_the_tests(problem):
    """Two that were written apart."""
    text = einc.compile(problem.text)._written
    shapes = [operand.shape for operand in problem.operands]
    expression = resolve(text, [len(shape) for shape in shapes])
    sizes = check_sizes(text, expression, shapes, broadcasts=True)
    dtype = np.result_type(*problem.operands)
    found = packaged(
        Expression(expression.operands, expression.output), [x.astype(dtype) for x in problem.operands], sizes
    )
    wanted = definition.einsum(problem.inputs, problem.output, problem.operands, dtype)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


def test_a_seed_that_is_none():
    with pytest.raises(einc.EincError) as caught:
        einc.compile("ij,jk->ik").verify(3, seed=-5)
    assert str(caught.value) == "seed=-5 is no seed: give a number from 0 on"


@pytest.mark.parametrize("n", [0, -3])
def test_no_problems(n):
    with pytest.raises(einc.EincError) as caught:
        einc.compile("ij,jk->ik").verify(n)
    assert str(caught.value) == f"n={n} is no number of problems: draw one or more"
