"""Is a text legal in itself, and do these operands fit it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from einc import errors
from einc.expression import ELLIPSIS, Expression, Index, Shape, Sizes, Term, Written


def check_text(written: Written) -> None:
    """Check what can be checked without operands.

    Raises:
        EincError: for a second ellipsis in a term, an output index that no operand has, or
            one written more than once.
    """
    for term in (*written.operands, *([written.output] if written.output else [])):
        if term.symbols.count(ELLIPSIS) > 1:
            raise errors.second_ellipsis(written.text, term.place(_positions(term, ELLIPSIS)[1]))
    if written.output is None:
        return
    known = {symbol for term in written.operands for symbol in term.symbols} | {ELLIPSIS}
    times = Counter(written.output.symbols)
    for position, symbol in enumerate(written.output.symbols):
        if symbol not in known:
            raise errors.unknown_output_index(written.text, written.output.place(position), symbol)
        if times[symbol] > 1:
            places = [written.output.place(position) for position in _positions(written.output, symbol)]
            raise errors.repeated_output_index(written.text, places, symbol)


def check_ranks(written: Written, shapes: Sequence[Shape]) -> None:
    """Check that there is one operand per term, with the axes it names.

    Raises:
        EincError: naming the operand and its shape.
    """
    if len(shapes) != len(written.operands):
        raise errors.operand_count(written.text, len(written.operands), len(shapes))
    for operand, (term, shape) in enumerate(zip(written.operands, shapes)):
        ellipsis = ELLIPSIS in term.symbols
        letters = len(term.symbols) - ellipsis
        if len(shape) < letters or (len(shape) > letters and not ellipsis):
            raise errors.wrong_rank(written.text, term.span, operand, letters, ellipsis, shape)


def check_sizes(written: Written, expression: Expression, shapes: Sequence[Shape]) -> Sizes:
    """The size of every index: what all operands agree on, where an axis of size 1 agrees with any.

    Raises:
        EincError: naming the index, both operands and both sizes.
    """
    sizes: dict[Index, int] = {}
    giver: dict[Index, int] = {}  # the operand an index has its size from
    for operand, (layout, shape) in enumerate(zip(expression.operands, shapes)):
        inside: dict[Index, int] = {}
        for (index,), size in zip(layout, shape):
            if inside.setdefault(index, size) != size:
                raise _uneven_diagonal(written, expression, operand, index, shape)
            if sizes.get(index, 1) == 1:
                sizes[index], giver[index] = size, operand
            elif size not in (1, sizes[index]):
                places = [_place(written.operands[where], index) for where in (giver[index], operand)]
                raise errors.size_mismatch(written.text, places, index, (giver[index], operand), (sizes[index], size))
    return sizes


def _uneven_diagonal(
    written: Written, expression: Expression, operand: int, index: Index, shape: Shape
) -> errors.EincError:
    term = written.operands[operand]
    places = [term.place(position) for position in _positions(term, index)]
    found = [size for group, size in zip(expression.operands[operand], shape) if group == (index,)]
    return errors.uneven_diagonal(written.text, places, index, operand, found)


def _place(term: Term, index: Index) -> errors.Span:
    """Where the term has the index, by name or in its ellipsis."""
    return term.place(term.symbols.index(index if index in term.symbols else ELLIPSIS))


def _positions(term: Term, symbol: str) -> list[int]:
    return [position for position, found in enumerate(term.symbols) if found == symbol]
