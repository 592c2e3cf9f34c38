"""Hypothesis strategies for whole problems: an expression, operands that fit it, and what it means."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import definition
import numpy as np
from hypothesis import strategies as st

from einc.backends.spelling import category

DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)
NUMPY_DTYPES = (*DTYPES, "uint16", "uint32", "uint64", np.dtype("longdouble").name, ">i2", ">i4", ">f4", ">c16")
# Relative to the sum of absolute values. Half types round once per step, and a problem has few steps.
TOLERANCES = {
    **{"float16": 1e-2, "bfloat16": 1e-1, "complex32": 1e-2},
    **{"float32": 1e-5, "complex64": 1e-5, "float64": 1e-12, "complex128": 1e-12},
    **{np.dtype("longdouble").name: 1e-12, np.dtype("clongdouble").name: 1e-12},
}
LARGEST_HALF = 60_000  # operands are at most 1 in magnitude, so sums of fewer points stay in range

Draw = Callable[..., Any]


@dataclass(frozen=True)
class Problem:
    """An expression as text and as terms, with every axis of an ellipsis named, and operands for it."""

    text: str
    inputs: tuple[tuple[str, ...], ...]
    output: tuple[str, ...]
    operands: tuple[Any, ...]

    def check(self, result: Any, dtype: str) -> None:
        """Hold a result to the definition, in its own type where that is exact, else in float64."""
        result = np.asarray(result)
        if category(dtype) != "inexact":
            wanted = definition.einsum(self.inputs, self.output, self.operands, np.dtype(dtype))
            assert result.shape == wanted.shape
            np.testing.assert_array_equal(result, wanted)
            return
        wide = complex if dtype.startswith("complex") else float
        wanted = definition.einsum(self.inputs, self.output, self.operands, wide)
        assert result.shape == wanted.shape
        scale = definition.magnitude(self.inputs, self.output, self.operands)
        underflow = 0.0
        if dtype in ("float16", "complex32"):
            if self._points() > LARGEST_HALF:
                return
            underflow = 2**-24 * self._points()
        assert np.all(np.abs(result - wanted) <= TOLERANCES[dtype] * scale + underflow)

    def _points(self) -> int:
        sizes: dict[str, int] = {}
        for term, operand in zip(self.inputs, self.operands):
            for index, size in zip(term, operand.shape):
                sizes[index] = max(size, sizes.get(index, 0))
        return math.prod(sizes.values())


@st.composite
def problems(draw: Draw, dtypes: Sequence[str] = DTYPES, most_operands: int = 6) -> Problem:
    """Any expression of the letters notation: diagonals, ellipses, broadcasting, all sizes, types and strides."""
    letters = draw(st.permutations("abcdXYαЖ"))[: draw(st.integers(1, 6))]
    terms = draw(st.lists(st.lists(st.sampled_from(letters), max_size=4), min_size=1, max_size=most_operands))
    most = draw(st.sampled_from([None, None, None, 0, 1, 2]))
    ranks = [None if most is None else draw(st.sampled_from([None, *range(most + 1)])) for _ in terms]
    width = max((rank for rank in ranks if rank is not None), default=0)
    written = [term if rank is None else _with_ellipsis(draw, term) for term, rank in zip(terms, ranks)]
    inputs = tuple(_named(term, rank or 0, width) for term, rank in zip(written, ranks))
    return Problem(*_output(draw, written, inputs, width), _operands(draw, inputs, dtypes))


def _output(
    draw: Draw, written: list[list[str]], inputs: tuple[tuple[str, ...], ...], width: int
) -> tuple[str, tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """The whole text, the inputs, and the output as it names every axis."""
    text = ",".join(map("".join, written))
    symbols = [symbol for term in written for symbol in term if symbol != "..."]
    if draw(st.booleans()):
        once = sorted(symbol for symbol in symbols if symbols.count(symbol) == 1)
        return text, inputs, _named(["...", *once], width, width)
    term = draw(st.lists(st.sampled_from(symbols), unique=True)) if symbols else []
    if term and draw(st.integers(0, 7)) == 7:
        term = [*term, draw(st.sampled_from(term))]  # a diagonal, embedded
    if draw(st.booleans()):
        term = _with_ellipsis(draw, term)
    return f"{text}->{''.join(term)}", inputs, _named(term, width, width)


def _with_ellipsis(draw: Draw, term: list[str]) -> list[str]:
    at = draw(st.integers(0, len(term)))
    return [*term[:at], "...", *term[at:]]


def _named(term: list[str], rank: int, width: int) -> tuple[str, ...]:
    """The term with its ellipsis as the last `rank` of `width` axes."""
    axes = [f"...{axis}" for axis in range(width - rank, width)]
    return tuple(name for symbol in term for name in (axes if symbol == "..." else [symbol]))


def _operands(draw: Draw, inputs: tuple[tuple[str, ...], ...], dtypes: Sequence[str]) -> tuple[Any, ...]:
    names = sorted({name for term in inputs for name in term})
    sizes = {name: draw(st.sampled_from([2, 3, 1, 0, 4, 5])) for name in names}
    one_dtype = draw(st.sampled_from([*dtypes, *([None] * len(dtypes))]))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    operands = []
    for term in inputs:
        narrow = {name for name in set(term) if draw(st.integers(0, 7)) == 7}  # these broadcast
        shape = [1 if name in narrow else sizes[name] for name in term]
        array = _array(generator, shape, one_dtype or draw(st.sampled_from(dtypes)))
        operands.append(_laid_out(array, draw(st.sampled_from(LAYOUTS))))
    return tuple(operands)


def _array(generator: np.random.Generator, shape: Sequence[int], dtype: str) -> Any:
    match np.dtype(dtype).kind:
        case "b":
            return np.asarray(generator.random(shape) < 0.3)
        case "i":
            return np.asarray(generator.integers(-3, 4, shape)).astype(dtype)
        case "u":
            return np.asarray(generator.integers(0, 4, shape)).astype(dtype)
        case "f":
            return np.asarray(generator.uniform(-1, 1, shape)).astype(dtype)
        case _:
            values = generator.uniform(-0.7, 0.7, (2, *shape))
            return np.asarray(values[0] + 1j * values[1]).astype(dtype)


LAYOUTS = ("C", "F", "reversed", "every second", "expanded", "read-only")


def _laid_out(array: Any, layout: str) -> Any:
    """The same values (but for an expanded axis) in memory in another way."""
    match layout:
        case "F":
            return np.asfortranarray(array) if array.ndim else array
        case "reversed":
            return np.flip(np.flip(array).copy()) if array.ndim else array
        case "every second":
            return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array
        case "expanded" if array.ndim and array.shape[0]:
            return np.broadcast_to(array[:1], array.shape)
        case "read-only":
            array.flags.writeable = False
            return array
        case _:
            return array


def as_torch(array: Any) -> Any:
    """The array as a tensor, with its strides where torch has such."""
    import torch

    if 0 in array.strides and array.size:
        return torch.from_numpy(array[:1].copy()).expand(array.shape)
    if any(stride < 0 for stride in array.strides) or not array.flags.writeable:
        return torch.from_numpy(np.array(array))
    return torch.from_numpy(array)
