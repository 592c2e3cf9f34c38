"""What a plan does and costs, as a value with fields and as a table to read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from einc.backends.spelling import itemsize
from einc.compiler import compiled
from einc.corridor import Plan
from einc.emit import calls
from einc.expression import Expression, Index, Shape, Sizes, flat
from einc.memory import peak
from einc.options import choose
from einc.plan import to_path
from einc.program import Step, Value, read
from einc.stages import stages
from einc.tree import node_macs, points

HEAD = ("step", "contraction", "MACs", "bytes", "result", "calls")
HUGE = 10**15
NUMBERS = (0, 2, 3)  # the columns of a table that are set to the right


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step of a plan: an operand's own reduction, or the contraction of a pair.

    Attributes:
        contraction: the step as an expression, in the user's own letters.
        calls: the library calls it became, in order.
        macs: multiply-adds.
        bytes: what it reads and writes at least, each array once.
        shape: of its result.
    """

    contraction: str
    calls: tuple[str, ...]
    macs: int
    bytes: int
    shape: Shape


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `einc.explain` tells; printed, it is a table.

    Attributes:
        expression: the expression, every axis named.
        library: the library planned for, and `dtype` the type of the result.
        sizes: of every index.
        path: the order of contraction, in opt_einsum's linear format.
        steps: a report for each step.
        macs: multiply-adds of all steps; `naive_macs`, of one loop over all indices.
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
    steps: tuple[StepReport, ...]
    macs: int
    naive_macs: int
    bytes: int
    slices: int
    peak: int
    largest_intermediate: int
    source: str

    @property
    def intensity(self) -> float:
        """Floating-point operations (two for a multiply-add) for each byte moved."""
        return 2 * self.macs / max(1, self.bytes)

    def __str__(self) -> str:
        sizes = "  ".join(f"{index}={size}" for index, size in self.sizes.items())
        ratio = f", {_readable(Decimal(self.naive_macs) / self.macs)}x fewer" if 0 < self.macs < self.naive_macs else ""
        return "\n".join(
            [
                f"{self.expression}    {self.library}, {self.dtype}",
                f"sizes: {sizes}" if sizes else "no sizes",
                f"naive: {_readable(self.naive_macs)} MACs; in this order: {_readable(self.macs)} MACs{ratio}",
                f"largest intermediate: {_readable(self.largest_intermediate)} elements; "
                f"{_readable(self.bytes)} bytes moved, {self.intensity:.1f} flops a byte",
                f"at most {_readable(self.peak)} bytes at once" + self._in_slices(),
                "",
                *_table([HEAD, *(_row(number, step) for number, step in enumerate(self.steps)), self._total()]),
            ]
        )

    def _in_slices(self) -> str:
        return f", in {_readable(self.slices)} slices" if self.slices > 1 else ""

    def _total(self) -> tuple[str, ...]:
        calls = sum(len(step.calls) for step in self.steps)
        return "", "total", _readable(self.macs), _readable(self.bytes), "", f"{calls} call{'s' * (calls != 1)}"


def explain(expression: str, /, *operands: Any, library: str | None = None, **choices: Any) -> Explanation:
    """Say what einc would do with operands of these shapes, step by step, and what it costs.

    Args:
        expression: letters or words.
        *operands: one shape, or array, per term.
        library: `"numpy"` (the default) or `"torch"`, where shapes are given.
        **choices: as in `einc.compile`, sizes included.

    Raises:
        EincError: where the text is wrong, or the shapes do not fit it.
    """
    return report(compiled(expression, choose(choices)).plan(*operands, library=library))


def contract_path(expression: str, /, *operands: Any, **choices: Any) -> tuple[list[tuple[int, ...]], Explanation]:
    """The order of contraction in opt_einsum's linear format, and a report of it that prints as a table.

    Args:
        expression: letters or words.
        *operands: one array, or shape, per term.
        **choices: as in `einc.compile`, sizes included.

    Raises:
        EincError: where the text is wrong, or the operands do not fit it.
    """
    explanation = report(compiled(expression, choose(choices)).plan(*operands))
    return explanation.path, explanation


def report(plan: Plan) -> Explanation:
    """The explanation of a plan."""
    steps = tuple(_steps(plan))
    loop = frozenset(index for layout in plan.expression.operands for index in flat(layout))
    return Explanation(
        expression=str(plan.expression),
        library=plan.kind.library,
        dtype=plan.program.results[0].dtype,
        sizes=dict(plan.sizes),
        path=to_path(plan.tree),
        steps=steps,
        macs=sum(step.macs for step in steps),
        naive_macs=points(loop, plan.sizes) * max(1, plan.tree.operands - 1),
        bytes=sum(step.bytes for step in steps),
        slices=points(plan.tree.sliced, plan.sizes),
        peak=peak(plan.program, plan.sizes),
        largest_intermediate=max(math.prod(step.shape) for step in steps),
        source=plan.source,
    )


def _steps(plan: Plan) -> Iterator[StepReport]:
    """One report for each node of the tree that has something to do."""
    spelled = calls(plan.program, plan.kind.backend)
    lines: dict[int, list[tuple[Step, str]]] = {}
    for step, call in zip(plan.program.steps, spelled):
        lines.setdefault(step.node, []).append((step, call))
    costs = node_macs(plan.tree, plan.expression, plan.sizes)
    _, inside, _ = stages(plan.program)
    repeated = {step.node for step in inside}
    for node, own in sorted(lines.items()):
        made = [step.value for step, _ in own]
        taken = dict.fromkeys(value for step, _ in own for value in read(step.op) if value not in made)
        yield StepReport(
            contraction=str(Expression(tuple(value.layout for value in taken), made[-1].layout)),
            calls=tuple(call for _, call in own),
            macs=costs[node],
            bytes=sum(_bytes(value, plan.sizes) for value in (*taken, made[-1]))
            * (points(plan.tree.sliced, plan.sizes) if node in repeated else 1),
            shape=tuple(points(group, plan.sizes) for group in made[-1].layout),
        )


def _bytes(value: Value, sizes: Sizes) -> int:
    """Of the elements a value stands for, a diagonal's once."""
    return points(frozenset(value.indices), sizes) * itemsize(value.dtype)


def _readable(number: int | Decimal) -> str:
    """A count in full, a ratio to one digit, and either as a power of ten where it is very large."""
    if number >= HUGE:
        return f"{Decimal(number):.2e}"
    return f"{number:,}" if isinstance(number, int) else f"{number:,.1f}"


def _row(number: int, step: StepReport) -> tuple[str, ...]:
    shape = "x".join(map(str, step.shape)) or "scalar"
    return str(number), step.contraction, _readable(step.macs), _readable(step.bytes), shape, "; ".join(step.calls)


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows in columns; numbers to the right, texts to the left."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return [
        "  ".join(
            cell.rjust(width) if column in NUMBERS else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in rows
    ]
