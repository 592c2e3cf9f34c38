"""Layouts follow how operands lie in memory; what is computed does not depend on it."""

from __future__ import annotations

from itertools import permutations

import definition
import numpy as np
import pytest

import einc
from einc.backends import BACKENDS
from einc.operands import kind_of

ORDERS = [*permutations(range(3))]
A, B = np.random.default_rng(0).standard_normal((2, 6, 6, 6))


def turned(x, axes):
    """The same elements, laid out in memory with the axes in another order."""
    return np.ascontiguousarray(x.transpose(axes)).transpose(np.argsort(axes))


@pytest.mark.parametrize("axes", ORDERS)
def test_strides_are_told_by_kind(axes):
    kind = kind_of([turned(A, axes), B])
    assert kind.strided == (() if axes == (0, 1, 2) else (axes, (0, 1, 2)))
    assert kind.shapes == (A.shape, B.shape)


@pytest.mark.parametrize("x", [A[::-1], np.broadcast_to(A[0], A.shape), A[:, :1], A[:0]])
def test_other_strides_tell_nothing(x):
    """Reversed axes, repeated elements, and axes along which nothing lies."""
    assert kind_of([x]).strided == ()


@pytest.mark.parametrize("library", BACKENDS)
@pytest.mark.parametrize("text", ["abc,cbd->ad", "abc,cad->bd", "abc,abd->cd", "abc->ca", "abc,cba->b"])
@pytest.mark.parametrize("axes", ORDERS)
def test_results_are_the_same(library, text, axes):
    """For every layout in turn, with one compiled expression."""
    torch = pytest.importorskip("torch") if library == "torch" else None
    f = einc.compile(text)
    inputs, output = text.split("->")
    for one, other in ((axes, (0, 1, 2)), ((0, 1, 2), axes), (axes, axes)):
        arrays = [turned(A, one), turned(B, other)][: len(inputs.split(","))]
        wanted = definition.einsum(tuple(map(tuple, inputs.split(","))), tuple(output), arrays, np.float64)
        made = f(*(arrays if torch is None else map(torch.from_numpy, arrays)))
        np.testing.assert_allclose(np.asarray(made), wanted)


def test_no_copy_where_a_view_will_do():
    """Of `ijk` in memory as `ikj`, all the matrices of `i` are there to be read."""
    x, y = np.ones((64, 64, 64)), np.ones((64, 64))
    f = einc.compile("ijk,kl->ijl")
    f(turned(x, (0, 2, 1)), y)
    assert "reshape" not in f.source
    g = einc.compile("ijk,kl->ijl", x, y)
    assert "reshape(x0.shape[0] * x0.shape[1], x0.shape[2])" in g.source
