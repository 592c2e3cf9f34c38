"""The seconds that a way takes at least, told without its steps: so many ways need not be looked at."""

from __future__ import annotations

from einc.backends.spelling import category
from einc.expression import Group, Layout, flat
from einc.lower.classify import Roles
from einc.lower.line import Line
from einc.price.matrices import least_product
from einc.price.runs import copy_seconds
from einc.program import Loop, Value
from einc.tree import Indices


def of_matrices(line: Line, x: Value, y: Value, roles: Roles, product: str, kept: Indices) -> float:
    """Those of the copies that these roles need, of a product of what lies well then, and of sums that are left to it.

    0 where that is not known.

    Args:
        line: that the product would go on from.
        x: one side.
        y: the other.
        roles: what every index would be.
        product: the dtype that both would be brought into.
        kept: the indices that the result needs.
    """
    if line.pricing is None or product != x.dtype or category(product) != "inexact":
        return 0.0
    matrices, m, k, n = map(line.points, (roles.batch, roles.left, roles.summed, roles.right))
    seconds = least_product(matrices, m, k, n, line.pricing.backend, product)
    if not kept.issuperset(roles.batch):
        seconds += line.pricing.least_sum(line.points((*roles.batch, *roles.left, *roles.right)), product)
    seconds += _copied(line, x, roles.batch, (roles.left, roles.summed))
    return seconds + _copied(line, y, roles.batch, (roles.summed, roles.right))


def of_vectors(line: Line, x: Value, y: Value, batch: Group, order: Group) -> float:
    """Those of the copies that bring an order about in both sides, and of products of what lies well then."""
    if line.pricing is None:
        return 0.0
    seconds = line.pricing.least_vecdot(line.points(batch), line.points(x.indices), x.dtype)
    return seconds + _copied(line, x, batch, (order,)) + _copied(line, y, batch, (order,))


def of_loop(line: Line, loop: Loop) -> float:
    """Those of one loop, all that there is to it."""
    return 0.0 if line.pricing is None else line.pricing.loop(loop)


def of_products_and_sums(line: Line, x: Value) -> float:
    """Those of a product element by element that lies as one of its sides does, and of its sum."""
    if line.pricing is None:
        return 0.0
    elements = line.points(x.indices)
    return line.pricing.least_elementwise(elements, x.dtype) + line.pricing.least_sum(elements, x.dtype)


def _copied(line: Line, x: Value, batch: Group, groups: Layout) -> float:
    """The seconds of the copy that merging groups of axes takes, if any."""
    if line.pricing is None or line.pricing.memory.is_view(x, groups):
        return 0.0
    own = frozenset(x.indices)
    to = tuple([index for index in (*batch, *flat(groups)) if index in own])
    return copy_seconds(x, to, line.pricing.memory, line.pricing.rates_in(x.dtype))
