"""Sizes that are symbols while a call is traced, and the numbers that are planned for in their place.

What is planned is right for every size but 0 and 1, which tracers keep apart; a number only decides what
is quick. So no symbol is compared with anything, which its tracer would have to remember.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from einc.check import check_ranks
from einc.expression import Index, Shape, Written
from einc.resolve import resolve

USUAL = 64  # a size of which nothing is known


def are_numbers(shapes: Sequence[Sequence[Any]]) -> bool:
    """Whether every size is one: no symbol, and nothing that is not known."""
    return all(type(size) is int for shape in shapes for size in shape)


def known_shapes(
    shapes: Sequence[Sequence[Any]], text: Written, given: Sequence[tuple[Index, int]]
) -> tuple[Shape, ...]:
    """Shapes of numbers: a symbol is the size its tracer was shown, or one that other operands tell, or a usual one.

    Args:
        shapes: one per operand, of numbers, symbols or None for what is not known.
        text: of the expression.
        given: the sizes that no shape tells.

    Raises:
        EincError: where there are symbols, and not as many operands and axes as the text says.
    """
    if are_numbers(shapes):
        return tuple(map(tuple, shapes))
    check_ranks(text, [tuple(shape) for shape in shapes])
    layouts = resolve(text, [len(shape) for shape in shapes]).operands
    seen = [tuple(map(_seen, shape)) for shape in shapes]
    sizes = dict(given)
    for layout, shape in zip(layouts, seen):
        for group, size in zip(layout, shape):
            if len(group) == 1 and size not in (None, 1):
                sizes.setdefault(group[0], size)
    return tuple(
        tuple(
            math.prod(sizes.get(index, USUAL) for index in group) if size is None else size
            for group, size in zip(layout, shape)
        )
        for layout, shape in zip(layouts, seen)
    )


def _seen(size: Any) -> int | None:
    """The number itself, or the one that a tracer was shown where the symbol stands for many."""
    if type(size) is int or size is None:
        return size
    node = getattr(size, "node", None)
    if node is None:
        return None
    constant = node.maybe_as_int()
    shown = node.hint if constant is None else constant
    return int(shown) if constant is not None or (isinstance(shown, int) and shown > 1) else None
