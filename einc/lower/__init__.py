"""Tree to Program: every operand reduced on its own, then every pair by the way that takes least time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count, repeat
from math import inf
from typing import NamedTuple, TypeAlias

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
PAIR = 1e-3  # seconds that may be saved of a pair, in the mean, for which more are: some times as long as that takes


class Finished(NamedTuple):
    """A tree, a draft of all its pairs, the program made of that, and the seconds that it is predicted to take."""

    seconds: float
    tree: Tree
    draft: Draft
    program: Program


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
    pricing = priced(operands, setting)
    line = Line(pricing, magnitudes=Magnitudes(pricing.memory) if types.lent else None)
    alone = zip(count(), operands, terms(expression))
    start = Draft(line, operands_alone(line, alone, tree.sliced, types.compute))
    tried: dict[Hashable, Tried] = {}
    finish = partial(_finished, operands, expression, types)
    best = min(map(partial(finish, tree), _once(start, aims(expression, tree), types, tried)), key=_seconds)
    for other in others(best.seconds):
        drafts = _once(start, aims(expression, other), types, tried, best.seconds)
        best = min([best, *map(partial(finish, other), drafts)], key=_seconds)
    if not are_many(len(best.tree.pairs)):
        steps = aims(expression, best.tree)
        limits, savable = _limits(best, steps, types)
        drafts = followed(start, steps, types, BEAM, tried, limits) if PAIR * len(steps) < savable else []
        best = min([best, *map(partial(finish, best.tree), drafts)], key=_seconds)
    return best.tree, best.program


def _limits(found: Finished, steps: Sequence[Aim], types: Arithmetic) -> tuple[list[float], float]:
    """The seconds after each pair from which on nothing can be saved of what is found; and how many can be, at most."""
    nodes, line = found.draft.nodes, found.draft.line
    pairs = [Pair(nodes[pair.left], nodes[pair.right], pair.kept, (), types.product, types.lent) for pair, _ in steps]
    left, limits = found.seconds, []
    for pair in reversed(pairs):
        limits.append(left)
        left -= floor(line, pair)
    return limits[::-1], left


def _seconds(found: Finished) -> float:
    return found.seconds


def aims(expression: Expression, tree: Tree) -> list[Aim]:
    """The pairs of a tree, the last of which is welcome in the order of the output."""
    whole = tuple(dict.fromkeys(flat(expression.output)))
    output = tuple(index for index in whole if index not in tree.sliced)
    steps = contractions(tree, expression)
    return list(zip(steps, (*[()] * (len(steps) - 1), output)))


def _once(
    draft: Draft, steps: Sequence[Aim], types: Arithmetic, tried: dict[Hashable, Tried], limit: float = inf
) -> list[Draft]:
    """All pairs lowered in one way; of many pairs, those alike in the same. None, if few take more than the limit."""
    dear = draft.line.pricing is not None and draft.line.pricing.rates.call > QUICK
    if len(steps) <= (FEW_OF_DEAR if dear else FEW):
        return followed(draft, steps, types, 1, tried, repeat(limit))
    calls = draft.line.pricing is not None and has_routines(len(steps), types, draft.line.pricing.rates)
    line, nodes = straight(draft.line, draft.nodes, steps, types, calls)
    return [Draft(line, tuple(nodes))]


def _finished(
    operands: tuple[Value, ...], expression: Expression, types: Arithmetic, tree: Tree, draft: Draft
) -> Finished:
    """What comes of a draft of a tree."""
    line = draft.line.branch(len(draft.nodes) - 1)
    result = finished(line, draft.nodes[-1], expression, tree.sliced, types)
    return Finished(line.seconds, tree, draft, Program(operands, line.whole(), (result,), expression.given))


def contiguous(program: Program) -> Program:
    """The same program, its results contiguous in memory."""
    line = Line()
    line.steps += program.steps
    line.numbers = count(len(program.steps))
    line.node = program.steps[-1].node
    results = tuple(line(Contiguous(result)) for result in program.results)
    return replace(program, steps=tuple(line.steps), results=results)
