"""How long copies take."""

from __future__ import annotations

from einc.backends.spelling import Rates
from einc.expression import Group
from einc.price.lie import Memory
from einc.program import Value

WARM = 2**20  # elements of an array that stays near the processor, in memory that was used before
NEARER = 8.0  # times as many runs are started a second there
TURNED = 2.0  # times as many where a matrix is transposed, and no more


def copy_seconds(x: Value, to: Group, memory: Memory, rates: Rates) -> float:
    """Of a copy of `x` that lies in the order `to`."""
    elements, order = memory.points(to), memory.order(x)
    starts = rates.far
    if elements < WARM:
        starts *= NEARER
    elif _is_transposed(memory.told(order), memory.told(to)):
        starts *= TURNED
    return rates.call + elements / rates.near + elements / memory.run(to, (order,)) / starts


def _is_transposed(order: Group, to: Group) -> bool:
    """Whether two groups of indices have changed places."""
    at = order.index(to[0]) if to else 0
    return (*order[at:], *order[:at]) == to
