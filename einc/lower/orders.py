"""Orders of indices in which both sides of a pair, or one, need no copy."""

from __future__ import annotations

from collections.abc import Iterable

from einc.expression import Group
from einc.lower.classify import Roles
from einc.lower.line import Line
from einc.program import Value


def natural_orders(x: Value, y: Value, roles: Roles) -> tuple[Group, ...]:
    """Orders that begin with one side as it is (first one that has every index), and that end with what both have."""
    begun = (*x.indices, *roles.right), (*y.indices, *roles.left)
    ended = (*roles.left, *roles.right, *roles.batch), (*roles.right, *roles.left, *roles.batch)
    return (*(begun if roles.left else begun[::-1]), *(ended if roles.left and roles.right else ()))


def common_orders(line: Line, x: Value, y: Value, group: Group) -> Iterable[Group]:
    """The order of indices of both sides that spares most copies, and those in which they lie."""
    if len(group) < 2:
        return (group,)
    return dict.fromkeys((_fewest_copies(x, y, group), as_it_lies(line, x, group), as_it_lies(line, y, group)))


def as_it_lies(line: Line, x: Value, group: Group) -> Group:
    """Indices of a value in the order in which they lie in memory."""
    if len(group) < 2:
        return group
    own = frozenset(group)
    return tuple([index for index in line.order(x) if index in own])


def as_beside(group: Group, beside: Group) -> Group:
    """Indices in the order in which they stand beside, after those that do not."""
    own = frozenset(group)
    return (*[index for index in group if index not in beside], *[index for index in beside if index in own])


def lie_together(line: Line, x: Value, *groups: Group) -> bool:
    """Whether each of these groups is side by side in memory, in order."""
    return line.pricing is None or line.pricing.memory.is_view(x, groups)


def is_turned(line: Line, x: Value, order: Group) -> bool:
    """Whether `x` lies in another order than the one given."""
    return not lie_together(line, x, tuple([index for index in order if index in x.indices]))


def _fewest_copies(x: Value, y: Value, group: Group) -> Group:
    """Indices of both sides in the order of x, unless only the order of y spares the larger number of copies."""
    own = frozenset(group)
    as_in_y = tuple(index for index in y.indices if index in own)
    return min((group, as_in_y), key=lambda order: _copies(x, order) + _copies(y, order))


def _copies(x: Value, group: Group) -> int:
    """How many copies it takes to merge a group of x's axes: none where they lie side by side in order."""
    if len(group) < 2:
        return 0
    at = x.indices.index(group[0])
    return int(x.indices[at : at + len(group)] != group)
