"""A program while it is being written."""

from __future__ import annotations

from einc.program import Primitive, Step, Value, dtype, layout


class Line:
    """The steps so far. Called with a primitive, it adds the step, names its value and returns it."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.node = 0  # the tree node that the steps to come serve

    def __call__(self, op: Primitive) -> Value:
        """Add a step."""
        value = Value(f"t{len(self.steps)}", layout(op), dtype(op))
        self.steps.append(Step(value, op, self.node))
        return value
