"""The least seconds that any way of a pair may take: below which no layout gets it."""

from __future__ import annotations

from einc.backends.spelling import category
from einc.lower.line import Line
from einc.lower.pair import Pair
from einc.price.matrices import least_product


def floor(line: Line, pair: Pair) -> float:
    """Those of a matrix product, of products of vectors or of one loop, where operands lie well; or 0."""
    roles, pricing = pair.roles, line.pricing
    if pricing is None or not roles.summed or pair.product != pair.x.dtype or category(pair.product) != "inexact":
        return 0.0
    matrices, m, k, n = map(line.points, (roles.batch, roles.left, roles.summed, roles.right))
    least = least_product(matrices, m, k, n, pricing.backend, pair.product)
    if not roles.left and not roles.right and roles.batch:
        least = min(least, pricing.least_vecdot(matrices, matrices * k, pair.product))
    if line.may_loop(pair.x, pair.y):
        every = (*roles.batch, *roles.left, *roles.summed, *roles.right)
        return min(least, pricing.least_loop(every, pair.x.dtype))
    return least
