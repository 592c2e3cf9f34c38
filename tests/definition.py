"""The definition of einsum, written out: broadcast, multiply, sum.

It takes terms rather than a text, so that it shares nothing with what it judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Terms = Sequence[Sequence[str]]


def einsum(inputs: Terms, output: Sequence[str], operands: Sequence[Any], dtype: Any) -> Any:
    """Sum the product of all operands, cast to `dtype`, over every index that is not in the output.

    Where the output repeats an index, the sum is a diagonal, and zeros surround it.
    """
    if len(set(output)) < len(output):
        return _embedded(list(output), einsum(inputs, list(dict.fromkeys(output)), operands, dtype))
    indices = sorted({index for term in inputs for index in term})
    product = np.ones((1,) * len(indices), dtype)
    for term, operand in zip(inputs, operands):
        product = product * _aligned(list(term), np.asarray(operand).astype(dtype), indices)
    sizes = _sizes(inputs, operands)
    product = np.broadcast_to(product, [sizes[index] for index in indices])
    axes = [indices.index(index) for index in output]
    summed = tuple(axis for axis in range(len(indices)) if axis not in axes)
    total = product.any(summed) if np.dtype(dtype).kind == "b" else product.sum(summed, dtype=dtype)
    kept = [axis for axis in range(len(indices)) if axis in axes]
    return np.transpose(total, [kept.index(axis) for axis in axes])


def _embedded(output: list[str], total: Any) -> Any:
    unique = list(dict.fromkeys(output))
    result = np.zeros([total.shape[unique.index(index)] for index in output], total.dtype)
    for place in np.ndindex(*total.shape):
        result[tuple(place[unique.index(index)] for index in output)] = total[place]
    return result


def magnitude(inputs: Terms, output: Sequence[str], operands: Sequence[Any]) -> Any:
    """The same with absolute values: the scale against which rounding is judged."""
    return einsum(inputs, output, [np.abs(np.asarray(operand).astype(complex)) for operand in operands], float)


def _aligned(term: list[str], operand: Any, indices: Sequence[str]) -> Any:
    """The operand with one axis per index of the expression, of size one where it lacks it."""
    for index in dict.fromkeys(term):
        while term.count(index) > 1:
            first = term.index(index)
            second = term.index(index, first + 1)
            operand = np.diagonal(operand, 0, first, second)
            del term[second], term[first]
            term.append(index)
    operand = np.transpose(operand, [term.index(index) for index in indices if index in term])
    return np.expand_dims(operand, [axis for axis, index in enumerate(indices) if index not in term])


def _sizes(inputs: Terms, operands: Sequence[Any]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for term, operand in zip(inputs, operands):
        for index, size in zip(term, np.shape(operand)):
            if sizes.get(index, 1) == 1:
                sizes[index] = size
    return sizes
