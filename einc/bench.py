"""An expression timed beside the same in other libraries that are installed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from einc.backends import NUMPY, TORCH
from einc.compiler import Compiled
from einc.errors import not_installed
from einc.expression import Shape
from einc.turns import REFERENCE_AGAIN, Timing, compare

Call = Callable[[], Any]
Peer = Callable[[str, Sequence[Any]], Call]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What calls took beside einc's, in turns.

    Attributes:
        expression: as it was written.
        library: of the operands.
        shapes: of the operands.
        timings: by name, einc's first; ratios above one are slower than einc. That of `REFERENCE_AGAIN` is einc
            once more, and tells the noise.
        refused: why others are missing.
    """

    expression: str
    library: str
    shapes: tuple[Shape, ...]
    timings: Mapping[str, Timing]
    refused: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """All fields, as `json` can write them."""
        return asdict(self)

    def __str__(self) -> str:
        shapes = ", ".join("x".join(map(str, shape)) or "scalar" for shape in self.shapes)
        widest = max(map(len, self.timings))
        rows = [
            f"{name.ljust(widest)}  {timing.ratio:6.2f}  {timing.low:6.2f} to {timing.high:.2f}  "
            f"{timing.microseconds:,.4g} µs"
            for name, timing in self.timings.items()
        ]
        head = f"{'':{widest}}  times einc's, half of all rounds between, a call"
        refused = [f"{name}: {why}" for name, why in self.refused.items()]
        return "\n".join([f"{self.expression}    {self.library}, {shapes}", "", head, *rows, *refused])


def bench(compiled: Compiled, text: str, shapes: Sequence[Shape], library: str, rounds: int = 30) -> Benchmark:
    """Time an expression beside NumPy's, torch's and opt_einsum's einsum, and other peers that are installed.

    Args:
        compiled: the expression.
        text: of it, for the peers; those that read no words, or find another result, are left out.
        shapes: of random operands, in float32.
        library: `"numpy"` or `"torch"`.
        rounds: how often each is timed, twice or more.

    Raises:
        EincError: where the library is not installed.
    """
    if find_spec(library) is None:
        raise not_installed(library)
    generator = np.random.default_rng(0)
    operands: list[Any] = [generator.standard_normal(shape).astype("float32") for shape in shapes]
    if library == TORCH.name:
        operands = [import_module(TORCH.name).from_numpy(operand) for operand in operands]
    right = np.asarray(compiled(*operands))
    calls: dict[str, Call] = {"einc": lambda: compiled(*operands)}
    refused: dict[str, str] = {}
    for name, make in _peers(library).items():
        try:
            call = make(text, operands)
            if not np.allclose(np.asarray(call()), right, rtol=1e-3, atol=1e-3 * float(np.abs(right).max(initial=1.0))):
                refused[name] = "another result"
            else:
                calls[name] = call
        except Exception as problem:  # whatever a peer raises, it is not in the race
            refused[name] = why(problem)
    timings = compare(calls, rounds)
    return Benchmark(text, library, tuple(map(tuple, shapes)), timings, refused)


def why(problem: Exception) -> str:
    """What stopped someone, in a line."""
    return (str(problem).splitlines() or [type(problem).__name__])[0][:80]


def _peers(library: str) -> dict[str, Peer]:
    """Others that compute an expression in a library, and are installed."""
    own = {NUMPY.name: {"np.einsum": _numpy, "np.einsum, optimize=True": _numpy_optimized}, TORCH.name: _TORCH}
    others = {"opt_einsum": _opt_einsum, "cotengra": _cotengra}
    return {**own[library], **{name: peer for name, peer in others.items() if find_spec(name)}}


def _numpy(text: str, operands: Sequence[Any]) -> Call:
    return lambda: np.einsum(text, *operands)


def _numpy_optimized(text: str, operands: Sequence[Any]) -> Call:
    return lambda: np.einsum(text, *operands, optimize=True)


def _torch(text: str, operands: Sequence[Any]) -> Call:
    einsum = sys.modules[TORCH.name].einsum
    return lambda: einsum(text, *operands)


def _opt_einsum(text: str, operands: Sequence[Any]) -> Call:
    expression = import_module("opt_einsum").contract_expression(text, *(operand.shape for operand in operands))
    return lambda: expression(*operands)


def _cotengra(text: str, operands: Sequence[Any]) -> Call:
    expression = import_module("cotengra").einsum_expression(text, *(operand.shape for operand in operands))
    return lambda: expression(*operands)


_TORCH: Mapping[str, Peer] = {"torch.einsum": _torch}

__all__ = ["REFERENCE_AGAIN", "Benchmark", "bench", "why"]
