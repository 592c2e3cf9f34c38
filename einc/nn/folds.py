"""What the constants of a layer fold into, made anew whenever one of them has changed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from einc.nn.folding import Folding


@dataclass(frozen=True, slots=True)
class Stamp:
    """A tensor as it was: the object, how often it had been written to, and where its memory was."""

    tensor: Tensor
    version: int
    address: int

    @classmethod
    def of(cls, tensor: Tensor) -> Stamp:
        """The tensor as it is."""
        return cls(tensor, tensor._version, tensor.data_ptr())

    def holds(self, tensor: Tensor) -> bool:
        """Whether this is the tensor, unchanged and without a gradient."""
        return (
            tensor is self.tensor
            and tensor._version == self.version
            and tensor.data_ptr() == self.address
            and not tensor.requires_grad
        )


@dataclass(frozen=True, slots=True)
class Made:
    """Results, and the constants that they were made of, by position."""

    stamps: tuple[tuple[int, Stamp], ...]
    results: tuple[Tensor, ...]

    def holds(self, operands: Sequence[Any]) -> bool:
        """Whether the constants are still what they were."""
        return all(stamp.holds(operands[position]) for position, stamp in self.stamps)


class Folds:
    """Remembers the results of a folding; a copy makes its own.

    Nothing is remembered but plain data: constants that need a gradient, that other processes share, or that a
    transformation has wrapped are left to the whole expression.
    """

    def __init__(self, folding: Folding) -> None:
        self.folding = folding
        self._constants = tuple(n for group in folding.groups for n in group)
        self._made: Made | None = None

    def __reduce__(self) -> tuple[type[Folds], tuple[Folding]]:
        return Folds, (self.folding,)

    def forget(self) -> None:
        """Let go of what was made."""
        self._made = None

    def operands(self, operands: Sequence[Any]) -> list[Any] | None:
        """The operands of the folding's rest; None where this call is better left to the whole expression.

        So it is where the operands would be promoted together before anything is summed, and while a CUDA
        graph is captured, which reads the memory of the constants at every replay.

        Raises:
            EincError: where the constants do not fit each other any more.
        """
        constant = operands[self._constants[0]]
        dtype = getattr(constant, "dtype", None)
        for operand in operands:
            if not isinstance(operand, Tensor) or operand.dtype is not dtype:
                return None
        if constant.is_cuda and torch.cuda.is_current_stream_capturing():
            return None
        made = self._made
        if made is None or not made.holds(operands):
            self._made = made = self._make(operands)
        return None if made is None else self.folding.left(operands, made.results)

    def _make(self, operands: Sequence[Any]) -> Made | None:
        constants = {n: operands[n] for n in self._constants}
        if not all(map(_is_plain, constants.values())):
            return None
        stamps = tuple((n, Stamp.of(tensor)) for n, tensor in constants.items())
        kind = operands[self._constants[0]].device.type
        autocast = torch.amp.autocast_mode.is_autocast_available(kind)
        with torch.inference_mode(False), torch.autocast(kind, enabled=False) if autocast else nullcontext():
            results = self.folding.first(operands)
        return Made(stamps, results) if all(map(_is_plain, results)) else None


def _is_plain(tensor: Tensor) -> bool:
    """Whether a tensor is all that it seems: no subclass, no gradient or tangent, memory of its own."""
    if type(tensor) is not Tensor or tensor.requires_grad or tensor.is_inference():
        return False
    try:
        tensor.untyped_storage()
    except NotImplementedError:  # inside vmap, grad or jvp
        return False
    if tensor.is_shared() and not tensor.is_cuda:  # type: ignore[no-untyped-call] # said of all CUDA tensors
        return False
    return forward_ad.unpack_dual(tensor).tangent is None  # type: ignore[no-untyped-call]
