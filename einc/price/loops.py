"""How long one loop over all indices takes.

NumPy's goes over runs of elements in nested loops, of which it prepares two together: to begin a run takes little then,
and to begin the loop around runs takes longer; longest where one of both is summed over, and others are around them.
"""

from __future__ import annotations

from einc.backends.spelling import Rates
from einc.expression import Group
from einc.price.lie import Memory
from einc.price.runs import READING
from einc.program import Loop

AXIS = 5e-8  # seconds for each index
ANEW = 3.0  # times as long as to begin a run it takes to begin the loop around runs
TURNING = 13.0  # times as long if one of both is summed over
TOGETHER = 3  # loops, of which that is quick


def loop_seconds(loop: Loop, memory: Memory, rates: Rates) -> float:
    """Of one loop: as long as its points are many, longer for short runs and strides."""
    if len(loop.operands) == 1:
        return least_sum(memory.points(loop.operands[0].indices), rates)
    order = memory.of_loop(loop)
    points, lies = memory.points(order), [memory.order(x) for x in loop.operands]
    loops = memory.nested(order, [*lies, tuple([index for index in order if index in loop.to])])
    run, around = (*loops, (), ())[:2]
    runs = points / memory.points(run)
    blocks = runs / memory.points(around)
    if len({index in loop.to for index in (*run[:1], *around[:1])}) < 2:
        runs += ANEW * blocks
    elif len(loops) > TOGETHER:
        runs += TURNING * blocks
    seconds = least_loop(order, memory, rates) + runs * rates.multiplying.run
    if any(memory.stride(own, run) > 1 for own in lies):
        seconds += points * rates.multiplying.strided
    return seconds


def least_loop(indices: Group, memory: Memory, rates: Rates) -> float:
    """The seconds of one loop over some indices, if its runs are long."""
    return rates.summing + AXIS * len(indices) + memory.points(indices) / rates.loop


def least_sum(elements: int, rates: Rates) -> float:
    """The seconds of a sum of what lies well."""
    return rates.summing + elements / rates.near / READING
