"""The laws of the primitives: what they make of layouts, and what they refuse."""

from __future__ import annotations

import pytest

from einc.expression import apart
from einc.laws import dtype, layout, verify
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
    Program,
    Regroup,
    Slice,
    Step,
    Sum,
    Trace,
    Value,
    Vecdot,
    reading,
)
from einc.stages import views_only


def value(text, name="x", dtype="float64"):
    """`"b (i j) 1"` as a value."""
    groups, inside = [], None
    for token in text.replace("(", " ( ").replace(")", " ) ").split():
        match token:
            case "(":
                inside = []
            case ")":
                groups.append(tuple(inside))
                inside = None
            case "1":
                groups.append(())
            case _ if inside is None:
                groups.append((token,))
            case _:
                inside.append(token)
    return Value(name, tuple(groups), dtype)


def layout_of(text):
    return value(text).layout


A, B = value("b a", "x"), value("c a", "y")
TURNED = Permute(B, apart("ac"))
STEPS = Step(value("a c", "t0"), TURNED, 2), Step(value("b c", "t1"), Matmul(A, value("a c", "t0")), 2)
ROUTINE = Program((A, B), STEPS, (STEPS[1].value,))
LAWS = [
    (Cast(value("i j"), "float32"), "i j"),
    (Copy(value("i (j k)")), "i (j k)"),
    (Contiguous(value("i (j k)")), "i (j k)"),
    (Embed(value("a i")), "a i i"),
    (Permute(value("i a i"), apart("aii")), "a i i"),
    (Diagonal(value("i a i"), "i"), "a i"),
    (Diagonal(value("i i i"), "i"), "i i"),
    (Trace(value("i i")), ""),
    (Sum(value("i j k"), ("i", "k")), "j"),
    (Vecdot(value("a b k"), value("a b k")), "a b"),
    (Loop((value("i k", "x0"), value("k j", "x1")), ("j", "i")), "j i"),
    (Loop((value("i i k"),), ("k",)), "k"),
    (Matmul(value("b i k"), value("1 k j")), "b i j"),
    (Matmul(value("a 1 i k"), value("1 b k j")), "a b i j"),
    (Slice(value("i j 1 k"), ("k", "i")), "j 1"),
    (Call(ROUTINE, (value("i j", "x0"), value("k j", "x1"))), "i k"),
    (Collect(value("a b"), ("i",)), "i a b"),
    (Collect(value("a b"), ()), "a b"),
    (Permute(value("i j k"), apart("kij")), "k i j"),
    (Regroup(value("b h q"), layout_of("(b h) 1 q")), "(b h) 1 q"),
    (Regroup(value("(b h) q"), layout_of("b h q")), "b h q"),
    (Multiply(value("i 1"), value("j")), "i j"),
    (Multiply(value(""), value("i j")), "i j"),
    (Multiply(value("i j"), value("i 1"), over=True), "i j"),
    (Matmul(value("k"), value("k")), ""),
    (Matmul(value("i k"), value("k")), "i"),
    (Matmul(value("k"), value("k j")), "j"),
    (Matmul(value("i (k l)"), value("(k l) j")), "i j"),
    (Matmul(value("b c 1 k"), value("b c k j")), "b c 1 j"),
]


@pytest.mark.parametrize(("op", "made"), LAWS)
def test_what_primitives_make(op, made):
    assert layout(op) == layout_of(made)


UNLAWFUL = [
    Embed(value("")),
    Embed(value("i (j k)")),
    Diagonal(value("i j"), "i"),
    Trace(value("i j")),
    Trace(value("1 1")),
    Sum(value("i j"), ("k",)),
    Vecdot(value("a k"), value("k")),
    Loop((value("i k"), value("k j")), ("l",)),
    Loop((value("(i k)"), value("k j")), ("i",)),
    Slice(value("i j"), ("k",)),
    Slice(value("(i j)"), ("i",)),
    Collect(value("i j"), ("i",)),
    Sum(value("i j"), ()),
    Permute(value("i j"), apart("ij")[:1]),
    Permute(value("i j"), apart("ik")),
    Regroup(value("i j"), apart("ji")),
    Multiply(value("i"), value("j")),
    Multiply(value("j"), value("i j"), over=True),
    Multiply(value(""), value(""), over=True),
    Matmul(value("i k"), value("l j")),
    Matmul(value("b i k"), value("c k j")),
    Matmul(value("b i k"), value("k")),
    Matmul(value(""), value("k")),
]


@pytest.mark.parametrize("op", UNLAWFUL)
def test_what_primitives_refuse(op):
    with pytest.raises(AssertionError, match=type(op).__name__):
        layout(op)


def test_dtypes_must_agree_unless_cast():
    assert dtype(Cast(value("i", dtype="bool"), "float32")) == "float32"
    with pytest.raises(AssertionError, match="Multiply"):
        dtype(Multiply(value("i"), value("i", dtype="float32")))


def program(*steps, results=None):
    x = value("i j", "x0")
    return Program((x,), steps, results or (steps[-1].value,))


def test_verify_holds_a_program_to_the_laws():
    x = value("i j", "x0")
    t = Value("t0", apart("ji"), "float64")
    good = program(Step(t, Permute(x, apart("ji")), 0))
    assert verify(good) is good
    for bad in (
        program(Step(Value("t0", apart("ij"), "float64"), Permute(x, apart("ji")), 0)),
        program(Step(Value("t0", apart("ji"), "float32"), Permute(x, apart("ji")), 0)),
        program(Step(t, Permute(value("i j", "x1"), apart("ji")), 0)),
        program(Step(t, Permute(x, apart("ji")), 0), results=(value("i", "t1"),)),
    ):
        with pytest.raises(AssertionError):
            verify(bad)


def test_reading_other_values():
    x, y = value("i", "x"), value("i", "y")
    assert reading(Multiply(x, y), {x: y}) == Multiply(y, y)
    assert reading(Sum(x, ("i",)), {x: y}) == Sum(y, ("i",))


def test_views_only():
    x = value("i j", "x0")
    assert views_only(program(Step(Value("t0", apart("ji"), "float64"), Permute(x, apart("ji")), 0)))
    assert not views_only(program(Step(Value("t0", apart("i"), "float64"), Sum(x, ("j",)), 0)))
