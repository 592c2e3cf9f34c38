"""All that a plan depends on, read off operands or given as shapes."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from einc import errors
from einc.backends import BACKENDS, ELSEWHERE, NUMPY, ON_DEVICES, TORCH, Backend, backend
from einc.expression import Shape, Written
from einc.operands.admitted import admit, is_of_namespace
from einc.operands.symbols import are_numbers, known_shapes

LARGEST_SIZE = 2**63
LIKE = {"bfloat16": "float32", "complex32": "complex64"}  # what NumPy does not have, by what it casts like


@dataclass(frozen=True, slots=True)
class Kind:
    """All that a plan depends on: the library, and every operand's shape and dtype (by name).

    A library that is neither NumPy nor torch has the name of its array API namespace. `strided` tells, where
    not all operands lie in memory as they are written, in which order the axes of each do, outermost first.
    What is planned is right for any strides, and quick for these. Where some sizes are symbols, or unknown, the
    shapes are likely ones, and `fixed` is not set: what is planned has to serve others. `device` is that of
    tensors, if it is not a CPU: as with strides, what is planned is right on any, and quick on this one.
    """

    library: str
    shapes: tuple[Shape, ...]
    dtypes: tuple[str, ...]
    strided: tuple[tuple[int, ...], ...] = ()
    fixed: bool = True
    device: str = ""

    @property
    def backend(self) -> Backend:
        """The library's table, for the device."""
        return backend(self.library, self.device)


def kind_of(arrays: Sequence[Any], text: Written | None = None, given: Sequence[tuple[str, int]] = ()) -> Kind:
    """The kind of operands that were let in; with their text, a size that is a symbol is a likely one."""
    shapes = tuple(tuple(array.shape) for array in arrays)
    fixed = are_numbers(shapes)
    if text is not None:
        shapes = known_shapes(shapes, text, given)
    own = [array.dtype for array in arrays]
    names = {dtype: dtype_name(dtype) for dtype in set(own)}
    dtypes = tuple([names[dtype] for dtype in own])
    library, strided = _library(arrays), _strided([_strides(array) for array in arrays], shapes)
    device = device_type(arrays) if library == TORCH.name else ""
    return Kind(library, shapes, dtypes, strided, fixed, named_device(library, device))


def device_type(arrays: Sequence[Any]) -> str:
    """The type of the device that tensors are on, numbers aside."""
    return str(next((array for array in arrays if array.ndim), arrays[0]).device.type)


def named_device(library: str, device: str) -> str:
    """A type of device as a `Kind` names it."""
    if library != TORCH.name or device == "cpu":
        return ""
    return device if (library, device) in ON_DEVICES else ELSEWHERE


def _strides(array: Any) -> tuple[int, ...]:
    """The strides of an array; none where they are not known."""
    if isinstance(array, np.ndarray):
        return array.strides
    strides = tuple(array.stride()) if hasattr(array, "stride") else ()
    return strides if all(type(stride) is int for stride in strides) else ()


def _strided(strides: Sequence[tuple[int, ...]], shapes: Sequence[Shape]) -> tuple[tuple[int, ...], ...]:
    """For each operand, the order of its axes in memory; nothing if all lie as they are written."""
    if all(map(_descend, strides)):
        return ()
    orders = []
    for own, shape in zip(strides, shapes):
        written = tuple(range(len(shape)))
        apart = len(own) == len(shape) and all(stride > 0 or size < 2 for stride, size in zip(own, shape))
        long = [axis for axis in written if shape[axis] > 1]
        lying = sorted(long, key=lambda axis: -own[axis]) if apart else long
        orders.append(written if lying == long else (*lying, *(axis for axis in written if axis not in long)))
    return tuple(orders) if any(order != (*sorted(order),) for order in orders) else ()


def _descend(strides: tuple[int, ...]) -> bool:
    """Whether axes lie as they are written, as far as strides alone tell."""
    return not strides or (strides[-1] > 0 and sorted(strides, reverse=True) == [*strides])


def described(operands: Sequence[object], library: str | None = None) -> Kind:
    """The kind of operands given as arrays, or as shapes alone; those have the library's default dtype.

    Arrays tell the library, unless it is named; then those of another one count as shapes.

    Raises:
        EincTypeError: for what is neither array nor shape.
        EincError: for a library that einc does not write for.
    """
    given = [(n, operand) for n, operand in enumerate(operands) if hasattr(operand, "dtype")]
    known = kind_of(admit([operand for _, operand in given])) if given else None
    if library is not None and not _is_library(library):
        raise errors.unknown_library(library)
    table = backend(library or (known.library if known else NUMPY.name))
    shapes = tuple(_shape(getattr(operand, "shape", operand), n) for n, operand in enumerate(operands))
    dtypes = [table.default_dtype] * len(shapes)
    if known and known.library == table.name:
        for (n, _), dtype in zip(given, known.dtypes):
            dtypes[n] = dtype
    device = known.device if known and known.library == table.name else ""
    return Kind(table.name, shapes, tuple(dtypes), device=device)


def dtype_name(value: Any) -> str:
    """The name of a dtype given as its library has it, or by its name.

    Raises:
        EincTypeError: for what is none.
    """
    if isinstance(value, np.dtype):
        return value.name
    if isinstance(value, str) and value in LIKE:
        return value
    library, _, name = str(value).rpartition(".")
    if library and not isinstance(value, str | type) and name.isidentifier():  # torch.float32, array_api_strict.int8
        return name
    try:
        return str(np.dtype(value).name)
    except TypeError:
        raise errors.not_a_dtype(value) from None


def _library(arrays: Sequence[Any]) -> str:
    if all(isinstance(array, np.ndarray) for array in arrays):
        return NUMPY.name
    for array in arrays:
        if is_of_namespace(array):
            return str(array.__array_namespace__().__name__)
    return TORCH.name


def _is_library(name: object) -> bool:
    """Whether it names a library with a table of its own, or a namespace of the array API that can be imported."""
    if not isinstance(name, str):
        return False
    try:
        return name in BACKENDS or hasattr(import_module(name), "__array_namespace_info__")
    except (ImportError, ValueError):
        return False


def _shape(value: object, operand: int) -> Shape:
    try:
        sizes = tuple(operator.index(size) for size in value)  # type: ignore[attr-defined]
    except TypeError:
        raise errors.not_a_shape(value, operand) from None
    if any(not 0 <= size < LARGEST_SIZE for size in sizes):
        raise errors.not_a_shape(value, operand)
    return sizes
