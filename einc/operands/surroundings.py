"""What is switched on around a call of torch: autocast, a profiler, a counter of flops."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any

from einc.backends import TORCH
from einc.operands.kind import Kind, device_type

LOWERED = frozenset({"float32", "float16", "bfloat16"})  # what autocast casts; it leaves longer types alone


def autocasts(kind: Kind, arrays: Sequence[Any]) -> bool:
    """Whether autocast is on, for the device of the operands."""
    if kind.library != TORCH.name:
        return False
    torch, device = sys.modules["torch"], device_type(arrays)
    return torch.amp.is_autocast_available(device) and bool(torch.is_autocast_enabled(device))


def lowered(arrays: tuple[Any, ...]) -> tuple[Any, ...]:
    """Tensors in the type in which autocast wants products on their device; all as they are if one is longer."""
    torch = sys.modules["torch"]
    device = device_type(arrays)
    inexact = {str(array.dtype).removeprefix("torch.") for array in arrays if _is_inexact(array)}
    if not inexact <= LOWERED:
        return arrays
    to = torch.get_autocast_dtype(device)
    return tuple(array.to(to) if _is_inexact(array) else array for array in arrays)


def without_autocast(arrays: Sequence[Any]) -> AbstractContextManager[Any]:
    """Where autocast changes no more types."""
    off: AbstractContextManager[Any] = sys.modules["torch"].autocast(device_type(arrays), enabled=False)
    return off


def surroundings(kind: Kind, label: str) -> AbstractContextManager[Any]:
    """Where a profiler, if one runs, shows the label, and a counter of flops, if one counts, counts all products."""
    if kind.library != TORCH.name:
        return nullcontext()
    torch = sys.modules["torch"]
    tracing = torch.utils._python_dispatch._is_in_torch_dispatch_mode
    if not tracing and not torch.autograd.profiler._is_profiler_enabled:
        return nullcontext()
    entered = ExitStack()
    if tracing:
        for counter in _flop_counters(torch):
            entered.enter_context(_counting_all(counter, torch))
    else:
        entered.enter_context(torch.profiler.record_function(label))
    return entered


def _is_inexact(array: Any) -> bool:
    return bool(array.is_floating_point() or array.is_complex())


def _flop_counters(torch: Any) -> Iterator[Any]:
    if (module := sys.modules.get("torch.utils.flop_counter")) is not None:
        for mode in torch.utils._python_dispatch._get_current_dispatch_mode_stack():
            if isinstance(mode, module._FlopCounterMode):
                yield mode.counter


@contextmanager
def _counting_all(counter: Any, torch: Any) -> Iterator[None]:
    """Where all that is multiplied and added counts: by itself, torch's counter knows products of matrices alone."""
    known = counter.flop_registry
    counter.flop_registry = {**_flops(torch), **known}
    try:
        yield
    finally:
        counter.flop_registry = known


def _flops(torch: Any) -> dict[Any, Callable[..., int]]:
    """What a call of each operator counts, from its operands and its result."""
    aten = torch.ops.aten
    return {
        aten.mv: lambda x, *_, **__: 2 * x.numel(),
        aten.dot: lambda x, *_, **__: 2 * x.numel(),
        aten.mul: lambda *_, out_val, **__: out_val.numel(),
        aten.sum: lambda x, *_, **__: x.numel(),
    }
