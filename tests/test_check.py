"""Sizes: what all operands agree on. (What is said when they do not: `test_errors.py`.)"""

from __future__ import annotations

import pytest
from hypothesis import given
from problems import problems

from einc import EincError
from einc.check import check_ranks, check_sizes, check_text
from einc.parse import parse
from einc.resolve import resolve


def sizes_of(text, *shapes):
    written = parse(text)
    check_text(written)
    check_ranks(written, shapes)
    return check_sizes(written, resolve(written, [len(shape) for shape in shapes]), shapes)


@pytest.mark.parametrize(
    ("text", "shapes", "sizes"),
    [
        ("ij,jk", [(2, 3), (3, 4)], {"i": 2, "j": 3, "k": 4}),
        ("i,i,i", [(1,), (5,), (1,)], {"i": 5}),
        ("i,i", [(1,), (0,)], {"i": 0}),
        ("i,i", [(0,), (1,)], {"i": 0}),
        ("...i,...", [(2, 1, 3), (4,)], {"...0": 2, "...1": 4, "i": 3}),
        ("->", [()], {}),
    ],
)
def test_sizes(text, shapes, sizes):
    assert sizes_of(text, *shapes) == sizes


@given(problem=problems())
def test_problems_that_fit_are_let_through(problem):
    sizes_of(problem.text, *(operand.shape for operand in problem.operands))


@given(problem=problems())
def test_a_size_that_disagrees_with_two_others_is_never_let_through(problem):
    """An index larger than 1 in two operands has one size; make it two, and the check must see it."""
    held = [
        (index, n, axis)
        for n, term in enumerate(problem.inputs)
        for axis, index in enumerate(term)
        if problem.operands[n].shape[axis] > 1
    ]
    pairs = [(a, b) for a in held for b in held if a[0] == b[0] and a[1:] != b[1:]]
    if not pairs:
        return
    _, n, axis = pairs[0][1]
    shapes = [list(operand.shape) for operand in problem.operands]
    shapes[n][axis] += 1
    with pytest.raises(EincError, match="size"):
        sizes_of(problem.text, *map(tuple, shapes))
