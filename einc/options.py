"""What a user may choose about an expression, in a form that can be a key."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from einc import errors
from einc.expression import Index
from einc.operands import LARGEST_SIZE, dtype_name
from einc.parse import NOTATIONS
from einc.plan import Optimize, settled

BROADCAST = ("always", "never")
ORDERS = ("K", "C", "A", "k", "c", "a")  # as NumPy has it, less "F"
CASTINGS = ("safe", "same_kind", "unsafe", "equiv", "no")
CHOICES = frozenset({"optimize", "notation", "sizes", "broadcast", "dtype", "casting", "order"})
# What users of opt_einsum's contract may give, but not choose: a name, and the values that say what is so anyway.
FIXED: Mapping[str, tuple[object, ...]] = {
    "memory_limit": (None, -1),
    "backend": (None, "auto"),
    "use_blas": (None, True, False),
}


@dataclass(frozen=True, slots=True)
class Options:
    """The choices, settled.

    Attributes:
        optimize: how the order of contraction is found.
        notation: `"letters"` or `"words"`, where it is forced.
        sizes: of indices that no shape tells, sorted.
        broadcast: `"always"` or `"never"`.
        dtype: in which to compute, by name, instead of the operands' promotion.
        casting: which casts of operands to `dtype` are allowed.
        order: `"C"` for a contiguous result, `"K"` for any.
    """

    optimize: Optimize = "auto"
    notation: str | None = None
    sizes: tuple[tuple[Index, int], ...] = ()
    broadcast: str = BROADCAST[0]
    dtype: str | None = None
    casting: str = CASTINGS[0]
    order: str = ORDERS[0]


def choose(given: Mapping[str, Any]) -> Options:
    """Settle what a user gave by name: the choices, and sizes for all other names.

    Raises:
        EincError: for a choice that is none.
        EincTypeError: for one of the wrong type.
    """
    chosen = {name: value for name, value in given.items() if name in CHOICES and value is not None}
    for name, values in FIXED.items():
        if given.get(name) not in values:
            raise errors.unknown_choice(name, given[name], values)
    sizes = dict(_sizes(chosen.get("sizes", {})))
    sizes.update(_sizes({name: value for name, value in given.items() if name not in CHOICES | FIXED.keys()}))
    return Options(
        optimize=settled(chosen.get("optimize")),
        notation=_one_of(NOTATIONS, "notation", chosen) if "notation" in chosen else None,
        sizes=tuple(sorted(sizes.items())),
        broadcast=_one_of(BROADCAST, "broadcast", chosen),
        dtype=dtype_name(chosen["dtype"]) if "dtype" in chosen else None,
        casting=_one_of(CASTINGS, "casting", chosen),
        order=_one_of(ORDERS, "order", chosen).upper(),
    )


def _one_of(choices: tuple[str, ...], option: str, chosen: Mapping[str, Any]) -> str:
    """The choice made, or the first."""
    value = chosen.get(option, choices[0])
    if not isinstance(value, str) or value not in choices:
        raise errors.unknown_choice(option, value, choices)
    return value


def _sizes(sizes: Mapping[Index, Any]) -> Iterable[tuple[Index, int]]:
    if not isinstance(sizes, Mapping):
        raise errors.not_a_size("sizes", sizes)
    for index, value in sizes.items():
        try:
            size = operator.index(value)
        except TypeError:
            raise errors.not_a_size(index, value) from None
        if not isinstance(index, str) or not 0 <= size < LARGEST_SIZE:
            raise errors.not_a_size(index, value)
        yield index, size
