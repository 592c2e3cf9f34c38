"""Random problems for an expression: shapes that fit it, and operands of several types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any, NamedTuple

import numpy as np

from einc.expression import ELLIPSIS, Expression, Index, Layout, Shape, Written, flat
from einc.options import Options
from einc.resolve import resolve

SIZES = (2, 3, 4, 5, 1, 7)
POINTS = 2**14  # of all indices together, at most, so that the definition can be computed
RARELY = 0.1
LONGEST = 2  # ranks of an ellipsis

Generator = np.random.Generator


class Problem(NamedTuple):
    """An expression with every axis named, and operands for it, to be cast to their types where NumPy has none."""

    expression: Expression
    sizes: dict[Index, int]
    operands: tuple[Any, ...]
    dtypes: tuple[str, ...]


def problem(text: Written, options: Options, dtypes: Sequence[str], seed: int) -> Problem:
    """A problem for a text, the same for the same seed.

    Args:
        text: the expression.
        options: which tell some sizes, and whether others broadcast.
        dtypes: to draw from; mostly, all operands have one.
        seed: of all chances.
    """
    generator = np.random.default_rng(seed)
    ranks = [_rank(len(term.axes), ELLIPSIS in term.axes, generator) for term in text.operands]
    expression, told = resolve(text, ranks), dict(options.sizes)
    drawn = _sizes(expression, told, generator)
    shapes = [tuple(_shape(layout, drawn)) for layout in expression.operands]
    if options.broadcast == "always":
        fixed = _grouped(expression) | told.keys()
        shapes = [_narrowed(layout, shape, fixed, generator) for layout, shape in zip(expression.operands, shapes)]
    one = generator.choice(dtypes) if generator.random() > 2 * RARELY else None
    types = tuple(str(one or generator.choice(dtypes)) for _ in shapes)
    operands = tuple(_operand(shape, dtype, generator) for shape, dtype in zip(shapes, types))
    return Problem(expression, _met(expression, shapes, drawn), operands, types)


def _rank(axes: int, ellipsis: bool, generator: Generator) -> int:
    return axes - 1 + int(generator.integers(0, LONGEST + 1)) if ellipsis else axes


def _sizes(expression: Expression, told: dict[Index, int], generator: Generator) -> dict[Index, int]:
    """A size for every index; in the end only ones, where there are many."""
    indices = list(dict.fromkeys(index for layout in expression.operands for index in flat(layout)))
    grouped = _grouped(expression)
    sizes = {index: told[index] for index in indices if index in told}
    points = 1
    for index in generator.permutation(np.array(indices, dtype=object)):
        if index not in sizes:
            size = int(generator.choice(SIZES))
            size = 0 if index not in grouped and generator.random() < RARELY / 4 else size
            sizes[index] = size if points * size <= POINTS else 1
        points *= max(1, sizes[index])
    return {index: sizes[index] for index in indices}


def _grouped(expression: Expression) -> set[Index]:
    """The indices that are merged with others somewhere, whose sizes are solved from shapes."""
    return {index for layout in expression.operands for group in layout if len(group) > 1 for index in group}


def _shape(layout: Layout, sizes: dict[Index, int]) -> Iterator[int]:
    for group in layout:
        size = 1
        for index in group:
            size *= sizes[index]
        yield size


def _narrowed(layout: Layout, shape: Shape, fixed: Set[Index], generator: Generator) -> Shape:
    """The shape with size 1 for some of its indices, which then broadcast."""
    narrow = {group[0] for group in layout if len(group) == 1 and generator.random() < RARELY} - fixed
    return tuple(1 if len(group) == 1 and group[0] in narrow else size for group, size in zip(layout, shape))


def _met(expression: Expression, shapes: Sequence[Shape], drawn: dict[Index, int]) -> dict[Index, int]:
    """The sizes that the shapes have together."""
    sizes = dict.fromkeys(drawn, 1)
    for layout, shape in zip(expression.operands, shapes):
        for group, size in zip(layout, shape):
            for index in group:
                own = size if len(group) == 1 else drawn[index]
                sizes[index] = own if own != 1 else sizes[index]
    return sizes


def _operand(shape: Shape, dtype: str, generator: Generator) -> Any:
    """Elements of at most 1 in magnitude, or small integers; in one of two orders in memory."""
    match np.dtype("float32" if dtype == "bfloat16" else dtype).kind:
        case "b":
            array = np.asarray(generator.random(shape) < 0.5)
        case "i":
            array = np.asarray(generator.integers(-9, 10, shape))
        case "u":
            array = np.asarray(generator.integers(0, 10, shape))
        case "c":
            array = np.asarray(generator.uniform(-0.7, 0.7, shape) + 1j * generator.uniform(-0.7, 0.7, shape))
        case _:
            array = np.asarray(generator.uniform(-1, 1, shape))
    array = array.astype("float32" if dtype == "bfloat16" else dtype)
    return np.asfortranarray(array) if array.ndim and generator.random() < 0.5 else array
