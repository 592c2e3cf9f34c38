"""Many pairs to steps, each pair in its quickest way: in a time that grows no faster than the pairs are many.

Pairs that are alike take the same way. Small ones become calls of a routine, which all of their pattern share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from math import log2

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
from einc.tree import Contraction

MANY = 12  # pairs; of more, nothing is followed up but one way, and small ones are not looked at
SMALL = 20  # bits of the points of a pair that is called as a routine, at most
LARGE = 16  # bits of the elements of a result, at least, that is to lie as what it will be multiplied by
QUICK = 2e-6  # seconds of a call
COPIED = 15  # bits of the elements of its sides, which it may copy


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
    readers = readers_of([step for step, _ in steps])
    for step, wanted in steps:
        x, y = nodes[step.left], nodes[step.right]
        if calls and is_small(step, bits):
            alike = pattern(x.indices, y.indices, step.kept)
            routine = routines.get(alike) or routines.setdefault(alike, direct(alike, types))
            line.node = len(nodes)
            nodes.append(line.call(Call(routine, (x, y))))
        else:
            other = multiplied_by(len(nodes), step, readers, bits)
            beside = () if other is None else line.order(nodes[other])
            pair = Pair(x, y, step.kept, wanted, types.product, types.lent, shared(step, beside))
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


def readers_of(steps: Sequence[Contraction]) -> Mapping[int, Contraction]:
    """The pair that reads each node."""
    return {node: step for step in steps for node in (step.left, step.right)}


def multiplied_by(
    node: int, step: Contraction, readers: Mapping[int, Contraction], bits: Mapping[Index, float]
) -> int | None:
    """The node, made before a large one, by which that will be multiplied element by element; if there is one."""
    reader = readers.get(node)
    if reader is None or not reader.left_indices & reader.right_indices <= reader.kept:
        return None
    other = reader.left + reader.right - node
    return other if other < node and sum(map(bits.__getitem__, step.kept)) >= LARGE else None


def shared(step: Contraction, beside: Group) -> Group:
    """Those indices beside that a pair keeps, too."""
    return tuple([index for index in beside if index in step.kept])


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
