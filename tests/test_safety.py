"""Operands are safe: never written to, aliased only where that is documented; the same call gives the same bits."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from conftest import needs_torch
from hypothesis import given, settings
from problems import NUMPY_DTYPES, as_torch, problems

import einc

PLAIN = [name for name in NUMPY_DTYPES if np.dtype(name).itemsize <= 16 and np.dtype(name).char not in "gG"]  # unpadded


def memory(array):
    """Every byte of the memory that an array is a view of, also those it leaps over."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array.tobytes()


def is_view(problem):
    """Whether the documentation says that the result is a view: one operand, whose axes are only moved."""
    moved = len(problem.inputs) == 1 and set(problem.inputs[0]) == set(problem.output)
    return moved and len(set(problem.output)) == len(problem.output)


@settings(max_examples=1000)
@given(problem=problems(dtypes=PLAIN, most_operands=4))
def test_arrays(problem):
    operands = problem.operands
    expanded = any(0 in operand.strides for operand in operands)
    before = [memory(operand) for operand in operands]
    frozen = [operand.flags.writeable for operand in operands]
    f = einc.compile(problem.text)
    with np.errstate(over="ignore"):
        first, second = f(*operands), f(*operands)
    assert [memory(operand) for operand in operands] == before
    assert [operand.flags.writeable for operand in operands] == frozen
    assert np.asarray(first).tobytes() == np.asarray(second).tobytes()
    aliased = any(np.shares_memory(first, operand) for operand in operands)
    if first.size and not expanded:
        assert aliased == (is_view(problem) and isinstance(first, np.ndarray))
    if isinstance(first, np.ndarray):
        assert all(stride for stride, size in zip(first.strides, first.shape) if size > 1 and first.size)
        assert not first.size or first.flags.writeable == (operands[0].flags.writeable if aliased else True)


@needs_torch
@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")  # float16 beside a 0-d complex number
@settings(max_examples=1000)
@given(problem=problems(most_operands=4))
def test_tensors(problem):
    operands = [as_torch(operand) for operand in problem.operands]
    expanded = any(0 in operand.stride() for operand in operands)
    before = [bytes(operand.untyped_storage()) for operand in operands]
    versions = [operand._version for operand in operands]
    f = einc.compile(problem.text)
    first, second = f(*operands), f(*operands)
    assert [bytes(operand.untyped_storage()) for operand in operands] == before
    assert [operand._version for operand in operands] == versions
    assert first.shape == second.shape
    assert bytes(first.clone().untyped_storage()) == bytes(second.clone().untyped_storage())
    storage = first.untyped_storage().data_ptr()
    aliased = any(operand.untyped_storage().data_ptr() == storage for operand in operands)
    if first.numel() and not expanded:
        assert aliased == is_view(problem)
    assert all(stride for stride, size in zip(first.stride(), first.shape) if size > 1 and first.numel())


TEXTS = ("ij,jk,kl->il", "bij,bjk->bik", "ii,i->", "ij->ji", "i,j->ij", "ij,->j", "i(jk)->kji", "i->ii")


def test_eight_threads_share_compiled_objects(library, array):
    """Every thread meets kinds of operands that others plan for at the same moment."""
    generator = np.random.default_rng(0)
    cases = []
    for text in TEXTS:
        f = einc.compile(text, **({"j": 2} if "(" in text else {}))
        inputs = text.replace("(jk)", "j").partition("->")[0].split(",")
        for size in (2, 4, 6):
            operands = [array(generator.uniform(size=(size,) * len(term))) for term in inputs]
            wanted = einc.einsum(text, *operands, **({"j": 2} if "(" in text else {}))
            cases.append((f, operands, np.asarray(wanted).tobytes()))
    wrong = []
    start = threading.Barrier(8)

    def work(first):
        start.wait()
        for turn in range(200):
            f, operands, wanted = cases[(first * 7 + turn * 5) % len(cases)]
            if np.asarray(f(*operands)).tobytes() != wanted:
                wrong.append((f, turn))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
