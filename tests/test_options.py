"""What a user may choose: types, casts, order, out, sizes."""

from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest
from conftest import needs_torch

import einc
from einc.options import Options, choose


def test_choices_are_settled():
    assert choose({}) == choose({"optimize": True, "sizes": None, "order": None}) == Options()
    assert choose({"h": 8, "sizes": {"d": np.int64(4)}, "dtype": float}) == Options(
        sizes=(("d", 4), ("h", 8)), dtype="float64"
    )
    assert hash(choose({"optimize": [(0, 1)]})) == hash(choose({"optimize": [[0, 1]]}))


def test_a_wider_type():
    bytes_ = np.array([200, 100], "uint8")
    assert einc.einsum("i->", bytes_) == 44
    assert einc.einsum("i->", bytes_, dtype="int64") == 300
    assert einc.einsum("i,i->", bytes_, bytes_, dtype=np.float32) == 50000
    assert einc.compile("i->i", dtype=complex)(bytes_).dtype == np.complex128
    assert einc.einsum("i->", np.array([0.6, 0.6]), dtype=int, casting="unsafe") == 0


@needs_torch
def test_a_wider_type_on_torch():
    import torch

    tensor = torch.tensor([200, 100], dtype=torch.uint8)
    assert einc.einsum("i->", tensor, dtype=torch.int64).item() == 300
    assert einc.einsum("i->i", tensor, dtype="bfloat16").dtype == torch.bfloat16


def test_a_contiguous_result(library, array):
    x = array(np.arange(6.0).reshape(2, 3))
    plain, ordered = einc.einsum("ij->ji", x), einc.einsum("ij->ji", x, order="C")
    assert np.asarray(ordered).flags.c_contiguous
    assert not np.asarray(plain).flags.c_contiguous
    np.testing.assert_array_equal(np.asarray(plain), np.asarray(ordered))
    assert np.shape(einc.einsum("i->", x[0], order="C")) == ()


def test_out():
    a, out = np.arange(4.0).reshape(2, 2), np.empty((2, 2), "float32")
    with pytest.raises(einc.EincTypeError, match="can hold float64"):
        einc.einsum("ij,jk->ik", a, a, out=out)
    assert einc.einsum("ij,jk->ik", a, a, out=out, casting="same_kind") is out
    np.testing.assert_array_equal(out, a @ a)
    assert einc.einsum("ij->ji", a, out=a) is a  # even where it is an operand
    assert a.tolist() == [[0, 2], [1, 3]]


@needs_torch
def test_no_out_on_torch():
    import torch

    with pytest.raises(einc.EincTypeError, match="out= is for NumPy arrays"):
        einc.einsum("i->", torch.ones(2), out=torch.ones(()))


def test_objects():
    thirds = np.array([[Fraction(1, 3), Fraction(2, 3)], [Fraction(1), Fraction(2)]])
    assert einc.einsum("ij,jk->ik", thirds, thirds).tolist() == [
        [Fraction(7, 9), Fraction(14, 9)],
        [Fraction(7, 3), Fraction(14, 3)],
    ]
    assert einc.einsum("ii->", thirds) == Fraction(7, 3)
    assert einc.einsum("ij->j", thirds).tolist() == [Fraction(4, 3), Fraction(8, 3)]
    assert einc.einsum("ij,j,->i", thirds, np.array([3, 3]), 2).tolist() == [6, 18]
    assert einc.einsum("i->ii", thirds[0]).tolist() == [[Fraction(1, 3), 0], [0, Fraction(2, 3)]]
    assert einc.einsum("bi,bi->b", thirds, thirds).tolist() == [Fraction(5, 9), 5]


def test_options_survive_pickling():
    f = einc.compile("b (h d) -> b h d", (2, 6), h=3, dtype="float32", order="C", casting="unsafe")
    g = pickle.loads(pickle.dumps(f))
    assert g.source == f.source
    assert g(np.ones((2, 6))).shape == (2, 3, 2)


@pytest.mark.parametrize("text", ["i->ii", "ij->iji", "ii->ii", "i,i->ii", "ab->bab"])
def test_repeated_output_indices(text, library, array):
    """Each element off the diagonal is zero, also where the operand is not finite."""
    operands = [array(np.full((2,) * len(term), np.inf)) for term in text.split("->")[0].split(",")]
    result = np.asarray(einc.einsum(text, *operands))
    output = text.split("->")[1]
    for place in np.ndindex(*result.shape):
        agree = all(place[m] == place[n] for m in range(len(output)) for n in range(m) if output[m] == output[n])
        assert result[place] == (np.inf if agree else 0)
