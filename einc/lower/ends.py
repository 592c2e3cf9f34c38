"""What is done to every operand on its own before the first pair, and to what the last one makes."""

from __future__ import annotations

from collections.abc import Iterable

from einc.arithmetic import Arithmetic
from einc.expression import Expression, Group, flat
from einc.lower.line import Line
from einc.lower.unary import arranged, cast, embedded, sliced, summed, unwrapped
from einc.program import Collect, Copy, Permute, Value
from einc.tree import Indices


def operands_alone(
    line: Line, operands: Iterable[tuple[int, Value, Indices]], over: Group, compute: str
) -> tuple[Value, ...]:
    """Every operand with one axis per index, at one place of those that are sliced, summed over what it alone has.

    Args:
        line: what there is so far.
        operands: the tree node of each, its value, and the indices that it brings into the tree.
        over: the indices that are sliced.
        compute: the dtype to compute in.
    """
    nodes: list[Value] = []
    for line.node, operand, kept in operands:
        part = sliced(line, unwrapped(line, operand), over)
        nodes.append(summed(line, cast(line, part, compute), kept))
    return tuple(nodes)


def finished(line: Line, last: Value, expression: Expression, over: Group, types: Arithmetic) -> Value:
    """The result as the output is written."""
    output = expression.output
    if over:
        last = line(Collect(last, tuple(index for index in over if index in flat(output))))
    result = arranged(line, embedded(line, cast(line, last, types.result), output), output)
    if len(expression.operands) == 1 and not line.whole():  # a result is never the operand itself
        result = line(Permute(result, result.layout))
    if expression.moves_only and any(len(group) > 1 for group in output):
        result = line(Copy(result))  # merging axes may make a view or not, by the strides: it never does
    return result
