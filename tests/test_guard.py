"""Guards: few tests, and none too few."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from conftest import needs_torch
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import as_torch, problems
from shortcuts import planned

import einc
from einc.guard import needed_tests
from einc.operands import Kind


def needed(text, *shapes, library="torch", dtypes=None):
    kind = Kind(library, shapes, dtypes or ("float32",) * len(shapes))
    return needed_tests(planned(text, kind).program, kind.backend)


@pytest.mark.parametrize(
    ("text", "shapes", "tested", "dtypes"),
    [
        ("ij,jk->ik", [(2, 3), (3, 4)], (), (0,)),  # the product tests all that matters
        ("ij,jk,kl->il", [(2, 3), (3, 4), (4, 5)], (0, 2), (0,)),  # the order was chosen by the sizes
        ("ij,jk,kl,lm,mn->in", [(4, 4)] * 5, (0, 2, 4), (0,)),  # the products test the others
        ("i,i->", [(3,), (3,)], (), (0,)),
        ("ij,j->i", [(2, 3), (3,)], (), (0,)),
        ("bik,bkj->bij", [(2, 3, 4), (2, 4, 5)], (), (0,)),
        ("bik,bkj->bij", [(2, 3, 4), (1, 4, 5)], (0, 1), (0, 1)),  # broadcasts
        ("i,i->i", [(3,), (3,)], (0, 1), (0, 1)),  # an elementwise product broadcasts and promotes
        ("abi,ij->abj", [(2, 3, 4), (4, 5)], (0, 1), (0, 1)),  # a reshape may fit by accident
        ("ii,ij->j", [(3, 3), (3, 2)], (0, 1), (0, 1)),
        ("ij,jk,k->i", [(2, 3), (3, 4), (4,)], (0, 1), (0,)),
    ],
)
def test_torch_tests_what_its_calls_do_not(text, shapes, tested, dtypes):
    tests = needed(text, *shapes)
    assert (tests.shapes, tests.dtypes, tests.unexpanded) == (tested, dtypes, False)


def test_numpy_tests_everything():
    tests = needed("ij,jk,kl->il", (2, 3), (3, 4), (4, 5), library="numpy")
    assert tests.shapes == tests.dtypes == (0, 1, 2)


def test_views_must_not_overlap_themselves():
    assert needed("ij->ji", (2, 3)).unexpanded


@st.composite
def two_problems(draw):
    """Operands that fit, and others for the same text: of other sizes or types, fitting or not."""
    first = draw(problems(most_operands=4))
    others = []
    for operand in first.operands:
        shape = [draw(st.sampled_from([size, size, size, size, 1, size + 1, 0])) for size in operand.shape]
        if draw(st.integers(0, 15)) == 0:
            shape.append(2)
        dtype = operand.dtype if draw(st.integers(0, 3)) else draw(st.sampled_from(["float32", "int8", "complex128"]))
        others.append(np.ones(shape, dtype))
    return first, others


def outcome(f, operands):
    try:
        return f(*operands)
    except einc.EincError as complaint:
        return str(complaint)


@settings(max_examples=1500)
@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
@given(two=two_problems(), torch_too=st.booleans())
def test_what_was_planned_for_others_never_runs_unnoticed(two, torch_too):
    """A compiled expression that has met other operands does as a fresh one does, result or complaint."""
    first, others = two
    operands = first.operands
    if torch_too and needs_torch.args[0] is False:
        operands, others = list(map(as_torch, operands)), list(map(as_torch, others))
    warm = einc.compile(first.text)
    with np.errstate(all="ignore"):
        warm(*operands)
        got, wanted = outcome(warm, others), outcome(einc.compile(first.text), others)
    if isinstance(wanted, str):
        assert got == wanted
    else:
        assert not isinstance(got, str)
        assert (got.dtype, got.shape) == (wanted.dtype, wanted.shape)
        assert ((got == wanted) | (got != got)).all()


def test_other_counts_and_kinds_of_operands():
    f = einc.compile("ij,jk->ik")
    a = np.ones((2, 2))
    f(a, a)
    with pytest.raises(einc.EincError, match="2 operands, but 3 were given"):
        f(a, a, a)
    with pytest.raises(einc.EincError, match="2 operands, but 0 were given"):
        f()
    assert f([[1, 2], [3, 4]], a).tolist() == [[3, 3], [7, 7]]


class Strange(np.ndarray):
    """A subclass that multiplies otherwise."""

    def __mul__(self, other):
        raise AssertionError

    __array_ufunc__ = None


def test_subclasses_are_taken_as_plain_arrays():
    f = einc.compile("ij,ij->ij")
    a = np.full((2, 2), 3.0)
    f(a, a)
    assert f(a, a.view(Strange)).tolist() == [[9, 9], [9, 9]]
    assert f(a.view(np.matrix), a).tolist() == [[9, 9], [9, 9]]
    with pytest.raises(einc.EincTypeError, match="operand 1 is masked"):
        f(a, np.ma.array(a, mask=a > 0))


def test_a_failure_inside_a_call_is_shown_as_it_is(monkeypatch):
    f = einc.compile("ij->ji")
    a = np.ones((2, 2))
    f(a)
    plan = f.plan(a)
    monkeypatch.setitem(vars(plan), "function", lambda x: 1 / 0)
    f._fast = plan.function
    with pytest.raises(ZeroDivisionError):
        f(a)


@needs_torch
def test_tensors_without_values_are_never_taken_for_others():
    import torch

    for text in ("ij,jk->ik", "ij,ij->ij", "ij,jk,kl->il", "ij->i"):
        f = einc.compile(text)
        operands = [torch.ones(2, 2) for _ in text.split(",")]
        f(*operands)
        for n in range(len(operands)):
            others = [x.to("meta") if n == m else x for m, x in enumerate(operands)]
            if len(operands) > 1:
                with pytest.raises(einc.EincTypeError, match="move them to one device"):
                    f(*others)
        assert f(*(x.to("meta") for x in operands)).is_meta


def test_a_dtype_object_of_its_own_takes_the_fast_way():
    """An array that was pickled has a dtype that equals the built-in one, but is another object."""
    f = einc.compile("i->")
    f(np.ones(3))
    own = pickle.loads(pickle.dumps(np.ones(3)))
    assert own.dtype is not np.dtype("float64")
    assert f._fast(own) == 3


def test_shapes_met_before_take_the_fast_way(monkeypatch):
    f = einc.compile("ij,jk->ik")
    sets = [(np.ones((n, n)), np.ones((n, n))) for n in (2, 3, 4)]
    for operands in sets:
        f(*operands)
    monkeypatch.setattr(f, "_planned", None)
    for operands in (*sets, *sets):
        assert f(*operands).shape == operands[0].shape
