"""`Written` to `Expression`: the implicit output, the axes of an ellipsis, broadcasting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from einc.expression import ELLIPSIS, Expression, Group, Layout, Shape, Sizes, Term, Written, apart


def resolve(written: Written, ranks: Sequence[int] | None = None) -> Expression:
    """Name every axis.

    Args:
        written: a text that was found legal.
        ranks: one per operand, as `check_ranks` found them fitting. None will do where no
            operand has an ellipsis.
    """
    widths = [
        rank - len(term.axes) + 1 if ELLIPSIS in term.axes else 0 for term, rank in zip(written.operands, ranks or ())
    ]
    ellipsis = tuple(f"{ELLIPSIS}{axis}" for axis in range(max(widths, default=0)))
    operands = tuple(
        _layout(term, ellipsis[len(ellipsis) - width :])
        for term, width in zip(written.operands, widths or [0] * len(written.operands))
    )
    if written.output is not None:
        return Expression(operands, _layout(written.output, ellipsis))
    times = Counter(index for term in written.operands for index in term.indices)
    return Expression(operands, apart((*ellipsis, *sorted(index for index, count in times.items() if count == 1))))


def broadcast(expression: Expression, shapes: Sequence[Shape], sizes: Sizes) -> Expression:
    """Say which axes broadcast: those of size 1 whose index is larger elsewhere become empty groups."""
    if all(size != 1 for shape in shapes for size in shape):
        return expression
    operands = tuple(
        tuple(() if size == 1 and _is_larger(group, sizes) else group for group, size in zip(layout, shape))
        for layout, shape in zip(expression.operands, shapes)
    )
    return Expression(operands, expression.output, expression.given)


def _is_larger(group: Group, sizes: Sizes) -> bool:
    return len(group) == 1 and sizes[group[0]] != 1


def _layout(term: Term, ellipsis: Group) -> Layout:
    """The term's layout, its ellipsis standing for the axes given."""
    if not any(ELLIPSIS in axis for axis in term.axes):
        return tuple(group for group in term.axes if isinstance(group, tuple))
    layout: list[Group] = []
    for axis in term.axes:
        if isinstance(axis, tuple):
            layout.append(tuple(name for index in axis for name in (ellipsis if index == ELLIPSIS else (index,))))
        else:
            layout += apart(ellipsis)
    return tuple(layout)
