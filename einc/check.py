"""Is a text legal in itself, and are there as many operands and axes as it says?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from einc import errors
from einc.expression import ELLIPSIS, Shape, Term, Written


def check_text(written: Written) -> None:
    """Check what can be checked without operands.

    Raises:
        EincError: for a second ellipsis in a term or one inside a group of an operand, an index twice in
            a group, or an output index that no operand has or that is marked as summed.
    """
    errors.report(_mistakes(written))


def _mistakes(written: Written) -> Iterator[errors.EincError]:
    for term in written.operands:
        if not _is_plain(term):
            yield from _mistakes_in(written, term)
            if ELLIPSIS not in term.axes and (places := term.places(ELLIPSIS)):
                yield errors.ellipsis_in_group(written.text, places[0])
    if written.output is not None:
        yield from _mistakes_in(written, written.output)
        yield from _mistakes_of_output(written, written.output)


def _is_plain(term: Term) -> bool:
    """Whether every axis is one index, as in most terms of thousands."""
    return all(len(axis) == 1 and axis[0] != ELLIPSIS for axis in term.axes)


def _mistakes_in(written: Written, term: Term) -> Iterator[errors.EincError]:
    if len(places := term.places(ELLIPSIS)) > 1:
        yield errors.second_ellipsis(written.text, places[1])
    for axis in term.axes:
        if axis != ELLIPSIS and len(set(axis)) < len(axis):
            index = next(index for index in axis if axis.count(index) > 1)
            yield errors.repeated_in_group(written.text, term.places(index), index)


def _mistakes_of_output(written: Written, output: Term) -> Iterator[errors.EincError]:
    known = written.indices
    for index in dict.fromkeys(output.indices):
        if index not in known:
            yield errors.unknown_output_index(written.text, output.places(index)[0], index, known)
        elif index in written.marked:
            yield errors.marked_in_output(written.text, output.places(index)[0], index)


def check_ranks(written: Written, shapes: Sequence[Shape]) -> None:
    """Check that there is one operand per term, with the axes it names.

    Raises:
        EincError: naming the operand and its shape.
    """
    if len(shapes) != len(written.operands):
        raise errors.operand_count(written.text, len(written.operands), len(shapes))
    errors.report(_wrong_ranks(written, shapes))


def _wrong_ranks(written: Written, shapes: Sequence[Shape]) -> Iterator[errors.EincError]:
    for operand, (term, shape) in enumerate(zip(written.operands, shapes)):
        ellipsis = ELLIPSIS in term.axes
        named = len(term.axes) - ellipsis
        if len(shape) < named or (len(shape) > named and not ellipsis):
            yield errors.wrong_rank(written.text, term.span, operand, named, ellipsis, shape)
