"""In which types a program computes."""

from __future__ import annotations

from dataclasses import dataclass

from einc.backends.spelling import Exact, category
from einc.expression import Expression
from einc.operands import Kind, check_arithmetic, check_casts, promoted


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The dtypes of a program, by name.

    Operands are cast to `compute` before their first sum or product, and the result to
    `result` after the last, so that every form computes as if in the promoted type from the
    start. Matrix products are computed in `product`, cast to and from around each. Those of integers and bool may be
    computed as `lent` says as well, where that is exact.
    """

    operands: tuple[str, ...]
    compute: str
    product: str
    result: str
    lent: tuple[Exact, ...] = ()


def arithmetic(expression: Expression, kind: Kind, dtype: str | None = None, casting: str = "safe") -> Arithmetic:
    """The types for an expression over operands of a kind.

    Args:
        expression: what is computed.
        kind: of the operands.
        dtype: in which to compute, instead of the operands' promotion.
        casting: which casts of operands to `dtype` are allowed, as NumPy names them.

    Raises:
        EincTypeError: for operands that cannot be added and multiplied, where they have to be, or that may
            not be cast.
    """
    if expression.moves_only and dtype in (None, *kind.dtypes):
        (same,) = kind.dtypes
        return Arithmetic(kind.dtypes, same, same, same)
    check_arithmetic(kind)
    if dtype is not None:
        check_casts(kind, dtype, casting)
    result = dtype or promoted(kind)
    compute = kind.backend.compute_in.get(result, result)
    product = kind.backend.multiply_matrices_in.get(compute, compute)
    counts = category(product) != "inexact" and kind.fixed  # else nothing is known of how many are summed
    return Arithmetic(kind.dtypes, compute, product, result, kind.backend.exact if counts else ())
