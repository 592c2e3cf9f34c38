"""A first call of many pairs, which is run without a program: what comes is what the program computes, bit by bit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import as_torch, problems

import einc
from einc import lower
from einc.lower import many

FLOATS = ("float32", "float64", "complex64", "complex128")
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@contextmanager
def small_up_to(bits: int) -> Iterator[None]:
    """As if one pair were many, and pairs of more points than so many bits number were not small."""
    with patch.object(lower, "FEW", 0), patch.object(many, "MANY", 0), patch.object(many, "SMALL", bits):
        yield


@settings(max_examples=400)
@given(
    problem=problems(FLOATS, most_operands=6),
    bits=st.sampled_from([-1, 1, 3, 30]),
    library=st.sampled_from(["numpy", "torch"]),
)
def test_the_first_call_is_what_all_others_are(problem, bits, library):
    operands = problem.operands
    if library == "torch":
        pytest.importorskip("torch")
        operands = tuple(map(as_torch, operands))
    with small_up_to(bits):
        f = einc.compile(problem.text)
        first, second = f(*operands), f(*operands)
    assert f._latest.is_long or len(operands) < 2
    problem.check(np.asarray(first), str(second.dtype).removeprefix("torch."))
    assert np.asarray(first).tobytes() == np.asarray(second).tobytes()
    assert type(first) is type(second)
    assert np.shape(first) == np.shape(second)
