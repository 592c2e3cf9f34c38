"""Tree to Program: every operand reduced on its own, then every pair by the way that takes least time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import TypeAlias

from einc.arithmetic import Arithmetic
from einc.expression import Expression, flat
from einc.lower.ends import finished, operands_alone
from einc.lower.floor import floor
from einc.lower.following import Aim, Draft, Tried, followed
from einc.lower.line import Line
from einc.lower.magnitudes import Magnitudes
from einc.lower.many import QUICK, are_many, has_routines, straight
from einc.lower.once import at_once
from einc.lower.pair import Pair
from einc.price import Setting, priced
from einc.program import Contiguous, Program, Value
from einc.simplify import numbered
from einc.tree import Tree, contractions, terms

__all__ = ["Others", "at_once", "contiguous", "has_routines", "lower", "quickest"]

Others: TypeAlias = Callable[[float], Iterable[Tree]]  # trees for what takes so many seconds

BEAM = 3  # ways of what is lowered so far that are followed up
FEW = 6  # pairs, of which each is looked at for its own sake
FEW_OF_DEAR = 24  # the same where a call takes long, as to launch a kernel on a GPU does
PAIR = 5e-4  # seconds that may be saved of a pair, in the mean, for which more are: as long as that takes, about


def lower(expression: Expression, tree: Tree, types: Arithmetic, setting: Setting) -> Program:
    """The program that runs an expression in a tree's order and slices, in the given types.

    Of all ways to compute each pair, those are followed up whose predicted time is the least so far; so the
    layout of an intermediate suits the step that reads it.
    """
    return numbered(quickest(expression, tree, types, setting, lambda _: ())[1])


def quickest(
    expression: Expression, tree: Tree, types: Arithmetic, setting: Setting, others: Others
) -> tuple[Tree, Program]:
    """A tree and its program, or another tree and the program of that, if it is predicted to take less time.

    Args:
        expression: what is computed.
        tree: the order of contraction, and what is sliced.
        types: in which it is computed.
        setting: for what the program is made.
        others: trees with the same slices that may be looked at, if the first takes so many seconds.
    """
    operands = tuple(Value(f"x{n}", layout, types.operands[n]) for n, layout in enumerate(expression.operands))
    pricing = priced(operands, setting, types.result)
    line = Line(pricing, magnitudes=Magnitudes(pricing.memory) if types.lent else None)
    alone = zip(count(), operands, terms(expression))
    draft = Draft(line, operands_alone(line, alone, tree.sliced, types.compute))
    tried: dict[Hashable, Tried] = {}
    found = [(tree, _once(draft, aims(expression, tree), types, tried))]
    for other in others(found[0][1].line.seconds):
        found.append((other, _once(draft, aims(expression, other), types, tried)))
    found.sort(key=_seconds)
    best, once = found[0]
    steps = aims(expression, best)
    if not are_many(len(steps)) and _may_save(once, steps, types):
        found += [(best, draft) for draft in followed(draft, steps, types, BEAM, tried)]
    best, (_, program) = min(
        ((one, _finished(draft, operands, expression, one, types)) for one, draft in found), key=lambda one: one[1][0]
    )
    return best, program


def _may_save(draft: Draft, steps: Sequence[Aim], types: Arithmetic) -> bool:
    """Whether other ways of the same pairs may save more than it takes to look at them."""
    left = draft.line.seconds - PAIR * len(steps)
    if left <= 0:
        return False
    sides = [(draft.nodes[step.left], draft.nodes[step.right]) for step, _ in steps]
    pairs = [Pair(x, y, step.kept, (), types.product, types.lent) for (x, y), (step, _) in zip(sides, steps)]
    return left > sum(floor(draft.line, pair) for pair in pairs)


def _seconds(found: tuple[Tree, Draft]) -> float:
    return found[1].line.seconds


def aims(expression: Expression, tree: Tree) -> list[Aim]:
    """The pairs of a tree, the last of which is welcome in the order of the output."""
    whole = tuple(dict.fromkeys(flat(expression.output)))
    output = tuple(index for index in whole if index not in tree.sliced)
    steps = contractions(tree, expression)
    return list(zip(steps, (*[()] * (len(steps) - 1), output)))


def _once(draft: Draft, steps: Sequence[Aim], types: Arithmetic, tried: dict[Hashable, Tried]) -> Draft:
    """All pairs lowered in one way; of many pairs, those alike in the same."""
    dear = draft.line.pricing is not None and draft.line.pricing.rates.call > QUICK
    if len(steps) <= (FEW_OF_DEAR if dear else FEW):
        return followed(draft, steps, types, 1, tried)[0]
    calls = draft.line.pricing is not None and has_routines(len(steps), types, draft.line.pricing.rates)
    line, nodes = straight(draft.line, draft.nodes, steps, types, calls)
    return Draft(line, tuple(nodes))


def _finished(
    draft: Draft, operands: tuple[Value, ...], expression: Expression, tree: Tree, types: Arithmetic
) -> tuple[float, Program]:
    """The program of a draft, and the seconds it is predicted to take."""
    line = draft.line.branch(len(draft.nodes) - 1)
    result = finished(line, draft.nodes[-1], expression, tree.sliced, types)
    return line.seconds, Program(operands, line.whole(), (result,), expression.given)


def contiguous(program: Program) -> Program:
    """The same program, its results contiguous in memory."""
    line = Line()
    line.steps += program.steps
    line.numbers = count(len(program.steps))
    line.node = program.steps[-1].node
    results = tuple(line(Contiguous(result)) for result in program.results)
    return replace(program, steps=tuple(line.steps), results=results)
