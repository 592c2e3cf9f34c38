"""Tree to Program: every operand reduced on its own, then every pair by the way that takes least time."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from itertools import islice
from operator import itemgetter
from typing import TypeAlias

from einc.arithmetic import Arithmetic
from einc.expression import Expression, flat
from einc.lower.alike import likeness
from einc.lower.line import Line
from einc.lower.magnitudes import Magnitudes
from einc.lower.pair import Pair, ways
from einc.lower.unary import arranged, cast, embedded, sliced, summed, unwrapped
from einc.price import Setting, priced
from einc.program import Collect, Contiguous, Copy, Permute, Program, Value
from einc.tree import Tree, contractions, terms

__all__ = ["contiguous", "lower"]


BEAM = 3  # ways of what is lowered so far that are followed up
WIDE = 24  # pairs; of more, only one is, and pairs that are alike are lowered alike
SHORT = 1e-5  # seconds of a pair among many for which, if one call does it, no other way is looked for
LITTLE = 5e-4  # seconds of copies of a pair among many that no way is looked for to avoid


@dataclass(frozen=True, slots=True)
class Draft:
    """A way of what is lowered so far: its line, and the value of every node of the tree."""

    line: Line
    nodes: tuple[Value, ...]


Grown: TypeAlias = tuple[Line, Draft, Value]  # a line that goes on from a draft, and what it made


def lower(expression: Expression, tree: Tree, types: Arithmetic, setting: Setting) -> Program:
    """The program that runs an expression in a tree's order and slices, in the given types.

    Of all ways to compute each pair, those are followed up whose predicted time is the least so far; so the
    layout of an intermediate suits the step that reads it.
    """
    operands = tuple(Value(f"x{n}", layout, types.operands[n]) for n, layout in enumerate(expression.operands))
    pricing = priced(operands, setting, types.result)
    line = Line(pricing, magnitudes=Magnitudes(pricing.memory) if types.lent else None)
    drafts = [_operands_alone(operands, expression, tree, types, line)]
    whole = tuple(dict.fromkeys(flat(expression.output)))
    output = tuple(index for index in whole if index not in tree.sliced)
    beam = BEAM if len(tree.pairs) <= WIDE else 1
    taken: dict[Hashable, int] | None = {} if beam == 1 and not types.lent else None
    line.little = LITTLE if beam == 1 else 0.0
    used: set[int] = set()
    for number, step in enumerate(contractions(tree, expression), 1):
        used |= {step.left, step.right}
        wanted = output if number == len(tree.pairs) else ()
        grown: list[Grown] = []
        for draft in drafts:
            x, y = draft.nodes[step.left], draft.nodes[step.right]
            grown += _grown(draft, Pair(x, y, step.kept, wanted, types.product, types.lent), taken)
        drafts = _kept(sorted(grown, key=_seconds), used, beam)
    programs = [_finished(draft, operands, expression, tree, types) for draft in drafts]
    return min(programs, key=itemgetter(0))[1]


def _grown(draft: Draft, pair: Pair, taken: dict[Hashable, int] | None) -> list[Grown]:
    """A draft with one more pair, in all ways; in the one that was best for a pair like it, where `taken` has that."""
    key = None if taken is None else likeness(draft.line, pair)
    number = None if taken is None else taken.get(key)
    every = ways(draft.line, pair)
    grown = []
    for way in every if number is None else islice(every, number, number + 1):
        line = draft.line.branch(len(draft.nodes))
        line.prices = number is None
        grown.append((line, draft, way(line)))
        if taken is not None and len(line.steps) == 1 and line.seconds - draft.line.seconds < SHORT:
            break
    if taken is not None and number is None:
        taken[key] = min(range(len(grown)), key=lambda number: grown[number][0].seconds)
    return grown


def _kept(grown: list[Grown], used: set[int], beam: int) -> list[Draft]:
    """The best few that differ in how the values that are still to be used lie."""
    kept: dict[object, Draft] = {}
    for line, draft, value in grown:
        nodes = (*draft.nodes, value)
        if beam == 1:
            return [Draft(line, nodes)]
        left = (made for node, made in enumerate(nodes) if node not in used)
        kept.setdefault(tuple((made.layout, line.order(made)) for made in left), Draft(line, nodes))
        if len(kept) == beam:
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


def _seconds(grown: Grown) -> float:
    return grown[0].seconds


def contiguous(program: Program) -> Program:
    """The same program, its results contiguous in memory."""
    line = Line()
    line.steps += program.steps
    line.node = program.steps[-1].node
    results = tuple(line(Contiguous(result)) for result in program.results)
    return replace(program, steps=tuple(line.steps), results=results)
