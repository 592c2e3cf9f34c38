"""How far from the truth a result may be: the truth is computed in float64."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from benchmarks.cuda.contenders import EINSUM

TOLERANCE = {"float32": 2e-5, "tf32": 2e-3, "bfloat16": 2e-2, "complex64": 2e-5}
AS_TORCH = 4.0  # times the error of torch.einsum is within reason, too


def truth(expression: str, operands: Sequence[torch.Tensor]) -> tuple[torch.Tensor, float]:
    """The result in double precision, and its size: what errors are relative to.

    One number alone may happen to be next to nothing, so it has at least the size that the result has in the mean
    over all signs of the operands' elements: the root of the same expression of their squares.
    """
    exact = torch.einsum(expression, *map(_widened, operands))
    size = float(torch.linalg.vector_norm(exact))
    if exact.ndim == 0:
        squares = torch.einsum(expression, *(_widened(operand).abs().square() for operand in operands))
        size = max(size, float(squares.abs().sqrt()))
    return exact, size


def error(found: Any, exact: torch.Tensor, size: float) -> float:
    """The distance from the truth, relative to its size; infinite for another shape."""
    if not isinstance(found, torch.Tensor) or found.shape != exact.shape:
        return float("inf")
    return float(torch.linalg.vector_norm(_widened(found) - exact)) / size


def wrong(errors: Mapping[str, float], mode: str) -> tuple[str, ...]:
    """Those whose error is neither within the tolerance of a mode nor about that of torch.einsum, or no number."""
    most = max(TOLERANCE[mode], AS_TORCH * errors.get(EINSUM, 0.0))
    return tuple(name for name, own in errors.items() if name != EINSUM and not own <= most)


def _widened(x: torch.Tensor) -> torch.Tensor:
    return x.to(torch.complex128 if x.is_complex() else torch.float64)
