"""Dtypes: what can be computed in which, what may be cast to what, and what several are promoted to."""

from __future__ import annotations

from functools import reduce
from importlib import import_module
from typing import Any

import numpy as np

from einc import errors
from einc.backends import NUMPY, TORCH
from einc.operands.kind import LIKE, Kind, dtype_name


def check_arithmetic(kind: Kind) -> None:
    """Check that the library can multiply and add what the operands hold.

    Raises:
        EincTypeError: naming the first operand of which it can not.
    """
    for operand, dtype in enumerate(kind.dtypes):
        if dtype not in kind.backend.dtypes:
            raise errors.no_arithmetic(operand, dtype)


def check_casts(kind: Kind, dtype: str, casting: str) -> None:
    """Check that every operand may be cast to `dtype`, by the rules that NumPy has for `casting`.

    Raises:
        EincError: where the library does not compute in `dtype`.
        EincTypeError: naming the first operand that may not be cast.
    """
    if dtype not in kind.backend.dtypes:
        raise errors.no_such_dtype(dtype, kind.library)
    for operand, found in enumerate(kind.dtypes):
        known = (LIKE.get(found, found), LIKE.get(dtype, dtype))
        if found != dtype and not np.can_cast(*known, casting):  # type: ignore[arg-type]
            raise errors.unsafe_cast(operand, found, dtype, casting)


def copied_into(out: Any, result: Any, casting: str) -> Any:
    """`out`, filled with the result.

    Raises:
        EincTypeError: where it is no array that can take it.
    """
    if not isinstance(result, np.ndarray | np.generic):
        raise errors.no_out_but_for_numpy()
    fits = isinstance(out, np.ndarray) and out.shape == result.shape and out.flags.writeable
    if not fits or not np.can_cast(result.dtype, out.dtype, casting):  # type: ignore[arg-type]
        raise errors.not_an_out(out, result.shape, result.dtype.name)
    out[...] = result
    return out


def promoted(kind: Kind) -> str:
    """The dtype, by name, to which the operands' own library promotes them all.

    Raises:
        EincTypeError: where the library has no such dtype.
    """
    different = set(kind.dtypes)
    if len(different) == 1:
        return different.pop()
    if kind.library == NUMPY.name:
        return np.result_type(*different).name
    if kind.library == TORCH.name:
        return _promoted_by_torch(kind, import_module(TORCH.name))
    namespace = import_module(kind.library)
    try:
        return dtype_name(namespace.result_type(*(getattr(namespace, dtype) for dtype in sorted(different))))
    except TypeError:  # as the standard has it for integers beside floats, or bool beside numbers
        raise errors.no_promotion(kind.library, sorted(different)) from None


def _promoted_by_torch(kind: Kind, torch: Any) -> str:
    """As `torch.result_type` does for two: 0-d operands count only where their category is higher."""
    with_axes = {dtype for dtype, shape in zip(kind.dtypes, kind.shapes) if shape}
    zero_d = {dtype for dtype, shape in zip(kind.dtypes, kind.shapes) if not shape}
    samples = [
        torch.empty(
            (1,) * rank,
            device="cpu",
            dtype=reduce(torch.promote_types, [getattr(torch, dtype) for dtype in sorted(dtypes)]),
        )
        for rank, dtypes in ((1, with_axes), (0, zero_d))
        if dtypes
    ]
    return str(torch.result_type(samples[0], samples[-1])).removeprefix("torch.")
