"""What one value needs before, between and after contractions: each a step, or none."""

from __future__ import annotations

from einc.backends.spelling import category
from einc.expression import Group, Layout, apart, flat
from einc.lower.line import Line
from einc.program import Cast, Contiguous, Diagonal, Embed, Loop, Permute, Regroup, Slice, Sum, Value
from einc.tree import Indices

ADDED = 4096  # elements, one after the other
FEW = 16  # of which summing leaves too much to sum again


def cast(line: Line, x: Value, to: str) -> Value:
    """`x` in the dtype `to`."""
    return x if x.dtype == to else line(Cast(x, to))


def permuted(line: Line, x: Value, to: Layout) -> Value:
    """`x` with its axes in the order of `to`."""
    return x if x.layout == to else line.move(x, Permute, to)


def regrouped(line: Line, x: Value, to: Layout) -> Value:
    """`x` with its axes split and merged into those of `to`."""
    return x if x.layout == to else line.move(x, Regroup, to)


def arranged(line: Line, x: Value, to: Layout) -> Value:
    """`x`, which has one axis per index, in the layout `to`."""
    return regrouped(line, permuted(line, x, apart(flat(to))), to)


def in_order(line: Line, x: Value, order: Group) -> Value:
    """`x`, which has one axis per index, copied to lie in an order of these and others."""
    return line(Contiguous(permuted(line, x, apart(tuple([index for index in order if index in x.indices])))))


def unwrapped(line: Line, x: Value) -> Value:
    """`x` with one axis per index: no axes of size one that broadcast, and every diagonal taken."""
    x = regrouped(line, x, apart(x.indices))
    repeated = [index for n, index in enumerate(x.indices) if index in x.indices[:n]]
    for index in repeated:
        x = line(Diagonal(x, index))
    return x


def embedded(line: Line, x: Value, output: Layout) -> Value:
    """`x` with every index that the output repeats as a diagonal, as often."""
    indices = flat(output)
    repeated = [index for n, index in enumerate(indices) if index in indices[:n]]
    for index in repeated:
        others = tuple(group for group in x.layout if group != (index,))
        own = tuple(group for group in x.layout if group == (index,))
        x = line(Embed(permuted(line, x, (*others, *own))))
    return x


def sliced(line: Line, x: Value, indices: Group) -> Value:
    """`x`, which has one axis per index, at one place of those of its indices that are sliced."""
    own = tuple(index for index in x.indices if index in indices)
    return line(Slice(x, own)) if own else x


def summed(line: Line, x: Value, kept: Indices) -> Value:
    """`x` summed over every index that is not kept."""
    if kept.issuperset(x.indices):
        return x
    gone = tuple(index for index in x.indices if index not in kept)
    looped = _looped(line, x, gone) if line.may_loop(x) and x.dtype != "bool" else frozenset()
    left = tuple(index for index in gone if index not in looped)
    if looped:
        x = line(Loop((x,), tuple(index for index in x.indices if index not in looped)))
    return line(Sum(x, left)) if left else x


def _looped(line: Line, x: Value, gone: Group) -> Indices:
    """Which of the indices to be summed are best summed in one loop, the rest after that.

    A loop adds one element after the other, which is exact for integers; in other types no more are added so
    than rounding allows, and what is left over goes to the library's sum, which adds in pairs.
    """
    if category(x.dtype) != "inexact":
        return frozenset(gone)
    looped: Group = ()
    for index in reversed(line.order(x)):
        if index in gone and line.points((*looped, index)) <= ADDED:
            looped = (*looped, index)
    return frozenset(looped if len(looped) == len(gone) or line.points(looped) >= FEW else ())
