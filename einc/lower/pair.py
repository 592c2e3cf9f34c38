"""One pair of values to their contraction: a rule per kind of pair.

A rule's first line states when it applies. Values come in with one axis per index and go
out so, in an order that costs no copy; only the last is brought into the order wanted.
"""

from __future__ import annotations

from itertools import dropwhile

from einc.expression import Group, Layout, apart
from einc.lower.classify import Roles, classify
from einc.lower.line import Line
from einc.lower.unary import arranged, cast, regrouped
from einc.program import Matmul, Multiply, Value
from einc.tree import Indices


def contract(line: Line, x: Value, y: Value, kept: Indices, wanted: Group, product: str) -> Value:
    """The contraction of `x` and `y` over all indices that are not kept.

    `wanted` is an order of the kept indices that would be welcome, and `product` the dtype
    of matrix products.
    """
    roles = classify(x, y, kept)
    if not roles.summed:
        return multiplied(line, x, y, _product_order(x, y, roles, wanted))
    if _better_swapped(roles, wanted):
        x, y, roles = y, x, classify(y, x, kept)
    back = x.dtype
    z = matrix_multiplied(line, cast(line, x, product), cast(line, y, product), roles)
    return cast(line, z, back)


def multiplied(line: Line, x: Value, y: Value, order: Group) -> Value:
    """Nothing is summed: an elementwise product, where an index missing on one side is an axis of size one."""
    return line(Multiply(_spread(line, x, order), _spread(line, y, order)))


def matrix_multiplied(line: Line, x: Value, y: Value, roles: Roles) -> Value:
    """Something is summed: a matrix product, of vectors where no batch needs its sides as matrices."""
    summed = _summed_order(x, y, roles)
    batch = apart(roles.batch)
    x = arranged(line, x, (*batch, *_side(roles.left, batch), summed))
    y = arranged(line, y, (*batch, summed, *_side(roles.right, batch)))
    return regrouped(line, line(Matmul(x, y)), apart((*roles.batch, *roles.left, *roles.right)))


def _side(indices: Group, batch: Layout) -> Layout:
    """The axis for the free indices of one side; without any, an axis of size one where a batch needs a matrix."""
    return (indices,) if indices or batch else ()


def _spread(line: Line, x: Value, order: Group) -> Value:
    """`x` in the order given, with axes of size one for what it lacks (except in front, where none is needed)."""
    own = frozenset(x.indices)
    axes = [(index,) if index in own else () for index in order]
    return arranged(line, x, tuple(dropwhile(lambda group: not group, axes)))


def _product_order(x: Value, y: Value, roles: Roles, wanted: Group) -> Group:
    """The order wanted, if any; else that of the side which has every index, so that it stays as it lies."""
    if wanted:
        return wanted
    return y.indices if not roles.left else (*x.indices, *roles.right)


def _better_swapped(roles: Roles, wanted: Group) -> bool:
    """Whether y·x puts the matrix before the vector, or comes out as wanted where x·y does not."""
    if not roles.batch and not roles.left:
        return bool(roles.right)
    straight = (*roles.batch, *roles.left, *roles.right)
    return wanted != straight and wanted == (*roles.batch, *roles.right, *roles.left)


def _summed_order(x: Value, y: Value, roles: Roles) -> Group:
    """The order of the summed axis: as in x, unless only the order of y spares the larger number of copies."""
    as_in_x, summed = roles.summed, frozenset(roles.summed)
    as_in_y = tuple(index for index in y.indices if index in summed)
    return min((as_in_x, as_in_y), key=lambda order: _copies(x, order) + _copies(y, order))


def _copies(x: Value, group: Group) -> int:
    """How many copies it takes to merge a group of x's axes: none where they lie side by side in order."""
    if len(group) < 2:
        return 0
    at = x.indices.index(group[0])
    return int(x.indices[at : at + len(group)] != group)
