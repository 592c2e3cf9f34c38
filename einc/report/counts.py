"""Plan to counts: what its calls are and move, in whole numbers that are the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass

from einc.corridor import Plan
from einc.memory import peak, size_of
from einc.program import read
from einc.report.figures import Line, bytes_of, lines
from einc.stages import may_view
from einc.tree import macs


@dataclass(frozen=True, slots=True)
class Counts:
    """What a plan does, counted.

    Attributes:
        calls: lines of its program, those of a slice once.
        copies: arrays made only to have elements in another order, for a call that needs them so.
        views: operands of matrix products that go in as they lie, in another order than they are read.
        bytes: that its calls read and write, each operand of a call once; those of a slice, for every slice.
        macs: multiply-adds.
        peak: bytes of all intermediates that live at once, the result included, at most.
    """

    calls: int
    copies: int
    views: int
    bytes: int
    macs: int
    peak: int


def counts(plan: Plan) -> Counts:
    """The counts of a plan. They rest on no measurement, so a program that got worse can be told by them alone."""
    found = list(lines(plan))
    return Counts(
        calls=len(found),
        copies=sum(line.copies for line in found),
        views=sum(line.views for line in found),
        bytes=sum(_moved(line, plan) * line.times for line in found),
        macs=macs(plan.tree, plan.expression, plan.sizes),
        peak=peak(plan.program, plan.sizes),
    )


def _moved(line: Line, plan: Plan) -> int:
    """The bytes that a line reads and writes: none, where it only makes a view."""
    if may_view(line.step.op) and not line.copies:
        return 0
    return sum(bytes_of(value, plan) for value in read(line.step.op)) + size_of(line.step.value, plan.sizes)
