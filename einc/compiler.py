"""The callable, its cache of plans, and the verbs that make and call it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from einc import errors, later
from einc.backends import TORCH
from einc.cache import Cache
from einc.check import check_text
from einc.corridor import Order, Plan, make_order, make_plan
from einc.doorways import Doorways
from einc.expression import Expression, Shape, Written
from einc.interleaved import Labels, separated, written
from einc.load import Function
from einc.operands import (
    LARGEST_SIZE,
    Kind,
    admit,
    are_numbers,
    autocasts,
    copied_into,
    described,
    dtype_name,
    kind_of,
    known_shapes,
    lowered,
    named_device,
    surroundings,
    viewable,
    without_autocast,
)
from einc.options import Options, choose
from einc.plan import Optimize
from einc.read import read
from einc.resolve import resolve
from einc.stages import views_only

PLANS = 256  # kinds of operands remembered by one compiled expression
EXPRESSIONS = 1024  # compiled expressions remembered by `einsum`
DEFAULT = Options()
# How a look-up, or a call of a library's, refuses operands. Torch ends a call with errors of its own kinds, too.
MISFITS = (TypeError, ValueError, AttributeError, LookupError, RuntimeError)


class Compiled(Doorways):
    """An einsum expression as a function of its operands; made by `einc.compile`.

    It is planned once for each combination of shapes, dtypes and library it is called with, of
    which it remembers the last `PLANS`. It may be called from several threads, and pickles and
    copies as its text and options do.
    """

    def __init__(self, text: Written, options: Options, kind: Kind | None = None) -> None:
        self._made_from = (text, options, kind)
        self._written = text
        self._options = options
        self._orders: Cache[tuple[Shape, ...], Order] = Cache(PLANS)
        self._plans: Cache[Kind, Plan] = Cache(PLANS)
        self._begun: Cache[Kind, bool] = Cache(PLANS)  # kinds met once
        self._fast: Function = _nothing  # of the operands met last
        self._by_shapes: dict[tuple[Shape, ...], Function] = {}
        self._latest = None if kind is None else self._plan_for(kind)

    def __call__(self, *operands: Any) -> Any:
        """Contract the operands.

        Args:
            *operands: NumPy arrays, torch tensors on one device, or arrays of one library that follows the
                array API standard, one per term. An index has the same size wherever it stands, or size 1,
                which broadcasts.

        Returns:
            An array of the operands' library, of the dtype to which it promotes theirs; a view where
            the expression only permutes axes or takes diagonals.

        Raises:
            EincError: where the operands do not fit the expression or each other.
        """
        try:
            if (result := self._fast(*operands)) is not None:
                return result
            self._fast = self._by_shapes[tuple([operand.shape for operand in operands])]
            if (result := self._fast(*operands)) is not None:
                return result
        except MISFITS:
            pass  # not operands it was planned for, as a look-up or a call inside found
        return self._planned(operands)

    def _planned(self, operands: tuple[Any, ...]) -> Any:
        arrays = admit(operands)
        kind = kind_of(arrays, self._written, self._options.sizes)
        if autocasts(kind, arrays) and self._order_for(kind.shapes).expression.contracts:
            if self._options.dtype is None:
                arrays = lowered(arrays)
                kind = replace(kind, dtypes=tuple(dtype_name(array.dtype) for array in arrays))
            with without_autocast(arrays):
                return self._run(kind, arrays)
        return self._run(kind, arrays)

    def _run(self, kind: Kind, arrays: tuple[Any, ...]) -> Any:
        plan = self._plan_for(kind)
        if plan.largest >= LARGEST_SIZE:
            raise errors.too_large(plan.largest)
        self._latest = plan
        if plan.is_long and kind.fixed and kind not in self._begun:
            self._begun.get(kind, lambda: True)
            with surroundings(kind, self._written.text):
                return plan.at_once(*arrays)
        if views_only(plan.outlined):
            arrays = tuple(map(viewable, arrays))
        self._fast = plan.guarded
        if len(self._by_shapes) >= PLANS:
            self._by_shapes.clear()
        self._by_shapes[kind.shapes] = plan.guarded
        with surroundings(kind, self._written.text):
            result = plan.guarded(*arrays)  # which is to be called from now on; one compiled function will do
            return plan.function(*arrays) if result is None else result

    def plan(self, *operands: Any, library: str | None = None) -> Plan:
        """Plan for operands given as arrays, or as shapes alone, without running anything.

        Args:
            *operands: one array or shape per term.
            library: `"numpy"`, `"torch"` or the namespace of another, such as `"jax.numpy"`, where shapes are
                given; they are then planned for the library's default dtype (`float64` for NumPy, else `float32`).

        Raises:
            EincError: where the operands do not fit.
        """
        self._latest = self._plan_for(described(operands, library))
        return self._latest

    def plan_for(self, shapes: Sequence[Sequence[int | None]], dtypes: Sequence[str], device: str) -> Plan:
        """Plan for torch tensors of these shapes and dtypes (by name) on a device; None is a size that is not known."""
        known = known_shapes(shapes, self._written, self._options.sizes)
        place = named_device(TORCH.name, device)
        self._latest = self._plan_for(Kind(TORCH.name, known, tuple(dtypes), fixed=are_numbers(shapes), device=place))
        return self._latest

    def is_lowered(self, shapes: Sequence[Sequence[int | None]]) -> bool:
        """Whether autocast lowers the type: where products are summed, and none was chosen."""
        known = known_shapes(shapes, self._written, self._options.sizes)
        return self._options.dtype is None and self._order_for(known).expression.contracts

    def _plan_for(self, kind: Kind) -> Plan:
        return self._plans.get(kind, lambda: make_plan(self._order_for(kind.shapes), kind, self._options))

    def _order_for(self, shapes: tuple[Shape, ...]) -> Order:
        return self._orders.get(shapes, lambda: make_order(self._written, shapes, self._options))

    @property
    def expression(self) -> Expression:
        """What is computed, for the operands planned for last; before that, as the text alone tells."""
        if self._latest is None and not self._written.has_ellipsis:
            return resolve(self._written)
        return self._last.expression

    def __repr__(self) -> str:
        return f"einc.compile({self._written.text!r})"

    def __reduce__(self) -> tuple[type[Compiled], tuple[Written, Options, Kind | None]]:
        return Compiled, self._made_from


def compile(  # noqa: PLR0913 - each choice has its name and its line of documentation
    expression: str,
    /,
    *operands: Any,
    optimize: Optimize | bool | None = None,
    notation: str | None = None,
    sizes: Mapping[str, int] | None = None,
    broadcast: str | None = None,
    dtype: Any = None,
    casting: str | None = None,
    order: str | None = None,
    **named_sizes: int,
) -> Compiled:
    """Compile an einsum expression into a function of its operands.

    Args:
        expression: letters, such as `"bik,bkj->bij"`, or words, such as `"b (h d), h d out -> b out"`.
        *operands: one shape (or array) per term, to plan and check now; without them, the expression
            is planned when it is called.
        optimize: how the order of contraction is found: `"auto"` (the default: exact for up to 8 operands,
            a short search beyond), `"exact"`, `"greedy"`, a path in opt_einsum's format, or an optimizer of
            opt_einsum's protocol, called with `(inputs, output, size_dict, memory_limit)`.
        notation: `"letters"` or `"words"`, where the text does not tell.
        sizes: of indices whose size no shape tells, such as those of a group.
        broadcast: `"never"` refuses an axis of size 1 where its index is larger elsewhere.
        dtype: the type to compute and to return in, instead of the operands' promotion.
        casting: which casts of operands to `dtype` are allowed, `"safe"` (the default) to `"unsafe"`.
        order: `"C"` for a contiguous result; `"K"` (the default) for any.
        **named_sizes: like `sizes`, as in `h=8`.

    Returns:
        The compiled expression: call it with arrays.

    Raises:
        EincError: where the text is wrong, or the shapes do not fit it, with a caret at the place.
    """
    chosen = {"optimize": optimize, "notation": notation, "sizes": sizes, "broadcast": broadcast}
    options = choose({**named_sizes, **chosen, "dtype": dtype, "casting": casting, "order": order})
    return Compiled(_read(expression, options), options, described(operands) if operands else None)


def einsum(*operands: Any, out: Any = None, **choices: Any) -> Any:
    """Contract operands: `np.einsum`, `torch.einsum` and `opt_einsum.contract` in one.

    The last `EXPRESSIONS` texts stay compiled, with the plans for the shapes they met.

    Args:
        *operands: an expression, such as `"bik,bkj->bij"`, and an array (of NumPy, torch or the array API) for each of
            its terms; or each array followed by the list of its labels, and at the end, if wanted, the labels of
            the output.
        out: a NumPy array to put the result in.
        **choices: as in `einc.compile`, sizes included; `memory_limit` may only be None or -1.

    Returns:
        An array of the operands' library and promoted dtype, or `out`.

    Raises:
        EincError: where the text is wrong, or the operands do not fit it.
    """
    if not operands:
        raise errors.not_a_text(None)
    if not choices and out is None and type(operands[0]) is str:
        return _remembered(operands[0])(*operands[1:])
    options = choose(choices)
    if isinstance(operands[0], str):
        expression, arrays = compiled(operands[0], options), operands[1:]
    else:
        arrays, inputs, output = separated(operands)
        make = _remembered_lists if _can_be_key(options.optimize) else _remembered_lists.__wrapped__
        expression = make(inputs, output, options)
    result = expression(*arrays)
    return result if out is None else copied_into(out, result, options.casting)


def compiled(expression: str, options: Options) -> Compiled:
    """What `compile` makes of a text without shapes, remembered where the options can be a key."""
    if not isinstance(expression, str) or not _can_be_key(options.optimize):
        return Compiled(_read(expression, options), options)
    return _remembered(expression) if options == DEFAULT else _remembered(expression, options)


def _can_be_key(value: object) -> bool:
    return isinstance(value, Hashable)


@lru_cache(maxsize=EXPRESSIONS)
def _remembered(expression: str, options: Options = DEFAULT) -> Compiled:
    return Compiled(_read(expression, options), options)


@lru_cache(maxsize=EXPRESSIONS)
def _remembered_lists(inputs: tuple[Labels, ...], output: Labels | None, options: Options) -> Compiled:
    text = written(inputs, output)
    check_text(text)
    return Compiled(text, options)


def _read(expression: object, options: Options) -> Written:
    if not isinstance(expression, str):
        raise errors.not_a_text(expression)
    return read(str(expression), options.notation)


def _nothing(*operands: Any) -> None:
    """What stands in for a planned function before there is one."""


def _call_in_trace(self: Compiled, *operands: Any) -> Any:
    return later.traced.call(self, operands)


def _einsum_in_trace(*operands: Any, **choices: Any) -> Any:
    return later.traced.einsum(operands, choices)


# What torch.compile reads in the place of these two, as it does for functions of its own decorators. They
# plan for the sizes they meet, which here may be symbols that stand for all sizes; and nobody else waits for torch.
Compiled.__call__._torchdynamo_inline = _call_in_trace  # type: ignore[attr-defined]
einsum._torchdynamo_inline = _einsum_in_trace  # type: ignore[attr-defined]
