"""The door: what the operands are, and which of them are refused."""

from einc.operands.admitted import admit, viewable
from einc.operands.kind import LARGEST_SIZE, Kind, described, dtype_name, kind_of, named_device
from einc.operands.surroundings import autocasts, lowered, surroundings, without_autocast
from einc.operands.symbols import are_numbers, known_shapes
from einc.operands.types import check_arithmetic, check_casts, copied_into, promoted

__all__ = [
    "LARGEST_SIZE",
    "Kind",
    "admit",
    "are_numbers",
    "autocasts",
    "check_arithmetic",
    "check_casts",
    "copied_into",
    "described",
    "dtype_name",
    "kind_of",
    "known_shapes",
    "lowered",
    "named_device",
    "promoted",
    "surroundings",
    "viewable",
    "without_autocast",
]
