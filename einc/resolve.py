"""`Written` to `Expression`: the implicit output, the axes of an ellipsis, broadcasting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from einc.expression import ELLIPSIS, Expression, Index, Layout, Shape, Sizes, Term, Written, apart


def resolve(written: Written, ranks: Sequence[int] | None = None) -> Expression:
    """Name every axis.

    Args:
        written: a text that `check_text` found legal.
        ranks: one per operand, as `check_ranks` found them fitting. None will do where no
            operand has an ellipsis.
    """
    widths = [rank - len(term.symbols) + 1 for term, rank in _with_ellipsis(written, ranks)]
    ellipsis = tuple(f"{ELLIPSIS}{axis}" for axis in range(max(widths, default=0)))
    operands = tuple(
        _axes(term, ellipsis, (ranks[n] if ranks else len(term.symbols)) - len(term.symbols) + 1)
        for n, term in enumerate(written.operands)
    )
    if written.output is not None:
        return Expression(operands, _axes(written.output, ellipsis, len(ellipsis)))
    times = Counter(symbol for term in written.operands for symbol in term.symbols)
    once = sorted(symbol for symbol, count in times.items() if count == 1 and symbol != ELLIPSIS)
    return Expression(operands, apart((*ellipsis, *once)))


def broadcast(expression: Expression, shapes: Sequence[Shape], sizes: Sizes) -> Expression:
    """Say which axes broadcast: those of size 1 whose index is larger elsewhere become empty groups."""
    if all(size != 1 for shape in shapes for size in shape):
        return expression
    operands = tuple(
        tuple(() if size == 1 != sizes[index] else (index,) for (index,), size in zip(layout, shape))
        for layout, shape in zip(expression.operands, shapes)
    )
    return Expression(operands, expression.output)


def _with_ellipsis(written: Written, ranks: Sequence[int] | None) -> list[tuple[Term, int]]:
    return [(term, rank) for term, rank in zip(written.operands, ranks or ()) if ELLIPSIS in term.symbols]


def _axes(term: Term, ellipsis: tuple[Index, ...], width: int) -> Layout:
    """The term's layout, its ellipsis standing for the last `width` of all ellipsis axes."""
    if ELLIPSIS not in term.symbols:
        return apart(term.symbols)
    at = term.symbols.index(ELLIPSIS)
    return apart((*term.symbols[:at], *ellipsis[len(ellipsis) - width :], *term.symbols[at + 1 :]))
