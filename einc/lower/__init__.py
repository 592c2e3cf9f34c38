"""Tree to Program: every operand reduced on its own, then every pair by the rule for its kind."""

from __future__ import annotations

from einc.arithmetic import Arithmetic
from einc.expression import Expression, flat
from einc.lower.line import Line
from einc.lower.pair import contract
from einc.lower.unary import cast, permuted, summed, unwrapped
from einc.program import Permute, Program, Value
from einc.tree import Tree, contractions, terms

__all__ = ["lower"]


def lower(expression: Expression, tree: Tree, types: Arithmetic) -> Program:
    """The program that runs an expression in a tree's order, in the given types."""
    line = Line()
    operands = tuple(Value(f"x{n}", layout, types.operands[n]) for n, layout in enumerate(expression.operands))
    nodes: list[Value] = []
    for operand, kept in zip(operands, terms(expression)):
        line.node = len(nodes)
        nodes.append(summed(line, cast(line, unwrapped(line, operand), types.compute), kept))
    output = flat(expression.output)
    for step in contractions(tree, expression):
        line.node = len(nodes)
        wanted = output if len(nodes) == tree.operands + len(tree.pairs) - 1 else ()
        nodes.append(contract(line, nodes[step.left], nodes[step.right], step.kept, wanted, types.product))
    result = permuted(line, cast(line, nodes[-1], types.result), expression.output)
    if not line.steps:  # a result is never the operand itself
        result = line(Permute(result, result.layout))
    return Program(operands, tuple(line.steps), (result,))
