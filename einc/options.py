"""What a user may choose about an expression, in a form that can be a key."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass

from einc import errors
from einc.expression import Index
from einc.operands import LARGEST_SIZE
from einc.plan import Optimize, settled

BROADCAST = ("always", "never")


@dataclass(frozen=True, slots=True)
class Options:
    """The choices, settled.

    Attributes:
        optimize: how the order of contraction is found.
        notation: `"letters"` or `"words"`, where it is forced.
        sizes: of indices that no shape tells, sorted.
        broadcast: `"always"` or `"never"`.
    """

    optimize: Optimize = "auto"
    notation: str | None = None
    sizes: tuple[tuple[Index, int], ...] = ()
    broadcast: str = "always"


def choose(
    optimize: Optimize | bool | None,
    notation: str | None,
    sizes: Mapping[Index, int] | None,
    broadcast: str | None,
    named_sizes: Mapping[Index, int],
) -> Options:
    """Settle what a user gave.

    Raises:
        EincError: for a choice that is none.
        EincTypeError: for a size that is no integer, or `optimize` of an unknown kind.
    """
    broadcast = broadcast or BROADCAST[0]
    if broadcast not in BROADCAST:
        raise errors.unknown_choice("broadcast", broadcast, BROADCAST)
    given = {**_checked(sizes or {}), **_checked(named_sizes)}
    return Options(settled(optimize), notation, tuple(sorted(given.items())), broadcast)


def _checked(sizes: Mapping[Index, int]) -> dict[Index, int]:
    checked = {}
    for index, value in sizes.items():
        try:
            size = operator.index(value)
        except TypeError:
            raise errors.not_a_size(index, value) from None
        if not isinstance(index, str) or not 0 <= size < LARGEST_SIZE:
            raise errors.not_a_size(index, value)
        checked[index] = size
    return checked
