"""What every index of a pair is to it: batch, left, right or summed."""

from __future__ import annotations

from dataclasses import dataclass

from einc.expression import Group
from einc.program import Value
from einc.tree import Indices


@dataclass(frozen=True, slots=True)
class Roles:
    """The indices of a pair `x`, `y` by role, each in the order of `x`, or of `y` for `right`.

    | role   | in x | in y | kept |
    |--------|------|------|------|
    | batch  | yes  | yes  | yes  |
    | left   | yes  | no   | yes  |
    | right  | no   | yes  | yes  |
    | summed | yes  | yes  | no   |
    """

    batch: Group
    left: Group
    right: Group
    summed: Group


def classify(x: Value, y: Value, kept: Indices) -> Roles:
    """Sort the indices of `x` and `y`, of which no other stands in only one and is not kept."""
    in_x, in_y = frozenset(x.indices), frozenset(y.indices)
    assert kept >= in_x ^ in_y, (x, y, kept)
    return Roles(
        batch=tuple([index for index in x.indices if index in in_y and index in kept]),
        left=tuple([index for index in x.indices if index not in in_y]),
        right=tuple([index for index in y.indices if index not in in_x]),
        summed=tuple([index for index in x.indices if index in in_y and index not in kept]),
    )
