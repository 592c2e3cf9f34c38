"""The nouns of an explanation: what a plan does and costs, as values with fields."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from einc.expression import Index, Shape


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step of a plan: an operand's own reduction, or the contraction of a pair.

    Attributes:
        contraction: the step as an expression, in the user's own letters.
        calls: the library calls it became, in order.
        macs: multiply-adds.
        bytes: what it reads and writes at least, each array once.
        shape: of its result.
        copies: arrays made only to have elements in another order, for a call that needs them so.
        views: operands of matrix products that lie in memory in another order than they are read, and go in as
            they lie: copies that were avoided.
        seconds: it is predicted to take, by the rates that lowering decides by (float32, on one core or on a GPU).
        share: of the seconds of all steps.
        live: bytes of all intermediates that live at once while it runs, at most.
    """

    contraction: str
    calls: tuple[str, ...]
    macs: int
    bytes: int
    shape: Shape
    copies: int = 0
    views: int = 0
    seconds: float = 0.0
    share: float = 0.0
    live: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of a plan.

    Attributes:
        expression: the expression, every axis named.
        library: the library planned for, and `dtype` the type of the result.
        sizes: of every index.
        path: the order of contraction, in opt_einsum's linear format.
        planner: what found the order.
        steps: a report for each step.
        macs: multiply-adds of all steps; `naive_macs`, of one loop over all indices; `left_to_right_macs`, of
            the operands taken as they are written; `least_macs`, of the best of all orders, where that is known.
        bytes: moved by all steps.
        slices: how often the steps run, as indices are sliced.
        peak: bytes of all intermediates that live at once, the result included, at most.
        largest_intermediate: elements of the largest array made on the way, the result included.
        source: the function that runs it.
    """

    expression: str
    library: str
    dtype: str
    sizes: dict[Index, int]
    path: list[tuple[int, ...]]
    planner: str
    steps: tuple[StepReport, ...]
    macs: int
    naive_macs: int
    left_to_right_macs: int
    least_macs: int | None
    bytes: int
    slices: int
    peak: int
    largest_intermediate: int
    source: str

    @property
    def intensity(self) -> float:
        """Floating-point operations (two for a multiply-add) for each byte moved."""
        return 2 * self.macs / max(1, self.bytes)

    @property
    def optimal(self) -> bool:
        """Whether it is proven that no order takes fewer multiply-adds."""
        return self.least_macs is not None and self.macs <= self.least_macs

    @property
    def seconds(self) -> float:
        """That all steps are predicted to take."""
        return sum(step.seconds for step in self.steps)

    @property
    def copies(self) -> int:
        """Arrays made only to have elements in another order."""
        return sum(step.copies for step in self.steps)

    @property
    def views(self) -> int:
        """Copies that were avoided."""
        return sum(step.views for step in self.steps)

    def as_dict(self) -> dict[str, Any]:
        """All fields and totals, as `json` can write them."""
        totals = ("intensity", "optimal", "seconds", "copies", "views")
        return {**asdict(self), **{name: getattr(self, name) for name in totals}}
