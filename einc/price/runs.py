"""How long it takes to go over elements: one after the other where they lie side by side, longer where they do not.

Libraries put the axes of all arrays of a call in one order, join those that lie side by side in every array, and go
over the innermost in a run; torch has two innermost loops in one call, so that to begin the inner one takes little.
"""

from __future__ import annotations

from collections.abc import Sequence

from einc.backends.spelling import Pace, Rates
from einc.expression import Group
from einc.price.lie import Memory
from einc.program import Value

READING = 3.0  # times as quick as in new memory are elements that stay near the processor


def written_seconds(elements: int, rates: Rates) -> float:
    """Of elements that are read and written anew, one after the other."""
    return elements / rates.near / (READING if elements < rates.warm else 1.0)


def copy_seconds(x: Value, to: Group, memory: Memory, rates: Rates) -> float:
    """Of a copy of `x` that lies in the order `to`."""
    own = walked_seconds(to, (memory.order(x), to), memory, rates.copying)
    return rates.call + written_seconds(memory.points(to), rates) + own


def walked_seconds(order: Group, orders: Sequence[Group], memory: Memory, pace: Pace) -> float:
    """What a call that goes over an order takes longer for how its arrays lie, by the orders of all of them."""
    run, around, *_ = (*memory.nested(order, orders), (), ())
    elements = memory.points(order)
    runs = elements / memory.points(run)
    seconds = runs * pace.run + runs / memory.points(around) * pace.block
    if any(memory.stride(own, run) > 1 for own in orders):
        seconds += elements * pace.strided
    return seconds
