"""A program while it is being written."""

from __future__ import annotations

from einc.expression import Group, Sizes, apart
from einc.laws import dtype, layout
from einc.lower.magnitudes import Magnitudes
from einc.price import Pricing
from einc.program import Call, Primitive, Step, Value

LETTERS = 52  # for the indices of one loop


class Line:
    """The steps so far. Called with a primitive, it adds the step, names its value and returns it."""

    def __init__(
        self, pricing: Pricing | None = None, before: Line | None = None, magnitudes: Magnitudes | None = None
    ) -> None:
        self.pricing = pricing
        self.magnitudes = magnitudes
        self.before = before
        self.steps: list[Step] = []
        self.first: int = 0 if before is None else before.first + len(before.steps)
        self.seconds: float = 0.0 if before is None else before.seconds  # predicted, where there are prices
        self.prices = True  # whether steps are priced: not, where there is nothing to choose
        self.node = 0  # the tree node that the steps to come serve
        self.little: float = 0.0 if before is None else before.little  # seconds of copies that nobody minds

    def __call__(self, op: Primitive) -> Value:
        """Add a step."""
        value = Value(f"t{self.first + len(self.steps)}", layout(op), dtype(op))
        if self.pricing is not None and self.prices:
            self.seconds += self.pricing.note(op, value)
        elif self.pricing is not None:
            self.pricing.place(op, value)
        if self.magnitudes is not None:
            self.magnitudes.note(op, value)
        self.steps.append(Step(value, op, self.node))
        return value

    def call(self, call: Call, names: Group) -> Value:
        """Add a step that calls a routine; `names` are the caller's for its indices, in the order of its operands."""
        routine = call.routine
        own = dict(zip(dict.fromkeys(routine.operands[0].indices + routine.operands[1].indices), names))
        made = apart([own[index] for index in routine.results[0].indices])
        value = Value(f"t{self.first + len(self.steps)}", made, routine.results[0].dtype)
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

    def whole(self) -> tuple[Step, ...]:
        """All steps from the first."""
        lines: list[Line] = [self]
        while (before := lines[-1].before) is not None:
            lines.append(before)
        return tuple(step for line in reversed(lines) for step in line.steps)
