"""Random problems: what einc computes is what the definition of einsum says, on every library and for every type."""

from __future__ import annotations

import definition
import numpy as np
import pytest
from conftest import PROBLEMS, needs_torch
from hypothesis import given, settings
from problems import NUMPY_DTYPES, Problem, as_torch, problems

import einc

BATCHES = 4  # so that the work spreads over processes
batches = pytest.mark.parametrize("batch", range(BATCHES))


def unchanged(before: list[object], after: tuple[object, ...]) -> bool:
    return all(np.array_equal(np.asarray(a), np.asarray(b)) for a, b in zip(before, after))


@batches
def test_numpy(batch):
    @settings(max_examples=PROBLEMS // BATCHES)
    @given(problem=problems(dtypes=NUMPY_DTYPES))
    def agrees(problem: Problem) -> None:
        before = [operand.copy() for operand in problem.operands]
        with np.errstate(over="ignore"):  # of float16, which problem.check knows about
            result = einc.einsum(problem.text, *problem.operands)
        promoted = np.result_type(*(operand.dtype for operand in problem.operands))
        unique = sorted(set(problem.inputs[0]))
        moves = len(problem.operands) == 1 and unique == sorted(problem.output)
        assert np.asarray(result).dtype == (problem.operands[0].dtype if moves else promoted)
        problem.check(result, promoted.name)
        assert unchanged(before, problem.operands)

    agrees()


@needs_torch
@batches
@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")  # float16 beside a 0-d complex64
def test_torch(batch):
    import torch

    @settings(max_examples=PROBLEMS // BATCHES)
    @given(problem=problems())
    def agrees(problem: Problem) -> None:
        operands = tuple(map(as_torch, problem.operands))
        before = [operand.clone() for operand in operands]
        result = einc.einsum(problem.text, *operands)
        expected = promoted_by_torch(operands)
        assert result.dtype == expected
        values = result.to(torch.complex64) if expected == torch.complex32 else result
        Problem(problem.text, problem.inputs, problem.output, tuple(x.numpy() for x in operands)).check(
            values.numpy(), str(expected).removeprefix("torch.")
        )
        assert unchanged(before, operands)

    agrees()


def promoted_by_torch(operands):
    """The type of the operands' product, from torch itself: 0-d ones are combined first, as torch has it."""
    import torch

    groups = [[x for x in operands if x.ndim], [x for x in operands if not x.ndim]]
    samples = []
    for group in groups:
        if group:
            sample = torch.empty((1,) if group[0].ndim else (), dtype=group[0].dtype)
            for other in group[1:]:
                sample = sample.to(torch.promote_types(sample.dtype, other.dtype))
            samples.append(sample)
    return torch.result_type(samples[0], samples[-1])


@needs_torch
@settings(max_examples=300)
@given(problem=problems(dtypes=["float32"], most_operands=4))
def test_bfloat16(problem):
    import torch

    operands = [as_torch(operand).to(torch.bfloat16) for operand in problem.operands]
    rounded = tuple(operand.float().numpy() for operand in operands)
    result = einc.einsum(problem.text, *operands)
    assert result.dtype == torch.bfloat16
    Problem(problem.text, problem.inputs, problem.output, rounded).check(result.float().numpy(), "bfloat16")


@pytest.mark.parametrize(
    ("inputs", "output", "operands", "wanted"),
    [
        (["ij", "jk"], "ik", [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [[19, 22], [43, 50]]),
        (["ii"], "i", [[[1, 2], [3, 4]]], [1, 4]),
        (["iij"], "j", [[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]], [8, 10]),
        (["ij", "ij"], "ji", [[[1, 2, 3]], [[4], [5]]], [[4, 5], [8, 10], [12, 15]]),
        (["i", ""], "", [[], 5], 0),
    ],
)
def test_the_definition_itself(inputs, output, operands, wanted):
    np.testing.assert_array_equal(definition.einsum(inputs, output, operands, float), wanted)
