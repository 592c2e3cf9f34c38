"""Operands with lists of labels: what they are as terms, and that they mean what texts mean."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from problems import problems

import einc
from einc.interleaved import separated, written


@settings(max_examples=300)
@given(problem=problems(dtypes=["float64"]))
def test_lists_mean_what_texts_mean(problem):
    """Every ellipsis axis has its own name in the problem; as labels, those are as good as any."""
    numbers = {name: n for n, name in enumerate(sorted({name for term in problem.inputs for name in term}))}
    arguments = []
    for operand, term in zip(problem.operands, problem.inputs):
        arguments += [operand, [numbers[name] for name in term]]
    result = einc.einsum(*arguments, [numbers[name] for name in problem.output])
    problem.check(result, "float64")


A, B = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((A, [0, 1], B, [1, 2], [0, 2]), "ij,jk->ik"),
        ((A, [0, 1], B, [1, 2]), "ij,jk"),
        ((A, [10, 9]), "ij->ji"),  # sorted as numbers, not as text
        ((A, (0, 1), B, (1, 2), ()), "ij,jk->"),
        ((A, [0, ...], [..., 0]), "i...->...i"),
        ((A, ["row", ("k", 1)], B, [("k", 1), None], [None, "row"]), "ij,jk->ki"),
        ((A, ["x", 1], B, [1, None]), "ij,jk->ik"),  # no order among these: as they came
        ((A, [1, "1"], ["1", 1]), "ij->ji"),  # different labels that print alike
    ],
)
def test_lists(arguments, text):
    operands = [argument for argument in arguments if isinstance(argument, np.ndarray)]
    np.testing.assert_array_equal(einc.einsum(*arguments), einc.einsum(text, *operands))


def test_labels_stand_in_brackets():
    _, inputs, output = separated((A, [0, "long" * 9], B, ["long" * 9, ...], [...]))
    text = written(inputs, output)
    assert text.text == f"[0, {'long' * 6}], [{'long' * 6}, ...] -> [...]"
    assert all(text.text[start:].startswith(index) for term in text.operands for index, start in term)


def test_lists_are_remembered():
    assert written(((0, 1),), None) is written(((0, 1),), None)
