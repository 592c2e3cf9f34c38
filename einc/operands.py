"""The door: what the operands are, and which of them are refused."""

from __future__ import annotations

import operator
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from importlib import import_module
from typing import Any

import numpy as np

from einc import errors
from einc.backends import NUMPY, TORCH, Backend, backend
from einc.expression import Shape

LARGEST_SIZE = 2**63
LIKE = {"bfloat16": "float32", "complex32": "complex64"}  # what NumPy does not have, by what it casts like


@dataclass(frozen=True, slots=True)
class Kind:
    """All that a plan depends on: the library, and every operand's shape and dtype (by name)."""

    library: str
    shapes: tuple[Shape, ...]
    dtypes: tuple[str, ...]

    @property
    def backend(self) -> Backend:
        """The library's table."""
        return backend(self.library)


def admit(operands: Sequence[object]) -> tuple[Any, ...]:
    """Let operands in, as arrays of one library.

    They are NumPy arrays or torch tensors; numbers may stand beside either, and nested lists
    beside NumPy arrays.

    Raises:
        EincTypeError: for operands of two libraries or devices, for sparse, nested or masked
            ones, and for anything that is no array.
    """
    torch = sys.modules.get("torch")  # who has a tensor has imported torch
    if torch is not None and any(isinstance(operand, torch.Tensor) for operand in operands):
        return _torch_tensors(operands, torch)
    return tuple(_numpy_array(operand, n) for n, operand in enumerate(operands))


def kind_of(arrays: Sequence[Any]) -> Kind:
    """The kind of operands that were let in."""
    library = NUMPY if all(isinstance(array, np.ndarray) for array in arrays) else TORCH
    shapes = tuple(tuple(array.shape) for array in arrays)
    return Kind(library.name, shapes, tuple(dtype_name(array.dtype) for array in arrays))


def described(operands: Sequence[object], library: str | None = None) -> Kind:
    """The kind of operands given as arrays, or as shapes alone; those have the library's default dtype.

    Arrays tell the library, unless it is named; then those of another one count as shapes.

    Raises:
        EincTypeError: for what is neither array nor shape.
        EincError: for a library that einc does not write for.
    """
    given = [(n, operand) for n, operand in enumerate(operands) if hasattr(operand, "dtype")]
    known = kind_of(admit([operand for _, operand in given])) if given else None
    table = backend(library or (known.library if known else NUMPY.name))
    shapes = tuple(_shape(getattr(operand, "shape", operand), n) for n, operand in enumerate(operands))
    dtypes = [table.default_dtype] * len(shapes)
    if known and known.library == table.name:
        for (n, _), dtype in zip(given, known.dtypes):
            dtypes[n] = dtype
    return Kind(table.name, shapes, tuple(dtypes))


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


def dtype_name(value: Any) -> str:
    """The name of a dtype given as NumPy or torch have it, or by its name.

    Raises:
        EincTypeError: for what is none.
    """
    if isinstance(value, np.dtype):
        return value.name
    if str(value).startswith("torch."):
        return str(value).removeprefix("torch.")
    if isinstance(value, str) and value in LIKE:
        return value
    try:
        return str(np.dtype(value).name)
    except TypeError:
        raise errors.not_a_dtype(value) from None


def copied_into(out: Any, result: Any, casting: str) -> Any:
    """`out`, filled with the result.

    Raises:
        EincTypeError: where it is no array that can take it.
    """
    if not isinstance(result, np.ndarray | np.generic):
        raise errors.no_out_for_torch()
    fits = isinstance(out, np.ndarray) and out.shape == result.shape and out.flags.writeable
    if not fits or not np.can_cast(result.dtype, out.dtype, casting):  # type: ignore[arg-type]
        raise errors.not_an_out(out, result.shape, result.dtype.name)
    out[...] = result
    return out


def promoted(kind: Kind) -> str:
    """The dtype, by name, to which the operands' own library promotes them all."""
    different = set(kind.dtypes)
    if len(different) == 1:
        return different.pop()
    if kind.library == NUMPY.name:
        return np.result_type(*different).name
    return _promoted_by_torch(kind, import_module("torch"))


def viewable(array: Any) -> Any:
    """The array, fit for a view of it to be a result: copied where it is expanded, and as read-only as its base."""
    numpy = isinstance(array, np.ndarray)
    strides = array.strides if numpy else array.stride()
    if any(size > 1 and stride == 0 for size, stride in zip(array.shape, strides)):
        return array.copy() if numpy else array.clone()
    if numpy and array.flags.writeable and isinstance(array.base, np.ndarray) and not array.base.flags.writeable:
        array = array.view()
        array.flags.writeable = False
    return array


def _numpy_array(operand: object, n: int) -> Any:
    if type(operand) is np.ndarray:
        return operand
    if isinstance(operand, np.ma.MaskedArray):
        raise errors.not_dense(n, "masked")
    if not isinstance(operand, np.ndarray | np.generic | bool | int | float | complex | list | tuple):
        raise errors.not_an_operand(operand, n)
    try:
        return np.asarray(operand)
    except (ValueError, TypeError, RuntimeError):  # a ragged list, or one that holds what is no number
        raise errors.not_an_operand(operand, n) from None


def _torch_tensors(operands: Sequence[object], torch: Any) -> tuple[Any, ...]:
    tensors = [n for n, operand in enumerate(operands) if isinstance(operand, torch.Tensor)]
    for n, operand in enumerate(operands):
        if isinstance(operand, np.ndarray | np.generic):
            raise errors.mixed_libraries(n, tensors[0])
    arrays = tuple(_torch_tensor(operand, n, torch) for n, operand in enumerate(operands))
    for n in tensors:
        if isinstance(arrays[n], torch.masked.MaskedTensor):
            raise errors.not_dense(n, "masked")
        if arrays[n].is_nested:
            raise errors.not_dense(n, "nested")
        if arrays[n].layout is not torch.strided:
            raise errors.not_dense(n, "sparse")
    _check_devices(arrays)
    return arrays


def _torch_tensor(operand: Any, n: int, torch: Any) -> Any:
    if isinstance(operand, torch.Tensor):
        return operand
    if not isinstance(operand, bool | int | float | complex):
        raise errors.not_an_operand(operand, n)
    try:
        return torch.tensor(operand, device="cpu")  # a number goes with tensors of any device
    except (RuntimeError, ValueError, OverflowError):  # an integer of more than 64 bits
        raise errors.not_an_operand(operand, n) from None


def _check_devices(arrays: Sequence[Any]) -> None:
    """Tensors must be on one device, but for numbers: 0-d tensors on the CPU go with any."""
    placed = [n for n, array in enumerate(arrays) if array.ndim or array.device.type != "cpu"]
    for n in placed:
        first = placed[0]
        if arrays[n].device != arrays[first].device:
            raise errors.mixed_devices(first, arrays[first].device, n, arrays[n].device)


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


def _shape(value: object, operand: int) -> Shape:
    try:
        sizes = tuple(operator.index(size) for size in value)  # type: ignore[attr-defined]
    except TypeError:
        raise errors.not_a_shape(value, operand) from None
    if any(not 0 <= size < LARGEST_SIZE for size in sizes):
        raise errors.not_a_shape(value, operand)
    return sizes
