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
    return Kind(library.name, shapes, tuple(_dtype_name(array) for array in arrays))


def described(operands: Sequence[object], library: str | None = None) -> Kind:
    """The kind of operands given as arrays, or as shapes alone; those have the library's default dtype.

    Raises:
        EincTypeError: for what is neither array nor shape.
        EincError: for a library that einc does not write for.
    """
    if library is None and operands and all(hasattr(operand, "dtype") for operand in operands):
        return kind_of(admit(operands))
    table = backend(library or NUMPY.name)
    shapes = tuple(_shape(getattr(operand, "shape", operand), n) for n, operand in enumerate(operands))
    return Kind(table.name, shapes, (table.default_dtype,) * len(shapes))


def check_arithmetic(kind: Kind) -> None:
    """Check that the library can multiply and add what the operands hold.

    Raises:
        EincTypeError: naming the first operand of which it can not.
    """
    for operand, dtype in enumerate(kind.dtypes):
        if dtype not in kind.backend.dtypes:
            raise errors.no_arithmetic(operand, dtype)


def promoted(kind: Kind) -> str:
    """The dtype, by name, to which the operands' own library promotes them all."""
    different = set(kind.dtypes)
    if len(different) == 1:
        return different.pop()
    if kind.library == NUMPY.name:
        return np.result_type(*different).name
    return _promoted_by_torch(kind, import_module("torch"))


def unexpanded(array: Any) -> Any:
    """The array, copied where it may overlap itself (an axis of stride 0)."""
    if isinstance(array, np.ndarray):
        return array.copy() if 0 in array.strides else array
    return array.clone() if 0 in array.stride() else array


def _numpy_array(operand: object, n: int) -> Any:
    if type(operand) is np.ndarray:
        return operand
    if isinstance(operand, np.ma.MaskedArray):
        raise errors.not_dense(n, "masked")
    if not isinstance(operand, np.ndarray | np.generic | bool | int | float | complex | list | tuple):
        raise errors.not_an_operand(operand, n)
    try:
        return np.asarray(operand)
    except ValueError:  # a ragged list
        raise errors.not_an_operand(operand, n) from None


def _torch_tensors(operands: Sequence[object], torch: Any) -> tuple[Any, ...]:
    tensors = [n for n, operand in enumerate(operands) if isinstance(operand, torch.Tensor)]
    for n, operand in enumerate(operands):
        if isinstance(operand, np.ndarray | np.generic):
            raise errors.mixed_libraries(n, tensors[0])
        if not isinstance(operand, torch.Tensor | bool | int | float | complex):
            raise errors.not_an_operand(operand, n)
    arrays: tuple[Any, ...] = tuple(
        operand if isinstance(operand, torch.Tensor) else torch.tensor(operand) for operand in operands
    )
    for n in tensors:
        if arrays[n].is_nested:
            raise errors.not_dense(n, "nested")
        if arrays[n].layout is not torch.strided:
            raise errors.not_dense(n, "sparse")
    _check_devices(arrays)
    return arrays


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
        torch.empty((1,) * rank, dtype=reduce(torch.promote_types, [getattr(torch, dtype) for dtype in sorted(dtypes)]))
        for rank, dtypes in ((1, with_axes), (0, zero_d))
        if dtypes
    ]
    return str(torch.result_type(samples[0], samples[-1])).removeprefix("torch.")


def _dtype_name(array: Any) -> str:
    return array.dtype.name if isinstance(array, np.ndarray) else str(array.dtype).removeprefix("torch.")


def _shape(value: object, operand: int) -> Shape:
    try:
        sizes = tuple(operator.index(size) for size in value)  # type: ignore[attr-defined]
    except TypeError:
        raise errors.not_a_shape(value, operand) from None
    if any(size < 0 for size in sizes):
        raise errors.not_a_shape(value, operand)
    return sizes
