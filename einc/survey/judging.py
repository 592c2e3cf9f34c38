"""What is wrong with one expression, or could be done in far less time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from einc import errors
from einc.errors import EincError
from einc.expression import Expression, Written, flat
from einc.plan import ALWAYS_EXACT, Planner, exact
from einc.plan.orders import left_to_right
from einc.read import read
from einc.resolve import resolve
from einc.survey.dialects import Dialect
from einc.tree import Tree, contractions

KINDS = ("invalid", "count", "unused", "order")
SIZE = 2**12  # of every index, as none is known: large enough for the leading power to decide
FEWEST = 3  # operands that have an order
QUICK = Planner(budget=1.0, moves=100, compiled=False, progress=False)
TOLD = {"loop": "one loop over all indices", "left": "the order from left to right"}


class Judgement(NamedTuple):
    """A kind of finding, and its words."""

    kind: str
    complaint: EincError


def judgements(text: str, dialect: Dialect, operands: int | None, optimizes: bool) -> Iterator[Judgement]:
    """All that is to be said about a text.

    Args:
        text: the expression.
        dialect: of the library that runs it.
        operands: how many the call gives, if that is known.
        optimizes: whether the call says how the order is to be found.
    """
    try:
        written = read(text, dialect.notation)
    except EincError as complaint:
        yield Judgement("invalid", complaint)
        return
    if operands not in (None, len(written.operands)) and not (dialect.library == "einc" and operands == 0):
        yield Judgement("count", errors.operand_count(text, len(written.operands), operands or 0))
    yield from _lonely(written)
    if len(written.operands) >= FEWEST and dialect.order != "best" and not optimizes:
        yield from _slow(written, dialect)


def _lonely(written: Written) -> Iterator[Judgement]:
    """Indices that nothing meets: in one operand, once, and not in the output; none is, where all are summed."""
    if written.output is None or not written.output.axes or len(written.operands) < 2:
        return
    times = Counter(index for term in written.operands for index in term.indices)
    lonely = [
        (index, operand)
        for operand, term in enumerate(written.operands)
        for index in term.indices
        if times[index] == 1 and index not in written.output.indices and index not in written.marked
    ]
    if lonely:
        places = [place for index, operand in lonely for place in written.operands[operand].places(index)]
        yield Judgement("unused", errors.lonely_indices(written.text, places, lonely))


def _slow(written: Written, dialect: Dialect) -> Iterator[Judgement]:
    """An order that takes a higher power of the size, where every size is the same."""
    expression = resolve(written, [len(term.axes) for term in written.operands])  # an ellipsis as one axis
    own = _power(expression, left_to_right(len(expression.operands)))
    if dialect.order == "loop":
        own = len({index for layout in expression.operands for index in flat(layout)})
    sizes = {index: SIZE for layout in expression.operands for index in flat(layout)}
    planned = exact if len(expression.operands) <= ALWAYS_EXACT else QUICK.tree
    best = _power(expression, planned(expression, sizes))
    if own > best:
        yield Judgement("order", errors.better_order(written.text, own, best, TOLD[dialect.order]))


def _power(expression: Expression, tree: Tree) -> int:
    """The largest number of indices that a step goes over."""
    alone = [len(set(flat(layout))) for layout in expression.operands]
    return max(*alone, *(len(step.touched) for step in contractions(tree, expression)))
