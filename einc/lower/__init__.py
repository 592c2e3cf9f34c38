"""Tree to Program: every operand reduced on its own, then every pair by the rule for its kind."""

from __future__ import annotations

from dataclasses import replace

from einc.arithmetic import Arithmetic
from einc.expression import Expression, flat
from einc.lower.line import Line
from einc.lower.pair import contract
from einc.lower.unary import arranged, cast, embedded, sliced, summed, unwrapped
from einc.program import Collect, Contiguous, Copy, Permute, Program, Value
from einc.tree import Tree, contractions, terms

__all__ = ["contiguous", "lower"]


def lower(expression: Expression, tree: Tree, types: Arithmetic) -> Program:
    """The program that runs an expression in a tree's order and slices, in the given types."""
    line = Line()
    operands = tuple(Value(f"x{n}", layout, types.operands[n]) for n, layout in enumerate(expression.operands))
    nodes: list[Value] = []
    for operand, kept in zip(operands, terms(expression)):
        line.node = len(nodes)
        part = sliced(line, unwrapped(line, operand), tree.sliced)
        nodes.append(summed(line, cast(line, part, types.compute), kept))
    whole = tuple(dict.fromkeys(flat(expression.output)))
    output = tuple(index for index in whole if index not in tree.sliced)
    for step in contractions(tree, expression):
        line.node = len(nodes)
        wanted = output if len(nodes) == tree.operands + len(tree.pairs) - 1 else ()
        nodes.append(contract(line, nodes[step.left], nodes[step.right], step.kept, wanted, types.product))
    if tree.sliced:
        nodes.append(line(Collect(nodes[-1], tuple(index for index in tree.sliced if index in whole))))
    result = arranged(line, embedded(line, cast(line, nodes[-1], types.result), expression.output), expression.output)
    if not line.steps:  # a result is never the operand itself
        result = line(Permute(result, result.layout))
    if expression.moves_only and any(len(group) > 1 for group in expression.output):
        result = line(Copy(result))  # merging axes may make a view or not, by the strides: it never does
    return Program(operands, tuple(line.steps), (result,), expression.given)


def contiguous(program: Program) -> Program:
    """The same program, its results contiguous in memory."""
    line = Line()
    line.steps += program.steps
    line.node = program.steps[-1].node
    results = tuple(line(Contiguous(result)) for result in program.results)
    return replace(program, steps=tuple(line.steps), results=results)
