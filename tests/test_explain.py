"""Explanations and paths: the figures, and how they look."""

from __future__ import annotations

import itertools

import numpy as np
import opt_einsum
import pytest
from hypothesis import given, settings
from problems import problems

import einc
from einc.tree import macs

CHAIN = ("ij,jk,kl->il", (8, 512), (512, 4), (4, 256))


def test_figures():
    explanation = einc.explain(*CHAIN)
    assert explanation.path == [(0, 1), (0, 1)]
    assert explanation.macs == 8 * 512 * 4 + 8 * 4 * 256
    assert explanation.naive_macs == 2 * 8 * 512 * 4 * 256
    assert explanation.largest_intermediate == 8 * 256
    assert explanation.bytes == 8 * ((8 * 512 + 512 * 4 + 8 * 4) + (8 * 4 + 4 * 256 + 8 * 256))
    assert [step.contraction for step in explanation.steps] == ["ij, jk -> ik", "ik, kl -> il"]
    assert [step.calls for step in explanation.steps] == [("x0.dot(x1)",), ("t0.dot(x2)",)]
    assert [step.shape for step in explanation.steps] == [(8, 4), (8, 256)]
    assert explanation.sizes == {"i": 8, "j": 512, "k": 4, "l": 256}


def test_the_table():
    assert str(einc.explain(*CHAIN)) == (
        "ij, jk, kl -> il    numpy, float64\n"
        "sizes: i=8  j=512  k=4  l=256\n"
        "naive: 8,388,608 MACs; in this order: 24,576 MACs, 341.3x fewer\n"
        "largest intermediate: 2,048 elements; 74,240 bytes moved, 0.7 flops a byte\n"
        "at most 16,640 bytes at once\n"
        "\n"
        "step  contraction     MACs   bytes  result  calls\n"
        "   0  ij, jk -> ik  16,384  49,408  8x4     x0.dot(x1)\n"
        "   1  ik, kl -> il   8,192  24,832  8x256   t0.dot(x2)\n"
        "      total         24,576  74,240          2 calls"
    )


@pytest.mark.parametrize(
    ("text", "operand", "size"),
    [
        ("ij->j", np.ones((2, 3), "float32"), 4 * 9),
        ("ij->j", np.ones((2, 3), bool), 9),
        ("ij->j", np.ones((2, 3)), 8 * 9),
    ],
)
def test_bytes_know_the_type(text, operand, size):
    assert einc.explain(text, operand).bytes == size


def test_another_library():
    explanation = einc.explain(*CHAIN, library="torch")
    assert explanation.library == "torch"
    assert explanation.dtype == "float32"
    assert explanation.steps[0].calls == ("x0.mm(x1)",)


@settings(max_examples=200)
@given(problem=problems())
def test_totals_are_those_of_the_tree(problem):
    f = einc.compile(problem.text, *problem.operands)
    explanation = einc.explain(problem.text, *problem.operands)
    assert explanation.macs == macs(f.tree, f.expression, f._latest.sizes)
    assert sum(len(step.calls) for step in explanation.steps) == len(f.program.steps)
    assert str(explanation)


def test_paths_are_opt_einsums():
    operands = [np.ones(shape) for shape in CHAIN[1:]]
    path, info = einc.contract_path(CHAIN[0], *operands)
    assert path == opt_einsum.contract_path(CHAIN[0], *operands, optimize="optimal")[0]
    assert info.path == path
    assert einc.contract_path("ij->i", (2, 3))[0] == [(0,)]


def test_figures_of_any_size():
    letters = [chr(0x4E00 + n) for n in range(401)]
    chain = ",".join(map("".join, itertools.pairwise(letters)))
    explained = str(einc.explain(chain, *[(10, 10)] * 400))
    assert "naive: 3.99e+403 MACs; in this order: 399,000 MACs, 1.00e+398x fewer" in explained
    assert "9.22e+18 elements" in str(einc.explain("i->i", (2**63 - 1,)))
    with pytest.raises(einc.EincError, match="give a shape"):
        einc.explain("i->i", (2**63,))
