"""Tree to Program: every operand reduced on its own, then every pair by the way that takes least time."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from math import inf
from operator import itemgetter
from typing import TypeAlias

from einc.arithmetic import Arithmetic
from einc.expression import Expression, Group, Layout, flat
from einc.lower.alike import likeness
from einc.lower.line import Line, TooLong
from einc.lower.magnitudes import Magnitudes
from einc.lower.pair import Pair, Way, ways
from einc.lower.unary import arranged, cast, embedded, sliced, summed, unwrapped
from einc.price import Setting, priced
from einc.program import Collect, Contiguous, Copy, Permute, Program, Value
from einc.tree import Contraction, Tree, contractions, terms

__all__ = ["contiguous", "lower"]

Aim: TypeAlias = tuple[Contraction, Group]  # a pair, and an order of its result that would be welcome, or none

BEAM = 3  # ways of what is lowered so far that are followed up
FEW, MANY = 6, 24  # pairs: of few, always; of many, never
CHEAP = 3e-6  # seconds of a pair, in the mean, below which never
SHORT = 1e-5  # seconds of a pair among many for which, if one call does it, no other way is looked for
LITTLE = 1e-5  # seconds of copies of a pair among many that no way is looked for to avoid


@dataclass(frozen=True, slots=True)
class Draft:
    """A way of what is lowered so far: its line, and the value of every node of the tree."""

    line: Line
    nodes: tuple[Value, ...]


Grown: TypeAlias = tuple[Line, Value]  # a line that goes on from another, and what it made
Follower: TypeAlias = tuple[float, Draft, Line, Value]  # its seconds, what it goes on from, how, and what that made
Lies: TypeAlias = tuple[Layout, Group]  # the axes of a value, and how it lies


def lower(expression: Expression, tree: Tree, types: Arithmetic, setting: Setting) -> Program:
    """The program that runs an expression in a tree's order and slices, in the given types.

    Of all ways to compute each pair, those are followed up whose predicted time is the least so far; so the
    layout of an intermediate suits the step that reads it.
    """
    operands = tuple(Value(f"x{n}", layout, types.operands[n]) for n, layout in enumerate(expression.operands))
    pricing = priced(operands, setting, types.result)
    line = Line(pricing, magnitudes=Magnitudes(pricing.memory) if types.lent else None)
    draft = _operands_alone(operands, expression, tree, types, line)
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
    straight = _straight(draft, steps, types)
    if len(steps) > MANY or straight[0].line.seconds < CHEAP * len(steps):
        return straight
    return _followed(draft, steps, types)


def _followed(
    draft: Draft, steps: Sequence[Aim], types: Arithmetic, breadth: int = BEAM, most: float = inf
) -> list[Draft]:
    """All pairs, the best few ways so far followed up, as far as they take less than so many seconds."""
    drafts = [draft]
    used: set[int] = set()
    for aim in steps:
        used |= {aim[0].left, aim[0].right}
        tried: dict[tuple[int, int], list[Grown]] = {}  # drafts may have a pair of values in common
        grown: list[Follower] = []
        for before in drafts:
            pair = _pair(before.nodes, aim, types)
            both = id(pair.x), id(pair.y)
            if both not in tried:
                tried[both] = list(_tried(before, ways(before.line, pair), most, breadth == 1))
            for line, value in tried[both]:
                grown.append((before.line.seconds + line.own, before, line, value))
        grown.sort(key=itemgetter(0))
        drafts = _kept(grown, used, breadth)
    return drafts


def _tried(before: Draft, every: Iterable[Way], most: float, only_best: bool) -> Iterator[Grown]:
    """The lines that take less than so many seconds, and what they make; if only the best counts, ever less."""
    for way in every:
        line = before.line.branch(len(before.nodes))
        line.most = most
        try:
            value = way(line)
        except TooLong:
            continue
        if only_best:
            most = line.seconds
        yield line, value


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


def _kept(grown: Sequence[Follower], used: set[int], breadth: int) -> list[Draft]:
    """The best few that differ in how the values that are still to be used lie."""
    kept: dict[Hashable, Draft] = {}
    others: dict[int, tuple[Lies, ...]] = {}
    for _, before, line, value in grown:
        if id(before) not in others:
            left = [value for node, value in enumerate(before.nodes) if node not in used]
            others[id(before)] = tuple([(value.layout, line.order(value)) for value in left])
        lie = others[id(before)], value.layout, line.order(value)
        if lie not in kept:
            kept[lie] = Draft(line.after(before.line), (*before.nodes, value))
            if len(kept) == breadth:
                break
    return [*kept.values()]


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
