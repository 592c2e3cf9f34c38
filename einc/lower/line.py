"""A program while it is being written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TypeAlias

from einc.expression import Group, Layout, Sizes
from einc.laws import dtype, layout
from einc.lower.magnitudes import Magnitudes
from einc.price import Pricing
from einc.program import Call, Permute, Primitive, Regroup, Step, Value

LETTERS = 52  # for the indices of one loop

Moved: TypeAlias = tuple[int, int, type[Permute | Regroup], Layout]  # for which node, which value, how, and to what


class Line:
    """The steps so far. Called with a primitive, it adds the step, names its value and returns it."""

    def __init__(
        self, pricing: Pricing | None = None, before: Line | None = None, magnitudes: Magnitudes | None = None
    ) -> None:
        self.pricing = pricing
        self.magnitudes = magnitudes
        self.before = before
        self.steps: list[Step] = []
        self.prices = True  # whether steps are priced: not, where there is nothing to choose
        self.node = 0  # the tree node that the steps to come serve
        if before is None:
            self.seconds = 0.0  # predicted, where there are prices
            self.little = 0.0  # seconds of copies that nobody minds
            self.numbers: Iterator[int] = count()  # in the names of values, for all that go on from here
            self.moved: dict[Moved, tuple[Step, float]] = {}  # the views and copies that any of these has made
        else:
            self.seconds, self.little = before.seconds, before.little
            self.numbers, self.moved = before.numbers, before.moved

    def __call__(self, op: Primitive) -> Value:
        """Add a step."""
        value = Value(f"t{next(self.numbers)}", layout(op), dtype(op))
        self._add(Step(value, op, self.node), self._noted(op, value))
        return value

    def move(self, x: Value, how: type[Permute | Regroup], to: Layout) -> Value:
        """Add the step that brings a value into a layout; ways that have it in common share what it makes."""
        key = self.node, id(x), how, to
        known = self.moved.get(key) if self.prices else None
        if known is None:
            op = how(x, to)
            value = Value(f"t{next(self.numbers)}", to, x.dtype)
            known = Step(value, op, self.node), self._noted(op, value)
            if self.prices:
                self.moved[key] = known
        self._add(*known)
        return known[0].value

    def _noted(self, op: Primitive, value: Value) -> float:
        """The seconds of a step, of whose value is noted how it lies and how large its integers are."""
        seconds = 0.0
        if self.pricing is not None and self.prices:
            seconds = self.pricing.note(op, value)
        elif self.pricing is not None:
            self.pricing.place(op, value)
        if self.magnitudes is not None:
            self.magnitudes.note(op, value)
        return seconds

    def _add(self, step: Step, seconds: float) -> None:
        self.steps.append(step)
        self.seconds += seconds

    def call(self, call: Call) -> Value:
        """Add a step that calls a routine, of which nothing is noted: what it makes lies in the order of its axes."""
        value = Value(f"t{next(self.numbers)}", layout(call), dtype(call))
        self.steps.append(Step(value, call, self.node))
        return value

    @property
    def sizes(self) -> Sizes:
        """Of all indices, as far as they are known."""
        return {} if self.pricing is None else self.pricing.memory.sizes

    def order(self, value: Value) -> Group:
        """The indices of a value in the order in which they lie in memory, as far as that is known."""
        return value.indices if self.pricing is None else self.pricing.memory.order(value)

    def points(self, indices: Group) -> int:
        """The elements that indices span, one at least."""
        return 1 if self.pricing is None else self.pricing.memory.points(indices)

    def is_large(self, indices: Group) -> bool:
        """Whether a matrix product with this result is a large one."""
        return self.pricing is not None and self.pricing.memory.points(indices) >= self.pricing.rates.large

    def prefers_rows(self, matrix: Group) -> bool:
        """Whether the library is quicker with a matrix times one column, in a batch, if that is a row transposed."""
        if self.pricing is None:
            return False
        return self.pricing.rates.narrow.one and self.points(matrix) >= self.pricing.rates.tiny

    def minds_copies(self, *operands: Value) -> bool:
        """Whether copies of these would take longer than what counts as little."""
        if self.pricing is None:
            return True
        return sum(self.points(x.indices) for x in operands) >= self.little * self.pricing.rates.near

    def may_loop(self, *operands: Value) -> bool:
        """Whether the library has a call for one loop over all indices of these."""
        if self.pricing is None:
            return False
        every = {index for x in operands for index in x.indices}
        return operands[0].dtype in self.pricing.backend.looped and len(every) <= LETTERS

    def branch(self, node: int) -> Line:
        """One way to go on, for a node."""
        line = Line(self.pricing, self, self.magnitudes)
        line.node = node
        return line

    @property
    def view(self) -> float:
        """The seconds of a view."""
        return 0.0 if self.pricing is None else self.pricing.rates.view

    @property
    def own(self) -> float:
        """The seconds of what it adds to the line before."""
        return self.seconds if self.before is None else self.seconds - self.before.seconds

    def after(self, before: Line, node: int) -> Line:
        """The same steps, going on from another line, for another node."""
        if self.before is before and self.node == node:
            return self
        line = before.branch(node)
        line.steps = self.steps if self.node == node else [Step(step.value, step.op, node) for step in self.steps]
        line.seconds += self.own
        return line

    def whole(self) -> tuple[Step, ...]:
        """All steps from the first."""
        lines: list[Line] = [self]
        while (before := lines[-1].before) is not None:
            lines.append(before)
        return tuple(step for line in reversed(lines) for step in line.steps)
