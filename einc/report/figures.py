"""Plan to explanation: the figures of every step, and of all of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from einc.backends.spelling import itemsize
from einc.corridor import Plan
from einc.emit.spell import calls
from einc.expression import Expression, flat
from einc.memory import live, peak
from einc.plan import ALWAYS_EXACT, LARGEST, Optimize, Planner, exact, to_path
from einc.plan.orders import left_to_right
from einc.price import Setting, priced
from einc.program import Collect, Contiguous, Copy, Matmul, Regroup, Slice, Step, Value, Vecdot, read
from einc.report.explanation import Explanation
from einc.report.facts import StepReport
from einc.stages import stages
from einc.tree import macs, node_macs, points


class Line(NamedTuple):
    """What is known about one line of a program."""

    step: Step
    call: str
    seconds: float
    copies: bool
    views: int
    times: int  # how often it runs


def report(plan: Plan, optimize: Optimize) -> Explanation:
    """The explanation of a plan, whose order came from `optimize`."""
    steps = tuple(_steps(plan))
    loop = frozenset(index for layout in plan.expression.operands for index in flat(layout))
    own = macs(plan.tree, plan.expression, plan.sizes)
    return Explanation(
        expression=str(plan.expression),
        library=plan.kind.library,
        dtype=plan.program.results[0].dtype,
        sizes=dict(plan.sizes),
        path=to_path(plan.tree),
        planner=_planner(optimize, plan.tree.operands),
        steps=steps,
        macs=own,
        naive_macs=points(loop, plan.sizes) * max(1, plan.tree.operands - 1),
        left_to_right_macs=macs(left_to_right(plan.tree.operands), plan.expression, plan.sizes),
        least_macs=_least(plan, optimize, own),
        bytes=sum(step.bytes for step in steps),
        slices=points(plan.tree.sliced, plan.sizes),
        peak=peak(plan.program, plan.sizes),
        largest_intermediate=max(math.prod(step.shape) for step in steps),
        source=plan.source,
    )


def _steps(plan: Plan) -> Iterator[StepReport]:
    """One report for each node of the tree that has something to do."""
    nodes: dict[int, list[Line]] = {}
    for line in lines(plan):
        nodes.setdefault(line.step.node, []).append(line)
    costs = node_macs(plan.tree, plan.expression, plan.sizes)
    at_once = live(plan.program, plan.sizes)
    slices = points(plan.tree.sliced, plan.sizes)
    total = sum(line.seconds for lines in nodes.values() for line in lines)
    repeated = {step.node for step in stages(plan.program)[1]}
    for node, own in sorted(nodes.items()):
        made = [line.step.value for line in own]
        taken = dict.fromkeys(value for line in own for value in read(line.step.op) if value not in made)
        seconds = sum(line.seconds for line in own)
        yield StepReport(
            contraction=str(Expression(tuple(value.layout for value in taken), made[-1].layout)),
            calls=tuple(line.call for line in own),
            macs=costs[node],
            bytes=sum(bytes_of(value, plan) for value in (*taken, made[-1])) * (slices if node in repeated else 1),
            shape=tuple(points(group, plan.sizes) for group in made[-1].layout),
            copies=sum(line.copies for line in own),
            views=sum(line.views for line in own),
            seconds=seconds,
            share=seconds / total,
            live=max(at_once[value] for value in made),
        )


def lines(plan: Plan) -> Iterator[Line]:
    """What every line takes in all slices, and whether it copies."""
    setting = Setting(plan.sizes, plan.kind.backend, plan.kind.strided)
    pricing = priced(plan.program.operands, setting)
    lies = pricing.memory
    times = _times(plan)
    for step, call in zip(plan.program.steps, calls(plan.program, plan.kind.backend)):
        match step.op:
            case Regroup(x, to):
                copied = not lies.is_view(x, to)
            case op:
                copied = isinstance(op, Contiguous | Copy)
        products = read(step.op) if isinstance(step.op, Matmul | Vecdot) else ()
        turned = [x for x in products if lies.told(lies.order(x)) != lies.told(flat(x.layout))]
        repeated = times.get(step.value, 1)
        yield Line(step, call, pricing.note(step.op, step.value) * repeated, copied, len(turned), repeated)


def _times(plan: Plan) -> Mapping[Value, int]:
    """How often a line runs, where that is not once; a whole is gone over once for every slice that is added to it."""
    times: dict[Value, int] = {}
    slices = points(plan.tree.sliced, plan.sizes)
    for step in stages(plan.program)[1]:
        times[step.value] = slices
    for step in plan.program.steps:
        if isinstance(step.op, Collect):
            times[step.value] = slices // max(1, points(step.op.indices, plan.sizes))
        elif isinstance(step.op, Slice):
            times[step.value] = slices
    return times


def bytes_of(value: Value, plan: Plan) -> int:
    """Of the elements a value stands for, a diagonal's once."""
    return points(frozenset(value.indices), plan.sizes) * itemsize(value.dtype)


def _least(plan: Plan, optimize: Optimize, own: int) -> int | None:
    """The multiply-adds of the best of all orders, where that is known or quickly found."""
    operands = plan.tree.operands
    if operands <= ALWAYS_EXACT:
        return min(own, macs(exact(plan.expression, plan.sizes), plan.expression, plan.sizes))
    searched = optimize == "exact" or (optimize == "optimal" and operands <= LARGEST)
    return own if searched and not plan.tree.sliced else None


def _planner(optimize: Optimize, operands: int) -> str:
    """What found an order, in words."""
    small = operands <= ALWAYS_EXACT
    match optimize:
        case _ if operands <= 2:
            return "the only one"
        case "exact":
            return "exact search"
        case "auto":
            return "exact search" if small else "short search"
        case "optimal":
            return "exact search" if operands <= LARGEST else "short search"
        case "greedy":
            return "greedy search"
        case str():
            return f"{optimize} of opt_einsum"
        case Planner():
            spent = f"{optimize.budget:g} s" if optimize.moves is None else f"{optimize.moves} moves"
            return "exact search" if small else f"search of {spent}"
        case tuple() | list():
            return "a given path"
        case _:
            return type(optimize).__name__
