"""The definition of an expression, written out: broadcast, multiply, sum.

It shares no room with what it judges but the reading of the text. NumPy arrays and torch tensors have the
methods that it calls alike; axes are counted here, as nothing is printed that could count them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from einc.expression import Expression, Index, Layout, Sizes, flat


def definition(expression: Expression, arrays: Sequence[Any], sizes: Sizes) -> Any:
    """The product of all arrays, each aligned to one axis per index, summed over what the output lacks.

    Args:
        expression: as it was written, every axis named.
        arrays: in the type to compute in; bool is summed by OR.
        sizes: of every index, where one operand may have 1 instead.
    """
    every = [index for index, size in sizes.items() if size != 1]
    product, *others = [_aligned(layout, array, every, sizes) for layout, array in zip(expression.operands, arrays)]
    for other in others:
        product = product * other
    kept = [index for index in dict.fromkeys(flat(expression.output)) if index in every]
    axes = tuple(axis for axis, index in enumerate(every) if index not in kept)
    total = _summed(product, axes) if axes else product
    left = [index for index in every if index in kept]
    return _written(expression.output, _permuted(total, [left.index(index) for index in kept]), kept, sizes)


def _aligned(layout: Layout, array: Any, every: Sequence[Index], sizes: Sizes) -> Any:
    """The operand with an axis for each of `every`, of size one where it lacks that index."""
    axes: list[tuple[Index, int]] = []
    for group, size in zip(layout, array.shape):
        axes += [(group[0], size)] if len(group) == 1 else [(index, sizes[index]) for index in group]
    array = array.reshape(tuple(size for _, size in axes))
    names = [index for index, _ in axes]
    for index in dict.fromkeys(names):
        while names.count(index) > 1:
            first = names.index(index)
            second = names.index(index, first + 1)
            array = array.diagonal(0, first, second)
            names = [*(name for axis, name in enumerate(names) if axis not in (first, second)), index]
    own = [index for index in every if index in names]
    array = _permuted(array, [names.index(index) for index in (*own, *(name for name in names if name not in every))])
    of_size = dict(zip(own, array.shape))
    return array.reshape(tuple(of_size.get(index, 1) for index in every))


def _summed(product: Any, axes: tuple[int, ...]) -> Any:
    if product.dtype == np.bool_:
        return product.any(axis=axes)
    return product.sum(axis=axes, dtype=product.dtype)


def _permuted(array: Any, axes: Sequence[int]) -> Any:
    return array.permute(tuple(axes)) if hasattr(array, "permute") else array.transpose(tuple(axes))


def _written(output: Layout, total: Any, kept: Sequence[Index], sizes: Sizes) -> Any:
    """The sum as the output has it: an index that is repeated stands on the diagonal, zeros around; groups merged."""
    order = [index for index in flat(output) if index in kept]
    first = [order.index(index) == axis for axis, index in enumerate(order)]
    total = total.reshape(tuple(sizes[index] if once else 1 for index, once in zip(order, first)))
    for axis, index in enumerate(order):
        if not first[axis]:
            around = {order.index(index): sizes[index], axis: sizes[index]}
            eye = _like(np.eye(sizes[index]), total)
            total = total * eye.reshape(tuple(around.get(at, 1) for at in range(len(order))))
    return total.reshape(tuple(math.prod(sizes[index] for index in group) for group in output))


def _like(array: Any, other: Any) -> Any:
    return other.new_tensor(array) if hasattr(other, "new_tensor") else array.astype(other.dtype)
