"""What a value costs the pair that reads it next, by how it lies: a guess that looks at no way of that pair."""

from __future__ import annotations

from itertools import groupby
from math import inf

from einc.expression import Group
from einc.lower.line import Line
from einc.price.runs import copy_seconds
from einc.program import Value
from einc.tree import Contraction, Indices


def hindrance(line: Line, value: Value, step: Contraction, other: Value | None) -> float:
    """The seconds that a pair takes longer for how one of its sides lies: those of a copy, or of one slow loop.

    A product element by element is quicker where its sides lie in one order. A matrix product needs no copy where
    the summed indices lie together, in the order of the other side, the free ones in two pieces at most (of which one
    becomes a batch), and those of the batch not innermost.

    Args:
        line: which knows how values lie.
        value: one side of the pair.
        step: the pair.
        other: its other side, if that is made already.
    """
    shared = step.left_indices & step.right_indices
    summed = shared - step.kept
    if line.pricing is None:
        return 0.0
    memory, backend = line.pricing.memory, line.pricing.backend
    rates = line.pricing.rates_in(value.dtype)
    lies = memory.told(memory.order(value))
    if not summed:
        return 0.0 if other is None else line.pricing.turned(lies, memory.order(other), value.dtype)
    roles = [(index in summed) - (index in shared and index in step.kept) for index in lies]
    runs = [role for role, _ in groupby(roles)]
    alike = other is None or len(summed) < 2 or _in_order(lies, summed) == _in_order(memory.order(other), summed)
    least = inf
    if alike and runs.count(1) < 2 and runs.count(0) < 3 and runs[-1:] != [-1]:
        least = rates.general - rates.call if runs.count(0) == 2 and (3, 3) not in backend.matmul else 0.0
    if not least:
        return least
    to = tuple([index for role in (-1, 0, 1) for index, own in zip(lies, roles) if own == role])
    least = min(least, copy_seconds(value, to, memory, rates))
    if value.dtype in backend.looped:
        least = min(least, memory.points(tuple(step.touched)) / rates.loop)
    return least


def _in_order(lies: Group, group: Indices) -> list[str]:
    """The indices of a group as they lie."""
    return [index for index in lies if index in group]
