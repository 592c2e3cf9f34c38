"""Tree to Program: every operand reduced on its own, then every pair by the way that takes least time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from einc.arithmetic import Arithmetic
from einc.expression import Expression, Group, Layout, flat
from einc.lower.ends import finished, operands_alone
from einc.lower.growing import grown
from einc.lower.line import Line
from einc.lower.magnitudes import Magnitudes
from einc.lower.many import Aim, are_many, has_routines, straight
from einc.lower.once import at_once
from einc.lower.pair import Pair, ways
from einc.price import Setting, priced
from einc.program import Contiguous, Program, Value
from einc.tree import Tree, contractions

__all__ = ["at_once", "contiguous", "has_routines", "lower"]

BEAM = 3  # ways of what is lowered so far that are followed up
FEW = 6  # pairs, of which they always are; of many never
CHEAP = 3e-6  # seconds of a pair, in the mean, below which never


@dataclass(frozen=True, slots=True)
class Draft:
    """A way of what is lowered so far: its line, and the value of every node of the tree."""

    line: Line
    nodes: tuple[Value, ...]


def lower(expression: Expression, tree: Tree, types: Arithmetic, setting: Setting) -> Program:
    """The program that runs an expression in a tree's order and slices, in the given types.

    Of all ways to compute each pair, those are followed up whose predicted time is the least so far; so the
    layout of an intermediate suits the step that reads it.
    """
    operands = tuple(Value(f"x{n}", layout, types.operands[n]) for n, layout in enumerate(expression.operands))
    pricing = priced(operands, setting, types.result)
    line = Line(pricing, magnitudes=Magnitudes(pricing.memory) if types.lent else None)
    draft = Draft(line, operands_alone(line, operands, expression, tree.sliced, types))
    whole = tuple(dict.fromkeys(flat(expression.output)))
    output = tuple(index for index in whole if index not in tree.sliced)
    steps = contractions(tree, expression)
    wanted = (*[()] * (len(steps) - 1), output)
    drafts = _drafts(draft, list(zip(steps, wanted)), types)
    programs = [_finished(draft, operands, expression, tree, types) for draft in drafts]
    return min(programs, key=itemgetter(0))[1]


def _drafts(draft: Draft, steps: Sequence[Aim], types: Arithmetic) -> list[Draft]:
    """Lowered so far as pairs go: with more effort where there are few, or where they take long."""
    if len(steps) <= FEW:
        return _followed(draft, steps, types)
    line, nodes = straight(draft.line, draft.nodes, steps, types, calls=has_routines(len(steps), types))
    if are_many(len(steps)) or line.seconds < CHEAP * len(steps):
        return [Draft(line, tuple(nodes))]
    return _followed(draft, steps, types)


def _followed(draft: Draft, steps: Sequence[Aim], types: Arithmetic) -> list[Draft]:
    """All pairs, the best few ways so far followed up."""
    drafts = [draft]
    used: set[int] = set()
    for aim in steps:
        used |= {aim[0].left, aim[0].right}
        longer = [
            (line, before, value)
            for before in drafts
            for line, value in grown(before.line, len(before.nodes), ways(before.line, _pair(before.nodes, aim, types)))
        ]
        longer.sort(key=_seconds)
        drafts = _kept(longer, used)
    return drafts


def _pair(nodes: Sequence[Value], aim: Aim, types: Arithmetic) -> Pair:
    step, wanted = aim
    return Pair(nodes[step.left], nodes[step.right], step.kept, wanted, types.product, types.lent)


def _kept(grown: Sequence[tuple[Line, Draft, Value]], used: set[int]) -> list[Draft]:
    """The best few that differ in how the values that are still to be used lie."""
    kept: dict[tuple[tuple[Layout, Group], ...], Draft] = {}
    for line, before, value in grown:
        draft = Draft(line, (*before.nodes, value))
        left = (value for node, value in enumerate(draft.nodes) if node not in used)
        kept.setdefault(tuple([(value.layout, line.order(value)) for value in left]), draft)
        if len(kept) == BEAM:
            break
    return [*kept.values()]


def _finished(
    draft: Draft, operands: tuple[Value, ...], expression: Expression, tree: Tree, types: Arithmetic
) -> tuple[float, Program]:
    """The program of a draft, and the seconds it is predicted to take."""
    line = draft.line.branch(len(draft.nodes) - 1)
    result = finished(line, draft.nodes[-1], expression, tree.sliced, types)
    return line.seconds, Program(operands, line.whole(), (result,), expression.given)


def _seconds(grown: tuple[Line, *tuple[Draft | Value, ...]]) -> float:
    return grown[0].seconds


def contiguous(program: Program) -> Program:
    """The same program, its results contiguous in memory."""
    line = Line()
    line.steps += program.steps
    line.node = program.steps[-1].node
    results = tuple(line(Contiguous(result)) for result in program.results)
    return replace(program, steps=tuple(line.steps), results=results)
