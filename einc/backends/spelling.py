"""The columns of a backend table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal, NamedTuple, TypeAlias

RATES = 256  # of libraries and dtypes, remembered

Category: TypeAlias = Literal["bool", "integer", "inexact"]
Ranks: TypeAlias = tuple[int, int]

INTEGERS = frozenset({"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"})


def category(dtype: str) -> Category:
    """What sums of a dtype must mind: bool is summed by OR, integers must not widen."""
    return "bool" if dtype == "bool" else "integer" if dtype in INTEGERS else "inexact"


@cache
def itemsize(dtype: str) -> int:
    """Bytes of an element: of float32, complex64, bfloat16, float8_e4m3fn, but not bool, as its name tells."""
    bits = re.search(r"\d+", dtype)
    return int(bits.group()) // 8 if bits else 1


@dataclass(frozen=True, slots=True)
class Exact:
    """Which matrix products of integers are exact in an inexact dtype, whatever the order of their sums.

    Attributes:
        dtype: the inexact one.
        factor: the largest magnitude of an element of either side.
        total: the largest that the sum of all magnitudes may have.
    """

    dtype: str
    factor: int
    total: int


class Pace(NamedTuple):
    """What a call that goes over elements takes longer for how they lie.

    Attributes:
        run: seconds to begin a run of elements.
        block: seconds to begin the loop around runs.
        strided: seconds for each element, if those of a run do not lie side by side in all arrays.
    """

    run: float
    block: float
    strided: float


class Narrow(NamedTuple):
    """What a product of matrices takes at least if its result has few columns.

    Attributes:
        columns: from which on there are no longer few.
        row: seconds for each row of the result.
        element: seconds for each element of the first matrix.
        one: whether products with one column take as long in a batch.
    """

    columns: int
    row: float
    element: float
    one: bool


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Speeds of a library on one core, or on a device, as far as choices between ways of work need them.

    Those of a table are in float32; `rates_in` tells them in other dtypes.

    Attributes:
        call: seconds of a call that multiplies element by element, or matrices in the way of `matmul`.
        general: seconds of one that multiplies matrices of any ranks.
        summing: seconds of one that sums.
        vectors: seconds of one that multiplies a batch of vectors.
        view: seconds of one that makes no new array.
        macs: multiply-adds a second of large matrix products.
        macs_of: the same of the dtypes that have no BLAS, or units of their own.
        half_speed: size of a matrix's side at which its product runs at half speed.
        columns: of a matrix product without BLAS, at which it runs at half speed.
        matrix: seconds for each matrix of a batch.
        vector: the same if each is a product of two vectors.
        tiny: multiply-adds, below which a product of a batch is a plain loop, which begins at once.
        narrow: what products with few columns take.
        near: elements a second of copies and products element by element.
        warm: elements of an array that stays near the processor.
        turning: elements a second of a second factor that lies transposed, which a product turns while it reads them.
        copying: what a copy takes longer for how elements lie.
        multiplying: what a product element by element does.
        vecdot: elements a second of a batch of products of vectors.
        dotting: what that takes longer for each vector, and for each side whose vectors' elements lie apart.
        loop: multiply-adds a second of one loop over all indices.
        loop_of: the same of the dtypes in which it differs.
        large: elements of a matrix product's result from which the call for any ranks is the quicker one.
        copies_operands: whether a product copies operands that lie badly; else it is slow.
    """

    call: float
    general: float
    summing: float
    vectors: float
    view: float
    macs: float
    macs_of: Mapping[str, float]
    half_speed: float
    columns: float
    matrix: float
    vector: float
    tiny: float
    narrow: Narrow
    near: float
    warm: float
    turning: float
    copying: Pace
    multiplying: Pace
    vecdot: float
    dotting: Pace
    loop: float
    loop_of: Mapping[str, float]
    large: float
    copies_operands: bool


@lru_cache(RATES)
def rates_in(rates: Rates, dtype: str) -> Rates:
    """The speeds in a dtype: elements of more bytes take longer to move, and complex ones twice as long to multiply."""
    words = max(1, itemsize(dtype) // 4)
    parts = 2 if dtype.startswith("complex") else 1
    return replace(
        rates,
        macs=rates.macs_of.get(dtype, rates.macs / (words * parts)),
        near=rates.near / words,
        warm=rates.warm / words,
        turning=rates.turning / words,
        vecdot=rates.vecdot / words,
        loop=rates.loop_of.get(dtype, rates.loop),
    )


@dataclass(frozen=True, slots=True)
class Backend:
    """How one array library spells each primitive, and the facts about it that choices rest on.

    Spellings are format strings: `{x}` and `{y}` are operands, the rest is named below. What
    all libraries spell alike (`x[:, None]`) stands in `emit`.
    """

    name: str
    imports: str
    cast: str  # {dtype}
    sum: (
        str  # {arguments}: axes, if not all, and sum_in_type; or {axes}, None for all, and {dtype}, the same or nothing
    )
    any: str  # likewise
    sum_in_type: str  # an argument {dtype} of a sum, for integers, whose sums would widen
    trace: str
    diagonal: str  # {axes}: nothing for the first two; or {last}: the array with them as its last two
    reshape: str  # {sizes}
    insert: str | None  # an axis of size one at {axis}, if there is a quicker call than a subscript
    drop: str | None  # the same for one that goes
    copy: str
    contiguous: str
    embed: str  # the last axis as a diagonal
    permute: str  # {axes}: all axes in their new order
    transpose: str  # of a matrix
    swap_last: str  # the last two axes, of three or more
    multiply: str
    first_factor: bool  # whether that lies as its first factor does, where both lie in different orders
    multiply_over: str | None  # the same written over {x}, if that is no concern of anybody else's
    matmul: Mapping[Ranks, str]  # by the ranks of both operands
    matmul_any: str  # for all other ranks
    vecdot: str
    expand: str | None  # a batch {x} of one matrix to one of {size}, if products do not do so themselves
    loop: str | None  # the contraction {text} of {operands} as one loop, if there is a call for it
    looped: frozenset[str]  # the dtypes for which that call may be used

    hint: str  # the type of an array of a {dtype}
    scalar_hint: str  # that of a scalar that was computed
    hint_tools: tuple[str, ...]  # imports of the standard library, for these
    hint_imports: tuple[str, ...]  # others

    loop_tools: tuple[str, ...]  # imports of the standard library, where there is a loop over slices
    loop_imports: tuple[str, ...]  # others
    before_loop: tuple[str, ...]  # lines that prepare `part`, which runs a slice, with all {operands}
    slices: bool  # whether there are loops over slices, whose results are added in place
    zeros: str  # of a {shape}, like {x}
    add_to: str  # {y} to {x}, in place
    scalar: str | None  # a line that makes an array {x} of no axes what calls return for one

    strict_matmuls: frozenset[Ranks]  # refuse every pair whose ranks, sizes or dtypes do not fit
    dtype: str  # the object of a {dtype}
    guard_imports: tuple[str, ...]  # lines that bring what tests need
    tests: tuple[str, ...]  # of an operand {x}, beyond its shape and dtype: that it is of the kind let in
    matmul_tests: tuple[str, ...]  # those that only matter to matrix products
    watched: str | None  # whether something watches, so that more is to be done than to run what was planned
    autocasts: str | None  # whether products of matrices, and they alone, now come in another type
    dtype_test: str  # of an operand {x}, against the object of a {dtype}
    strides: str | None  # an operand's strides, as a tuple, if there are any
    unfreeze: str | None  # makes a view {x} writable where the operand {y} is, if views are not at once

    rates: Rates
    default_dtype: str  # where only shapes are known
    most_axes: int  # of an array
    dtypes: frozenset[str]  # that have arithmetic
    names: Mapping[str, str]  # of those that the library's namespace calls otherwise
    compute_in: Mapping[str, str]  # dtypes whose sums and products are computed in another, rounded at the end
    multiply_matrices_in: Mapping[str, str]  # dtypes without a matrix product, and the one that lends its own
    exact: tuple[Exact, ...]  # what may lend integers its matrix product where that is exact, the quickest first
