"""The way of a small pair among many: one that is good mostly, found without a look at any other.

It rests on the order of indices alone, so that a first run, which takes it without a program, computes the same bits.
"""

from __future__ import annotations

from itertools import dropwhile
from typing import NamedTuple

from einc.expression import Group, Layout, apart, flat
from einc.lower.line import Line
from einc.lower.unary import arranged, regrouped
from einc.program import Matmul, Multiply, Value
from einc.tree import Indices


class Form(NamedTuple):
    """A pair as one product.

    Attributes:
        swapped: whether the second side comes first.
        sums: whether it is a product of matrices, else one element by element.
        first: the layout in which one side goes in, and `second` the other.
        out: the layout of what comes out.
    """

    swapped: bool
    sums: bool
    first: Layout
    second: Layout
    out: Layout


def form(x: Group, y: Group, kept: Indices) -> Form:
    """That of a pair, by the indices of both sides, one axis each, and those that the result has."""
    left = tuple([index for index in x if index not in y])
    both = [index for index in x if index in y]
    right = tuple([index for index in y if index not in x])
    summed = tuple([index for index in both if index not in kept])
    if not summed:
        made = (*x, *right) if left or not right else y
        return Form(False, False, _spread(x, made), _spread(y, made), apart(made))
    if len(summed) > 1:
        summed = _fewest_copies(x, y, summed)
    batch = tuple([index for index in both if index in kept])
    if batch:
        return Form(False, True, (batch, left, summed), (batch, summed, right), (batch, left, right))
    swapped = bool(right) and (not left or (x[0] in summed and y[-1] in summed))  # before a vector, or so as both lie
    if swapped:
        left, right = right, left
    rows: Layout = (left,) if left else ()
    columns: Layout = (right,) if right else ()
    return Form(swapped, True, (*rows, summed), (summed, *columns), (*rows, *columns))


def directly(line: Line, x: Value, y: Value, kept: Indices) -> Value:
    """The steps of a pair in its form."""
    found = form(x.indices, y.indices, kept)
    first, second = (y, x) if found.swapped else (x, y)
    product = Matmul if found.sums else Multiply
    made = line(product(arranged(line, first, found.first), arranged(line, second, found.second)))
    return regrouped(line, made, apart(flat(found.out)))


def _spread(x: Group, made: Group) -> Layout:
    """The layout in which a side meets another element by element: axes of size one for what it lacks, but in front."""
    if x == made:
        return apart(x)
    return tuple(dropwhile(lambda group: not group, [(index,) if index in x else () for index in made]))


def _fewest_copies(x: Group, y: Group, summed: Group) -> Group:
    """The summed indices in the order of one side, by which more sides have them side by side."""
    other = tuple([index for index in y if index in summed])
    return other if _together(x, other) + _together(y, other) > _together(x, summed) + _together(y, summed) else summed


def _together(x: Group, group: Group) -> bool:
    at = x.index(group[0])
    return x[at : at + len(group)] == group
