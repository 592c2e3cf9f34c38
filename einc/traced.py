"""A call as torch.compile and torch.export read it: the same calls for all sizes that a symbol stands for.

Where every size is a number, the function planned for them is read in the place of the call. Where some are
symbols, the call is left to the tracer that comes next, to which symbols have told the numbers they were first
met with; what is planned for those is right for all. `torch.export(strict=True)` has no next tracer: there,
usual numbers are planned for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any
from weakref import WeakValueDictionary

import torch
from torch._dynamo import assume_constant_result, nonstrict_trace
from torch.fx.experimental.symbolic_shapes import has_static_value

from einc.compiler import Compiled, compiled
from einc.compiler import einsum as called_einsum
from einc.load import Function
from einc.operands import dtype_name, lowered
from einc.options import choose
from einc.stages import views_only

_left: WeakValueDictionary[str, Compiled] = WeakValueDictionary()  # tracers pass names on, but no objects
_functions = ModuleType("einc.traced._functions")  # tracers can read what has a name in a module


def call(expression: Compiled, operands: Sequence[Any]) -> Any:
    """What a call of a compiled expression is read as."""
    if not _is_readable(operands):
        return _call_left("expression " + _name(expression), operands)  # made here, as no constant can be an argument
    return _read(expression, operands)


def einsum(arguments: Sequence[Any], choices: Mapping[str, Any]) -> Any:
    """What a call of `einc.einsum` is read as."""
    text, operands = arguments[0], arguments[1:]
    if not isinstance(text, str):
        lists = [[(label,) if label is not Ellipsis else () for label in labels] for labels in _lists(arguments)]
        return _lists_left(arguments[: len(arguments) // 2 * 2 : 2], lists, choices)
    if not _is_readable(operands):
        return _einsum_left(arguments, choices)
    return _read((text, choices), operands)


def _read(what: Compiled | tuple[str, Mapping[str, Any]], operands: Sequence[Any]) -> Any:
    if not torch._C._is_any_autocast_enabled() or not _is_lowered(what, _shapes(operands)):
        return getattr(_functions, _planned(what, _shapes(operands), _dtypes(operands), _device(operands)))(*operands)
    arrays = lowered(tuple(operands))
    with torch.autocast(arrays[0].device.type, enabled=False):
        return getattr(_functions, _planned(what, _shapes(arrays), _dtypes(arrays), _device(arrays)))(*arrays)


def _lists(arguments: Sequence[Any]) -> Sequence[Any]:
    """The lists of labels among operands, and that of the output if there is one."""
    return [*arguments[1::2], *(arguments[-1:] if len(arguments) % 2 else [])]


def _is_readable(operands: Sequence[Any]) -> bool:
    """Whether they are plain tensors, and nothing has to be found out that is not read here."""
    for operand in operands:
        if not isinstance(operand, torch.Tensor) or operand.layout is not torch.strided or operand.is_nested:
            return False
    if torch.compiler.is_exporting():
        return True
    known = all(has_static_value(size) for operand in operands for size in operand.shape)
    return known and not torch._C._is_any_autocast_enabled()


def _shapes(operands: Sequence[Any]) -> tuple[tuple[int | None, ...], ...]:
    return tuple([tuple([s if has_static_value(s) else None for s in operand.shape]) for operand in operands])


def _dtypes(operands: Sequence[Any]) -> tuple[torch.dtype, ...]:
    return tuple([operand.dtype for operand in operands])


def _device(operands: Sequence[Any]) -> str:
    """The type of the device that they are on, numbers aside."""
    return str(([operand for operand in operands if operand.dim()] or operands)[0].device.type)


@assume_constant_result  # type: ignore[untyped-decorator]
def _name(expression: Compiled) -> str:
    """A name for an expression, which lives as long as what was compiled for it."""
    _left[f"expression {id(expression)}"] = expression
    return str(id(expression))


@nonstrict_trace
def _call_left(name: str, operands: Sequence[Any]) -> Any:
    return _left[name](*operands)


@nonstrict_trace
def _einsum_left(arguments: Sequence[Any], choices: Mapping[str, Any]) -> Any:
    return called_einsum(*arguments, **choices)


@nonstrict_trace
def _lists_left(operands: Sequence[Any], lists: Sequence[Sequence[tuple[Any, ...]]], choices: Mapping[str, Any]) -> Any:
    """As `_einsum_left`; labels come as tuples, as an ellipsis cannot be passed on."""
    labels = [[label[0] if label else Ellipsis for label in labels] for labels in lists]
    output = labels[len(operands) :]
    between = [argument for pair in zip(operands, labels) for argument in pair]
    return called_einsum(*between, *output, **choices)


@assume_constant_result  # type: ignore[untyped-decorator]
def _planned(
    what: Compiled | tuple[str, Mapping[str, Any]], shapes: tuple[Any, ...], dtypes: tuple[Any, ...], device: str
) -> str:
    """The name of the function for operands of these shapes and dtypes, on a device."""
    plan = _expression(what).plan_for(shapes, [dtype_name(dtype) for dtype in dtypes], device)
    name = f"{plan.function.__code__.co_filename}{'of views' if views_only(plan.outlined) else ''}"
    if not hasattr(_functions, name):
        setattr(_functions, name, _of_viewable(plan.function) if views_only(plan.outlined) else plan.function)
    return name


@assume_constant_result  # type: ignore[untyped-decorator]
def _is_lowered(what: Compiled | tuple[str, Mapping[str, Any]], shapes: tuple[Any, ...]) -> bool:
    """Whether autocast lowers what is computed."""
    return _expression(what).is_lowered(shapes)


def _expression(what: Compiled | tuple[str, Mapping[str, Any]]) -> Compiled:
    return what if isinstance(what, Compiled) else compiled(what[0], choose(what[1]))


def _of_viewable(function: Function) -> Function:
    return lambda *operands: function(*[_not_expanded(operand) for operand in operands])


def _not_expanded(operand: torch.Tensor) -> torch.Tensor:
    """A tensor of which a view may be a result: `viewable`, in words that can be read."""
    expanded = [size > 1 and stride == 0 for size, stride in zip(operand.shape, operand.stride())]
    return operand.clone() if any(expanded) else operand
