"""What is for users of torch alone: einc in the place of `torch.einsum`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from types import TracebackType
from typing import Any

import torch
from torch import functional, overrides

from einc import later
from einc.compiler import EXPRESSIONS, Compiled, compile, einsum
from einc.errors import EincError

__all__ = ["Patch", "patch"]

LOWERED = frozenset({torch.float32, torch.float16, torch.bfloat16})  # types that autocast brings together
INEXACT = LOWERED | {torch.float64, torch.complex64, torch.complex128}


class Patch:
    """einc in the place of `torch.einsum`, in all threads, until `undo` or the end of a `with` block.

    Patches may be nested, and those of several threads may overlap: torch gets its own back with the last.
    """

    def __init__(self) -> None:
        self._in_force = False

    def __enter__(self) -> Patch:
        with _lock:
            if not self._in_force:
                self._in_force = True
                _in_force.append(self)
                torch.einsum = functional.einsum = _einsum
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.undo()

    def undo(self) -> None:
        """Give torch its own back, unless another patch is in force. A second time, nothing happens."""
        with _lock:
            if self._in_force:
                self._in_force = False
                _in_force.remove(self)
            if not _in_force:
                for place in (torch, functional):
                    if vars(place)["einsum"] is _einsum:  # and not somebody else's by now
                        setattr(place, "einsum", _torch_einsum)  # noqa: B010 - which differs by module
                if (rules := sys.modules.get("torch._dynamo.trace_rules")) is not None:
                    rules.clear_lru_cache()  # torch.compile looked torch's functions up by name


def patch() -> Patch:
    """Let calls of `torch.einsum` and `torch.functional.einsum` go through einc, from now on.

    What it is called with means what it means to torch. Integers, bool, operands of several types, of classes
    that override torch's functions, and whatever einc refuses, go to torch as before.

    Returns:
        The patch, to undo it, or to be used in a `with` statement, whose end undoes it.
    """
    return Patch().__enter__()


def _einsum(*arguments: Any) -> Any:
    """What stands in the place of `torch.einsum`; it takes the same arguments."""
    text, operands = _taken_apart(arguments)
    if not _in_force:
        return _torch_einsum(*arguments)
    if overrides.has_torch_function(operands) and any(map(_overrides, operands)):  # modes have torch functions, too
        same = arguments if text is None else (text, *operands)
        return overrides.handle_torch_function(_torch_einsum, operands, *same)
    if not _is_for_einc(operands):
        return _torch_einsum(*arguments)
    try:
        return einsum(*arguments) if text is None else _letters(text)(*operands)
    except EincError as complaint:
        try:
            return _torch_einsum(*arguments)
        except Exception as error:
            raise error from complaint


def _taken_apart(arguments: Sequence[Any]) -> tuple[str | None, Sequence[Any]]:
    """The equation and its operands, which may come as one list; or the operands between lists of labels."""
    if not arguments or not isinstance(arguments[0], str):
        return None, arguments[: len(arguments) // 2 * 2 : 2]
    if len(arguments) == 2 and isinstance(arguments[1], list | tuple):
        return arguments[0], arguments[1]
    return arguments[0], arguments[1:]


def _is_for_einc(operands: Sequence[Any]) -> bool:
    """Whether they are tensors of one type, of those that torch computes in throughout."""
    if not operands or not all(isinstance(operand, torch.Tensor) for operand in operands):
        return False
    dtypes = {operand.dtype for operand in operands}
    return dtypes <= (INEXACT if len(dtypes) == 1 else LOWERED if torch._C._is_any_autocast_enabled() else set())


def _overrides(operand: Any) -> bool:
    own = getattr(type(operand), "__torch_function__", torch._C._disabled_torch_function_impl)
    return getattr(own, "__func__", own) not in (
        torch.Tensor.__torch_function__.__func__,  # type: ignore[attr-defined]
        torch._C._disabled_torch_function_impl,
    )


@lru_cache(maxsize=EXPRESSIONS)
def _letters(text: str) -> Compiled:
    return compile(text, notation="letters")  # white space means nothing to torch


def _einsum_in_trace(*arguments: Any) -> Any:
    text, operands = _taken_apart(arguments)
    if text is None:
        return later.traced.einsum(arguments, {})
    return later.traced.einsum((text, *operands), {"notation": "letters"})


_einsum._torchdynamo_inline = _einsum_in_trace  # type: ignore[attr-defined]
_torch_einsum = functional.einsum
_in_force: list[Patch] = []
_lock = Lock()
