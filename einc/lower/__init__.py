"""Tree to Program: every operand reduced on its own, then every pair by the way that takes least time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from typing import TypeAlias

from einc.arithmetic import Arithmetic
from einc.expression import Expression, flat
from einc.lower.alike import likeness
from einc.lower.following import Aim, Draft, Tried, followed
from einc.lower.line import Line
from einc.lower.magnitudes import Magnitudes
from einc.lower.pair import Pair, Way, ways
from einc.lower.unary import arranged, cast, embedded, sliced, summed, unwrapped
from einc.price import Setting, priced
from einc.program import Collect, Contiguous, Copy, Permute, Program, Value
from einc.simplify import numbered
from einc.tree import Tree, contractions, terms

__all__ = ["contiguous", "lower", "quickest"]

Others: TypeAlias = Callable[[float], Iterable[Tree]]  # trees for what takes so many seconds

BEAM = 3  # ways of what is lowered so far that are followed up
FEW, MANY = 6, 12  # pairs, of which each is looked at for its own sake; of more, nothing is followed up but one way
PAIR = 2.4e-4  # seconds of a pair, in the mean, for which more are: as long as that takes, about
SHORT = 1e-5  # seconds of a pair among many for which, if one call does it, no other way is looked for
LITTLE = 1e-5  # seconds of copies of a pair among many that no way is looked for to avoid


Grown: TypeAlias = tuple[Line, Value]  # a line that goes on from another, and what it made


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
    draft = _operands_alone(operands, expression, tree, types, line)
    tried: dict[Hashable, Tried] = {}
    found = [(tree, _once(draft, aims(expression, tree), types, tried))]
    for other in others(found[0][1].line.seconds):
        found.append((other, _once(draft, aims(expression, other), types, tried)))
    found.sort(key=_seconds)
    best, once = found[0]
    if len(tree.pairs) <= MANY and once.line.seconds > PAIR * len(tree.pairs):
        found += [(best, draft) for draft in followed(draft, aims(expression, best), types, BEAM, tried)]
    best, (_, program) = min(
        ((one, _finished(draft, operands, expression, one, types)) for one, draft in found), key=lambda one: one[1][0]
    )
    return best, program


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
    if len(steps) <= FEW:
        return followed(draft, steps, types, 1, tried)[0]
    return _straight(draft, steps, types)[0]


def _straight(draft: Draft, steps: Sequence[Aim], types: Arithmetic) -> list[Draft]:
    """All pairs, each in its quickest way: one draft, in a time that grows no faster than the pairs are many."""
    line, nodes = draft.line.branch(draft.line.node), list(draft.nodes)
    line.little = LITTLE
    quickest: dict[Hashable, tuple[int, float]] = {}  # which way for pairs that are alike, and its seconds
    for aim in steps:
        pair = _pair(nodes, aim, types)
        alike = None if types.lent else likeness(line, pair)  # which tells nothing of how large integers are
        if alike is not None and alike in quickest:
            number, seconds = quickest[alike]
            line, value = next(_grown(line, nodes, islice(ways(line, pair), number, None), prices=False))
            line.seconds += seconds
        else:
            every = _until_short(line, nodes, pair)
            number = min(range(len(every)), key=lambda number: every[number][0].seconds)
            longer, value = every[number]
            quickest[alike] = number, longer.seconds - line.seconds
            line = longer
        nodes.append(value)
    return [Draft(line, tuple(nodes))]


def _pair(nodes: Sequence[Value], aim: Aim, types: Arithmetic) -> Pair:
    step, wanted = aim
    return Pair(nodes[step.left], nodes[step.right], step.kept, wanted, types.product, types.lent)


def _until_short(line: Line, nodes: Sequence[Value], pair: Pair) -> list[Grown]:
    """Every way to go on with a pair, up to a single call that is short."""
    found = []
    for grown in _grown(line, nodes, ways(line, pair)):
        found.append(grown)
        if len(grown[0].steps) == 1 and grown[0].seconds - line.seconds < SHORT:
            break
    return found


def _grown(line: Line, nodes: Sequence[Value], every: Iterable[Way], prices: bool = True) -> Iterator[Grown]:
    """The line that each way goes on to, and what it makes."""
    for way in every:
        longer = line.branch(len(nodes))
        longer.prices = prices
        yield longer, way(longer)


def _operands_alone(
    operands: tuple[Value, ...], expression: Expression, tree: Tree, types: Arithmetic, line: Line
) -> Draft:
    """Every operand with one axis per index, at one place of what is sliced, and summed over what it alone has."""
    nodes: list[Value] = []
    for operand, kept in zip(operands, terms(expression)):
        line.node = len(nodes)
        part = sliced(line, unwrapped(line, operand), tree.sliced)
        nodes.append(summed(line, cast(line, part, types.compute), kept))
    return Draft(line, tuple(nodes))


def _finished(
    draft: Draft, operands: tuple[Value, ...], expression: Expression, tree: Tree, types: Arithmetic
) -> tuple[float, Program]:
    """The program of a draft, its result as the output is written, and the seconds it is predicted to take."""
    line, last = draft.line.branch(len(draft.nodes) - 1), draft.nodes[-1]
    output = expression.output
    if tree.sliced:
        last = line(Collect(last, tuple(index for index in tree.sliced if index in flat(output))))
    result = arranged(line, embedded(line, cast(line, last, types.result), output), output)
    if not line.whole():  # a result is never the operand itself
        result = line(Permute(result, result.layout))
    if expression.moves_only and any(len(group) > 1 for group in output):
        result = line(Copy(result))  # merging axes may make a view or not, by the strides: it never does
    return line.seconds, Program(operands, line.whole(), (result,), expression.given)


def contiguous(program: Program) -> Program:
    """The same program, its results contiguous in memory."""
    line = Line()
    line.steps += program.steps
    line.numbers = count(len(program.steps))
    line.node = program.steps[-1].node
    results = tuple(line(Contiguous(result)) for result in program.results)
    return replace(program, steps=tuple(line.steps), results=results)
