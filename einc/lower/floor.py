"""The least seconds that any way of a pair may take: what no layout helps."""

from __future__ import annotations

from einc.backends.spelling import category
from einc.lower.line import Line
from einc.lower.pair import Pair
from einc.price.matrices import least_product


def floor(line: Line, pair: Pair) -> float:
    """Those of a matrix product of operands that lie well, or of one loop; nothing where other ways are usual."""
    roles, pricing = pair.roles, line.pricing
    usual = roles.summed and (roles.left or roles.right) and pair.product == pair.x.dtype
    if pricing is None or not usual or category(pair.product) != "inexact":
        return 0.0
    matrices, m, k, n = map(line.points, (roles.batch, roles.left, roles.summed, roles.right))
    least = least_product(matrices, m, k, n, pricing.backend, pricing.macs(pair.product))
    if line.may_loop(pair.x, pair.y):
        every = (*roles.batch, *roles.left, *roles.summed, *roles.right)
        return min(least, pricing.least_loop(every, pair.x.dtype))
    return least
