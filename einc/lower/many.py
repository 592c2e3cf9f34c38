"""Many pairs to steps, each pair in its quickest way: in a time that grows no faster than the pairs are many.

Pairs that are alike take the same way. Small ones become calls of a routine, which all of their pattern share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from math import log2
from typing import TypeVar

from einc.arithmetic import Arithmetic
from einc.backends.spelling import Rates
from einc.expression import Group, Index, Sizes
from einc.lower.alike import Likeness, Pattern, likeness, pattern
from einc.lower.following import Aim
from einc.lower.growing import LITTLE, Grown, grown, quickest_way
from einc.lower.line import Line
from einc.lower.pair import Pair, ways
from einc.lower.routine import Choice, choice, direct
from einc.program import Call, Program, Value
from einc.tree import Contraction, readers

MANY = 12  # pairs; of more, nothing is followed up but one way, and small ones are not looked at
SMALL = 20  # bits of the points of a pair that is called as a routine, at most
LARGE = 16  # bits of the elements of a result, at least, that is to lie as what it will be multiplied by
QUICK = 2e-6  # seconds of a call
COPIED = 15  # bits of the elements of its sides, which it may copy

Node = TypeVar("Node")


def straight(
    line: Line, nodes: Sequence[Value], steps: Sequence[Aim], types: Arithmetic, calls: bool
) -> tuple[Line, list[Value]]:
    """A line that goes on with all pairs, one after the other, and the value of every node.

    Args:
        line: what there is so far.
        nodes: the values of the operands.
        steps: the pairs.
        types: of what is computed.
        calls: whether small pairs become calls of routines.
    """
    line, nodes = line.branch(line.node), list(nodes)
    line.little = LITTLE
    known: dict[Likeness, Choice] = {}
    routines: dict[Pattern, Program] = {}
    bits = bits_of(line.sizes)
    reading = readers(step for step, _ in steps)
    for step, wanted in steps:
        x, y = nodes[step.left], nodes[step.right]
        if calls and is_small(step, bits):
            alike = pattern(x.indices, y.indices, step.kept)
            routine = routines.get(alike) or routines.setdefault(alike, direct(alike, types))
            line.node = len(nodes)
            nodes.append(line.call(Call(routine, (x, y))))
        else:
            beside = lying_beside(step, nodes, reading, bits, line.order)
            pair = Pair(x, y, step.kept, wanted, types.product, types.lent, beside)
            line, value = _inline(line, len(nodes), pair, types, known)
            nodes.append(value)
    return line, nodes


def are_many(steps: int) -> bool:
    """Whether so many pairs are too many to be looked at with others."""
    return steps > MANY


def has_routines(steps: int, types: Arithmetic, rates: Rates) -> bool:
    """Whether small pairs among so many are called as routines.

    That is so where all are computed in one type, as floats, and one call more, to copy a side, is no matter: to a GPU
    it is.
    """
    return are_many(steps) and not types.lent and types.product == types.compute and rates.call <= QUICK


def lying_beside(
    step: Contraction,
    nodes: Sequence[Node],
    reading: Mapping[int, Contraction],
    bits: Mapping[Index, float],
    order: Callable[[Node], Group],
) -> Group:
    """How that lies by which a large result will be multiplied element by element, if it is there: what both have.

    Args:
        step: the pair.
        nodes: all that is made before it.
        reading: the pair that reads each node.
        bits: the binary logarithm of every size.
        order: the indices of a node as they lie.
    """
    reader = reading.get(len(nodes))
    if reader is None or not reader.left_indices & reader.right_indices <= reader.kept:
        return ()
    other = reader.left + reader.right - len(nodes)
    if other >= len(nodes) or sum(map(bits.__getitem__, step.kept)) < LARGE:
        return ()
    return tuple([index for index in order(nodes[other]) if index in step.kept])


def bits_of(sizes: Sizes) -> Mapping[Index, float]:
    """The binary logarithm of every size."""
    return {index: log2(max(1, size)) for index, size in sizes.items()}


def is_small(step: Contraction, bits: Mapping[Index, float]) -> bool:
    """Whether a pair is no work and its sides are quick to copy, or the direct way is the best in any case.

    That is so for a product of two matrices.
    """
    left, right = step.left_indices, step.right_indices
    size = bits.__getitem__
    points = sum(map(size, left | right))
    if points <= COPIED:
        return True
    if len(left) == len(right) == len(step.kept) == 2 and step.kept == left ^ right:
        return True
    return points <= SMALL and max(sum(map(size, left)), sum(map(size, right))) <= COPIED


def _inline(line: Line, node: int, pair: Pair, types: Arithmetic, known: dict[Likeness, Choice]) -> Grown:
    """The line that goes on with a pair, and its result, by the way that is quickest for those alike.

    Likeness tells nothing of how large integers are.
    """
    if line.pricing is None or pair.lent:
        return quickest_way(line, node, pair)[1]
    alike = likeness(line, pair)
    found = known.get(alike) or known.setdefault(alike, choice(alike, line.pricing, types))
    way = next(islice(ways(line, pair), found.number, None))
    longer, value = grown(line, node, way, prices=False)
    longer.seconds += found.seconds
    return longer, value
