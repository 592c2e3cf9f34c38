"""Sizes solved from shapes: single axes, groups, literal ones, given sizes, broadcasting."""

from __future__ import annotations

import definition
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import problems

import einc


def sizes_of(text, *shapes, **given_sizes):
    return dict(einc.compile(text, *shapes, **given_sizes)._latest.sizes)


@pytest.mark.parametrize(
    ("text", "shapes", "given_sizes", "sizes"),
    [
        ("b (h d)", [(2, 12)], {"h": 3}, {"b": 2, "h": 3, "d": 4}),
        ("b (h d), h", [(2, 12), (3,)], {}, {"b": 2, "h": 3, "d": 4}),
        ("(a b), (b c), c", [(6,), (12,), (4,)], {}, {"a": 2, "b": 3, "c": 4}),  # one after the other
        ("(h d), h, d", [(6,), (1,), (2,)], {}, {"h": 3, "d": 2}),  # size 1 broadcasts, so it does not tell
        ("(h d), h", [(6,), (1,)], {}, {"h": 1, "d": 6}),  # unless nothing else does
        ("(h d), h", [(0,), (3,)], {}, {"h": 3, "d": 0}),
        ("a 1 b", [(2, 1, 3)], {}, {"a": 2, "b": 3}),
        ("(a 1) ()", [(2, 1)], {}, {"a": 2}),
        ("i,i", [(1,), (1,)], {"i": 5}, {"i": 5}),
        ("i,i,i", [(1,), (5,), (1,)], {}, {"i": 5}),
        ("i,i", [(1,), (0,)], {}, {"i": 0}),
        ("...i,...", [(2, 1, 3), (4,)], {}, {"...0": 2, "...1": 4, "i": 3}),
    ],
)
def test_sizes(text, shapes, given_sizes, sizes):
    assert sizes_of(f"{text} ->", *shapes, notation="words", **given_sizes) == sizes


@st.composite
def grouped(draw):
    """A problem without groups, and the same with neighbouring axes merged, in operands and in the output."""
    letters = "abcde"[: draw(st.integers(1, 5))]
    sizes = {letter: draw(st.integers(1, 4)) for letter in letters}
    terms = draw(st.lists(st.lists(st.sampled_from(letters), max_size=4, unique=True), min_size=1, max_size=3))
    used = sorted({letter for term in terms for letter in term})
    output = draw(st.lists(st.sampled_from(used), unique=True)) if used else []

    def merged(term):
        groups, rest = [], list(term)
        while rest:
            length = draw(st.integers(1, min(3, len(rest))))
            groups.append(rest[:length])
            rest = rest[length:]
            if draw(st.integers(0, 5)) == 5:
                groups.append([])
        return groups

    return terms, output, [merged(term) for term in terms], merged(output), {letter: sizes[letter] for letter in used}


@settings(max_examples=500)
@given(problem=grouped(), word=st.booleans())
def test_groups_are_reshapes(problem, word):
    """Splitting the operands, contracting, and merging the result is what groups mean."""
    terms, output, merged_terms, merged_output, sizes = problem
    name = {letter: f"{letter}_long" if word else letter for letter in sizes}

    def text_of(groups):
        return " ".join(
            "1" if not group else name[group[0]] if len(group) == 1 else f"({' '.join(name[index] for index in group)})"
            for group in groups
        )

    generator = np.random.default_rng(0)
    operands = [generator.uniform(-1, 1, [sizes[index] for index in term]) for term in terms]
    given_operands = [
        operand.reshape([int(np.prod([sizes[index] for index in group])) for group in groups])
        for operand, groups in zip(operands, merged_terms)
    ]
    text = f"{', '.join(map(text_of, merged_terms))} -> {text_of(merged_output)}"
    given_sizes = {name[index]: size for index, size in sizes.items()}
    wanted = definition.einsum(terms, output, operands, float)
    wanted = wanted.reshape([int(np.prod([sizes[index] for index in group])) for group in merged_output])
    result = np.asarray(einc.einsum(text, *given_operands, notation="words", sizes=given_sizes))
    assert result.shape == wanted.shape
    np.testing.assert_allclose(result, wanted, atol=1e-12)


def test_merging_never_makes_a_view():
    x = np.arange(6.0).reshape(2, 3)
    for text in ("ij->(ij)", "ij->(ji)"):
        assert not np.shares_memory(einc.einsum(text, x), x)
    assert np.shares_memory(einc.einsum("(ij)->ij", x.ravel(), i=2), x)  # but splitting does
    assert np.shares_memory(einc.einsum("ij->i1j", x), x)


@given(problem=problems())
def test_problems_that_fit_are_let_through(problem):
    einc.compile(problem.text, *(operand.shape for operand in problem.operands))


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
    with pytest.raises(einc.EincError, match="size"):
        einc.compile(problem.text, *map(tuple, shapes))
