"""Who is let in: arrays of one library, and what may stand beside them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, TypeGuard

import numpy as np

from einc import errors
from einc.backends import NUMPY, TORCH


def admit(operands: Sequence[object]) -> tuple[Any, ...]:
    """Let operands in, as arrays of one library.

    They are torch tensors, arrays of a library that follows the array API standard, or NumPy arrays;
    numbers may stand beside any, and nested lists beside NumPy arrays.

    Raises:
        EincTypeError: for operands of two libraries or devices, for sparse, nested or masked
            ones, and for anything that is no array.
    """
    torch = sys.modules.get("torch")  # who has a tensor has imported torch
    if torch is not None and any(isinstance(operand, torch.Tensor) for operand in operands):
        return _torch_tensors(operands, torch)
    for n, operand in enumerate(operands):
        if is_of_namespace(operand):
            return _arrays_of(operand.__array_namespace__(), n, operands)
    return tuple(_numpy_array(operand, n) for n, operand in enumerate(operands))


def is_of_namespace(operand: object) -> TypeGuard[Any]:
    """Whether it is an array of a library, NumPy aside, that follows the array API standard."""
    return not isinstance(operand, np.ndarray | np.generic) and hasattr(type(operand), "__array_namespace__")


def viewable(array: Any) -> Any:
    """The array, fit for a view of it to be a result: copied where it is expanded, and as read-only as its base.

    The array API knows neither strides nor writing; there, any array is.
    """
    if is_of_namespace(array):
        return array
    numpy = isinstance(array, np.ndarray)
    strides = array.strides if numpy else array.stride()
    if any(type(stride) is int and stride == 0 and size > 1 for size, stride in zip(array.shape, strides)):
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


def _arrays_of(namespace: Any, first: int, operands: Sequence[object]) -> tuple[Any, ...]:
    arrays: list[Any] = []
    for n, operand in enumerate(operands):
        library = _library(operand)
        if library not in (None, namespace.__name__):
            raise errors.mixed_libraries(n, str(library), first, namespace.__name__)
        if library is None and not isinstance(operand, bool | int | float | complex):
            raise errors.not_an_operand(operand, n)
        try:
            arrays.append(operand if library else namespace.asarray(operand))
        except (OverflowError, ValueError, TypeError):  # an integer of more than 64 bits
            raise errors.not_an_operand(operand, n) from None
    return tuple(arrays)


def _library(operand: object) -> str | None:
    """The library of an array that is no torch tensor, if it is one."""
    if isinstance(operand, np.ndarray | np.generic):
        return NUMPY.name
    return str(operand.__array_namespace__().__name__) if is_of_namespace(operand) else None


def _torch_tensors(operands: Sequence[object], torch: Any) -> tuple[Any, ...]:
    tensors = [n for n, operand in enumerate(operands) if isinstance(operand, torch.Tensor)]
    for n, operand in enumerate(operands):
        if not isinstance(operand, torch.Tensor) and (library := _library(operand)):
            raise errors.mixed_libraries(n, library, tensors[0], TORCH.name)
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
    devices = [arrays[n].device for n in placed]
    for n, device in zip(placed, devices):
        if device != devices[0]:
            raise errors.mixed_devices(placed[0], devices[0], n, device)
