"""The door: kinds of operands, and the types to which libraries promote them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from conftest import needs_torch
from problems import DTYPES

import einc
from einc.operands import Kind, described, kind_of, promoted, viewable


def test_kinds():
    arrays = (np.ones((2, 3), "float32"), np.array(1))
    assert kind_of(arrays) == Kind("numpy", ((2, 3), ()), ("float32", "int64"))
    assert described(arrays) == kind_of(arrays)
    assert described([(2, 3), [4]]) == Kind("numpy", ((2, 3), (4,)), ("float64", "float64"))
    assert described([(np.int64(2),)], "torch") == Kind("torch", ((2,),), ("float32",))
    assert described([arrays[0], (3,)]) == Kind("numpy", ((2, 3), (3,)), ("float32", "float64"))
    assert described(arrays, "torch") == Kind("torch", ((2, 3), ()), ("float32", "float32"))


@pytest.mark.parametrize("pair", list(itertools.product(DTYPES, repeat=2)), ids="-".join)
def test_numpy_promotes(pair):
    kind = Kind("numpy", ((2,), ()), pair)
    assert promoted(kind) == np.result_type(*pair).name


@needs_torch
@pytest.mark.parametrize("pair", list(itertools.product((*DTYPES, "bfloat16"), repeat=2)), ids="-".join)
def test_torch_promotes(pair):
    import torch

    for ranks in itertools.product((0, 1), repeat=2):
        tensors = [torch.zeros((1,) * rank, dtype=getattr(torch, name)) for rank, name in zip(ranks, pair)]
        kind = Kind("torch", tuple((1,) * rank for rank in ranks), pair)
        assert f"torch.{promoted(kind)}" == str(torch.result_type(*tensors))


@pytest.mark.parametrize(
    ("text", "operands", "wanted"),
    [
        (",i->i", [2, np.array([1.5, 2.5], "float32")], [3, 5]),
        ("i,i->", [[1, 2], [3, 4]], 11),
        ("->", [3.5], 3.5),
        ("", [True], True),
        (",,->", [2, 3.0, 1j], 6j),
        ("i,i", [(1, 2), np.float64(3).reshape(1)], 9),
    ],
)
def test_numbers_and_lists_stand_for_arrays(text, operands, wanted):
    np.testing.assert_array_equal(einc.einsum(text, *operands), wanted)


@needs_torch
def test_numbers_beside_tensors():
    import torch

    x = torch.tensor([1.0, 2.0], dtype=torch.float64)
    assert torch.equal(einc.einsum(",i->i", 2, x), 2 * x)
    assert einc.einsum(",i->i", 2.5, x.float()).dtype == torch.float32
    assert einc.einsum(",i->i", 2j, x.float()).dtype == torch.complex64


def test_expanded_operands_are_copied_only_where_a_view_would_overlap_itself():
    row = np.broadcast_to(np.arange(3.0), (2, 3))
    turned = einc.einsum("ij->ji", row)
    assert 0 not in turned.strides
    np.testing.assert_array_equal(turned, row.T)
    plain = np.ones((2, 3))
    assert viewable(plain) is plain


@needs_torch
def test_expanded_tensors_likewise():
    import torch

    f = einc.compile("ij->ji")
    row = torch.arange(3.0).expand(2, 3)
    f(torch.ones(2, 3))
    for _ in range(2):  # before and after it is planned for this shape
        turned = f(row)
        assert 0 not in turned.stride()
        assert torch.equal(turned, row.t())


@pytest.mark.parametrize(
    "array",
    [
        np.array([[1, None]], object),
        np.array([["a", "bc"]]),
        np.zeros((2, 3), "M8[ns]"),
        np.zeros((2, 3), [("x", "f4"), ("y", "i2")]),
        np.zeros((2, 3), "V5"),
    ],
    ids=lambda array: array.dtype.name,
)
def test_anything_can_be_permuted(array):
    f = einc.compile("ij->ji")
    for _ in range(2):
        np.testing.assert_array_equal(f(array), array.T)
    if array.dtype != object:
        with pytest.raises(einc.EincTypeError, match="has no sums and products here"):
            einc.einsum("ij->i", array)


def test_a_writable_view_of_a_frozen_array():
    base = np.ones((3, 3))
    view = base[:]
    base.flags.writeable = False
    f = einc.compile("ii->i")
    for _ in range(2):
        assert f(view).tolist() == [1, 1, 1]
        assert not f(view).flags.writeable


def test_an_axis_of_size_one_is_no_expanded_axis():
    row = np.broadcast_to(np.arange(3.0), (1, 3))
    assert np.shares_memory(einc.einsum("ij->ji", row), row)


def test_more_axes_than_arrays_have(library, array):
    vectors = [array(np.ones(1)) for _ in range(70)]
    letters = [chr(0x4E00 + n) for n in range(70)]
    with pytest.raises(einc.EincError, match=f"an array of .* axes, and those of {library} have at most 64"):
        einc.einsum(f"{','.join(letters)}->{''.join(letters)}", *vectors)


@needs_torch
def test_numbers_that_are_none():
    import torch

    with pytest.raises(einc.EincTypeError, match="operand 0 is a value of type 'int'"):
        einc.einsum(",i->i", 2**70, torch.ones(3))
    with pytest.raises(einc.EincTypeError, match="operand 0 is a value of type 'list'"):
        einc.einsum("i->", [torch.ones(1, requires_grad=True)[0]])


@needs_torch
@pytest.mark.filterwarnings("ignore:The PyTorch API of MaskedTensors")
def test_masked_tensors_are_refused():
    import torch

    masked = torch.masked.masked_tensor(torch.ones(3), torch.tensor([True, False, True]))
    with pytest.raises(einc.EincTypeError, match="operand 0 is masked"):
        einc.einsum("i->", masked)


@needs_torch
def test_the_default_device_does_not_matter():
    import torch

    x, y = torch.ones(3), torch.ones((), dtype=torch.float64)
    with torch.device("meta"):
        assert einc.einsum(",i->i", 2.0, x).tolist() == [2, 2, 2]
        assert einc.einsum(",i->i", y, x).dtype == torch.float32
