"""How einc and its peers answer each corner of what an einsum expression may mean, as a page of tables.

    python docs/tables/peers.py [--output docs/peers.md]

Every call is made in this process. A library that is not installed is left out, and named on the page;
`pip install jax cotengra einops einx` gets those that einc does not come with.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np

Call = Callable[[], Any]
Operands = tuple[Any, ...]

YES, REFUSES, DIFFERS, VAGUE, NO, CRASHES, ABSENT = "yes", "refuses", "differs", "vague", "no", "crashes", "–"  # noqa: RUF001
WORST_LAST = (ABSENT, YES, NO, VAGUE, REFUSES, DIFFERS, CRASHES)


@dataclass(frozen=True)
class Outcome:
    """One cell of a table, and what its footnote says."""

    word: str
    note: str = ""


class Expected(Protocol):
    """What the right answer to a call is."""

    def judge(self, call: Call, operands: Operands, library: str, text: str) -> Outcome:
        """Make the call and class what comes of it."""


@dataclass(frozen=True)
class Value:
    """The right answer is this array, in this type."""

    array: Any
    dtype: str = ""

    def judge(self, call: Call, operands: Operands, library: str, text: str) -> Outcome:
        """Compare type, shape and every value."""
        del operands, text
        result, error = attempt(call)
        if error is not None:
            return failed(error, library)
        wanted = np.asarray(self.array)
        found = [*_other_type(result, self.dtype or str(wanted.dtype)), *_other_values(as_numpy(result), wanted)]
        return Outcome(DIFFERS, ", ".join(found)) if found else Outcome(YES)


@dataclass(frozen=True)
class Property:
    """The right answer has a property; `lacks` says in which way a result has it not."""

    lacks: Callable[[Call, Operands], str]

    def judge(self, call: Call, operands: Operands, library: str, text: str) -> Outcome:
        """Make the call and look at the result."""
        del text
        complaint, error = attempt(lambda: self.lacks(call, operands))
        if error is not None:
            return failed(error, library)
        return Outcome(DIFFERS, complaint) if complaint else Outcome(YES)


@dataclass(frozen=True)
class Refusal:
    """The right answer is an error whose message has all these patterns, the echoed text aside."""

    patterns: tuple[str, ...] = ()

    def judge(self, call: Call, operands: Operands, library: str, text: str) -> Outcome:
        """Read the message."""
        del operands
        result, error = attempt(call)
        if error is None:
            return Outcome(DIFFERS, f"taken, and the result is {_brief(result)}")
        if not _is_clear_kind(error, library):
            return failed(error, library)
        message = str(error).replace(text, "")  # it names every index, whatever is wrong
        found = all(re.search(pattern, message) for pattern in self.patterns)
        return Outcome(YES) if found else Outcome(VAGUE, _first_line(error))


@dataclass(frozen=True)
class Help:
    """The right answer is an error whose message has something more to it."""

    pattern: str

    def judge(self, call: Call, operands: Operands, library: str, text: str) -> Outcome:
        """Look for it in the message."""
        outcome = Refusal((self.pattern,)).judge(call, operands, library, text)
        return Outcome(NO) if outcome.word == VAGUE else outcome


def attempt(call: Call) -> tuple[Any, Exception | None]:
    """The result of a call, or the exception it raised."""
    try:
        return call(), None
    except Exception as error:
        return None, error


def failed(error: Exception, library: str) -> Outcome:
    """An exception where a value is right, or of a kind that nobody meant to raise."""
    if _is_clear_kind(error, library):
        return Outcome(REFUSES)
    return Outcome(CRASHES, f"{type(error).__name__}, {_first_line(error)}")


def _is_clear_kind(error: Exception, library: str) -> bool:
    """A ValueError, a TypeError, torch's RuntimeError, or a class of the library's own."""
    if isinstance(error, RecursionError):
        return False
    return isinstance(error, ValueError | TypeError | RuntimeError) or type(error).__module__.startswith(library)


def _first_line(error: Exception, longest: int = 110) -> str:
    line = " ".join(str(error).strip().partition("\n")[0].split()).replace("`", "'")
    return f"`{line if len(line) <= longest else line[:longest] + '…'}`"


def as_numpy(result: Any) -> np.ndarray:
    """A result as a NumPy array, of the same memory where there is one."""
    if type(result).__module__ == "torch":
        result = (result.float() if str(result.dtype) == "torch.bfloat16" else result).numpy()
    return np.asarray(result)


def _dtype(result: Any) -> str:
    return str(getattr(result, "dtype", type(result).__name__)).removeprefix("torch.")


def _brief(result: Any) -> str:
    if not hasattr(result, "shape"):
        return f"a `{type(result).__name__}`"
    few = isinstance(result, np.ndarray) and result.size < 5
    return f"`{result.tolist()}`" if few else f"of shape `{tuple(result.shape)}`"


def _other_type(result: Any, wanted: str) -> list[str]:
    return [] if _dtype(result) == wanted else [f"type `{_dtype(result)}`, not `{wanted}`"]


def _other_values(result: np.ndarray, wanted: np.ndarray) -> list[str]:
    if result.shape != wanted.shape:
        return [f"shape `{result.shape}`, not `{wanted.shape}`"]
    if np.array_equal(result.astype(wanted.dtype), wanted):
        return []
    return [f"`{result.tolist()}`, not `{wanted.tolist()}`" if wanted.size < 10 else "other values"]


def _shared(result: Any, operands: Operands) -> bool:
    return any(np.shares_memory(as_numpy(result), as_numpy(operand)) for operand in operands)


def _is_view(call: Call, operands: Operands) -> str:
    return "" if _shared(call(), operands) else "a copy"


def _is_fresh(call: Call, operands: Operands) -> str:
    return "a view of an operand" if _shared(call(), operands) else ""


def _is_read_only(call: Call, operands: Operands) -> str:
    result = call()
    if not _shared(result, operands):
        return "a copy, which can be written to"
    return "a writable view" if result.flags.writeable else ""


def _is_contiguous(call: Call, operands: Operands) -> str:
    del operands
    return "" if as_numpy(call()).flags.c_contiguous else "in another order"


def _overlaps_nowhere(call: Call, operands: Operands) -> str:
    del operands
    result = as_numpy(call())
    zero = any(stride == 0 and size > 1 for stride, size in zip(result.strides, result.shape))
    return "elements of the result share memory (a stride of 0)" if zero else ""


def _repeats_its_bits(call: Call, operands: Operands) -> str:
    del operands
    same = len({as_numpy(call()).tobytes() for _ in range(5)}) == 1
    return "" if same else "other bits"


def _writes_to_none(call: Call, operands: Operands) -> str:
    before = [as_numpy(operand).copy() for operand in operands]
    call()
    same = all(np.array_equal(as_numpy(operand), old) for operand, old in zip(operands, before))
    return "" if same else "an operand has changed"


ARRAYS = ("numpy", "torch", "jax")  # the kinds of arrays that most operands can be made into


@dataclass(frozen=True)
class Case:
    """One row: a corner, the call that asks for it, and the right answer.

    Args:
        corner: what is asked, in a few words.
        text: the expression; none for lists of labels, which stand among the operands.
        operands: NumPy arrays, made into the kinds below; or a function that makes operands to be given as they are.
        expected: the right answer.
        needs: what a library must have at all, to be asked; see `LIBRARIES`.
        options: keywords of the call.
        kinds: the kinds of arrays that can hold the operands.
        dtype: a type to which the operands are cast in their own library.
        shown: what stands in the table instead of the text.
        words: how it is spelled in words, where that is more than its letters set apart.
    """

    corner: str
    text: str | None
    operands: Operands | Callable[[], Operands]
    expected: Expected
    needs: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    kinds: tuple[str, ...] = ARRAYS
    dtype: str = ""
    shown: str = ""
    words: str = ""

    @property
    def call(self) -> str:
        """What stands in the table."""
        text = self.shown or f"`{self.text or ' '}`".replace("\n", "\\n").replace("\t", "\\t")
        return ", ".join([text, *(f"`{name}={value!r}`" for name, value in self.options.items())])


def _counted(*shape: int, dtype: str = "float64") -> np.ndarray:
    return np.arange(1, 1 + np.prod(shape)).reshape(shape).astype(dtype)


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array


VECTOR, SCALAR = _counted(3), np.array(2.0)
MATRIX, OTHER, SQUARE = _counted(2, 3), _counted(3, 4), _counted(3, 3)
BATCH, BATCH_2 = _counted(2, 4, 3), _counted(2, 3, 5)
CUBE, COLUMN, LOCKED = _counted(3, 3, 3), _counted(3, 1), _read_only(_counted(2, 3))
FLAT, HEADS = _counted(2, 12), _counted(3, 4, 5)
LEFT, RIGHT = _counted(2, 1, 2, 3), _counted(5, 3, 4)
ROW, LONG = _counted(1, 3), _counted(4, 3)
ONES, HUNDREDS, TRUTHS = np.ones(4096), np.full(3, 100, "int8"), np.array([[True, True], [False, True]])
THIRDS, HALVES = np.full((2, 2), Fraction(1, 3)), np.full((2, 2), Fraction(1, 2))
NORMAL = np.random.default_rng(0).normal(size=(3, 40, 40))
SIXTY = "abcdefghijklmnopqrstαβγδεζηθικλμνξοπρςστабвгдежзийклмнопрсту"  # noqa: RUF001
EXPANDED, CODE = np.broadcast_to(VECTOR, (2, 3)), "\nraise SystemExit"
NESTED = "(" * 5000 + "a" + ")" * 5000 + "->a"

NUMPY_ONLY, TORCH_ONLY, MIXED = ("numpy",), ("torch",), ("mixed",)
SIZES_OF_J = (r"\bj\b", r"\b3\b", r"\b4\b")
SECOND_OPERAND = (r"(operand|argument|input|tensor).*\D[12]\b",)
BOTH_NOTATIONS = ("words", "letters", "notation")


def _torch(make: Callable[[Any], Operands]) -> Callable[[], Operands]:
    return lambda: make(importlib.import_module("torch"))


NOTATION = (
    Case("one character, one index", "bik,bkj->bij", (BATCH, BATCH_2), Value(BATCH @ BATCH_2)),
    Case("any Unicode letter", "αβ,βγ->αγ", (MATRIX, OTHER), Value(MATRIX @ OTHER)),  # noqa: RUF001
    Case(
        "more than 52 indices",
        ",".join(map("".join, pairwise(SIXTY))) + "->" + SIXTY[0] + SIXTY[-1],
        (np.full((1, 1), 2.0),) * 59,
        Value(np.full((1, 1), 2.0**59)),
        shown="59 matrices, 60 letters",
        words=", ".join(f"i{n} i{n + 1}" for n in range(59)) + " -> i0 i59",
    ),
    Case("white space in letters", "b i k, b k j -> b i j", (BATCH, BATCH_2), Value(BATCH @ BATCH_2), ("letters",)),
    Case("also tabs and newlines", "bik,\n\tbkj->\tbij", (BATCH, BATCH_2), Value(BATCH @ BATCH_2), ("letters",)),
    Case("an arrow with a space inside", "ij - > ji", (MATRIX,), Refusal((r"->|arrow|'-'|index 3",))),
    Case("words", "batch row k, batch k col -> batch row col", (BATCH, BATCH_2), Value(BATCH @ BATCH_2), ("words",)),
    Case("words without an arrow", "row col, col", (MATRIX, VECTOR), Refusal((r"->|arrow|output",)), ("words",)),
    Case(
        "legal as letters, looks like words", "bik, b kj -> bij", (BATCH, BATCH_2), Refusal(BOTH_NOTATIONS), ("both",)
    ),
    Case("legal as both, with two meanings", "ij, i j -> i j", (VECTOR, SQUARE), Refusal(BOTH_NOTATIONS), ("both",)),
    Case("no arrow: ellipsis, upper case, others", "aB...", (HEADS,), Value(HEADS.T), ("implicit",)),
    Case("ellipses of different rank", "...ij,...jk->...ik", (LEFT, RIGHT), Value(LEFT @ RIGHT)),
    Case("ellipsis absent from the output", "...i->i", (HEADS,), Value(HEADS.sum((0, 1)))),
    Case("ellipsis in the output only", "ij->...ji", (MATRIX,), Value(MATRIX.T)),
    Case("two ellipses in a term", "...i...->i", (MATRIX,), Refusal((r"\.\.\.|[Ee]llips|Term",))),
    Case("trace", "ii->", (SQUARE,), Value(np.trace(SQUARE))),
    Case("diagonal", "ii->i", (SQUARE,), Value(np.diag(SQUARE))),
    Case("diagonal in a product", "iij,jk->ik", (CUBE, SQUARE), Value(CUBE[range(3), range(3)] @ SQUARE)),
    Case("diagonal of sizes 1 and 3", "ii->i", (ROW,), Refusal((r"\bi\b", r"\b1\b", r"\b3\b"))),
    Case("repeated in the output only", "i->ii", (VECTOR,), Value(np.diag(VECTOR))),
    Case("repeated on both sides", "ii->ii", (SQUARE,), Value(np.diag(np.diag(SQUARE)))),
    Case(
        "group in an operand",
        "b (h d), h d e -> b h e",
        (FLAT, HEADS),
        Value((FLAT.reshape(2, 3, 1, 4) @ HEADS).reshape(2, 3, 5)),
        ("groups",),
    ),
    Case(
        "group in the output",
        "b i, b j -> b (i j)",
        (MATRIX, MATRIX),
        Value((MATRIX[:, :, None] * MATRIX[:, None]).reshape(2, 9)),
        ("groups",),
    ),
    Case("literal axis of size one", "b i, j -> b 1 (i j)", (FLAT, np.ones(1)), Value(FLAT[:, None]), ("groups",)),
    Case("group in letters", "b(hd)->bhd", (FLAT,), Value(FLAT.reshape(2, 3, 4)), ("letter groups",), {"h": 3}),
    Case("a size given", "b (h d) -> b h d", (FLAT,), Value(FLAT.reshape(2, 3, 4)), ("sizes",), {"h": 3}),
    Case("a size not given", "b (h d) -> b h d", (FLAT,), Refusal((r"\bh\b", r"\bd\b")), ("sizes",)),
    Case("a size that does not divide", "b (h d) -> b h d", (FLAT,), Refusal((r"\bh\b", "12")), ("sizes",), {"h": 5}),
    Case(
        "lists of labels",
        None,
        (MATRIX, [0, 1], OTHER, [1, 2], [2, 0]),
        Value((MATRIX @ OTHER).T),
        ("lists",),
        shown="`a, [0, 1], b, [1, 2], [2, 0]`",
    ),
    Case("lists without an output", None, (MATRIX, [1, 0]), Value(MATRIX.T), ("lists",), shown="`a, [1, 0]`"),
    Case(
        "any hashable as label",
        None,
        (MATRIX, ["i", None], OTHER, [None, (1,)], ["i", (1,)]),
        Value(MATRIX @ OTHER),
        ("lists",),
        shown='`a, ["i", None], b, [None, (1,)], ["i", (1,)]`',
    ),
    Case("0-d operand", ",ij->ij", (SCALAR, MATRIX), Value(2 * MATRIX)),
    Case("Python number", ",ij->ij", (2, MATRIX), Value(2 * MATRIX)),
    Case("only a 0-d operand", "->", (SCALAR,), Value(2.0)),
    Case("the same without an arrow", "", (SCALAR,), Value(2.0), ("implicit",), shown="the empty text"),
)

SHAPES = (
    Case("sizes 1 and 4, kept", "ij,ij->ij", (ROW, LONG), Value(ROW * LONG)),
    Case("sizes 1 and 4, summed", "ij,ij->j", (ROW, LONG), Value((ROW * LONG).sum(0))),
    Case("sizes 1 and 3 in a matrix product", "ij,jk->ik", (COLUMN, OTHER), Value(COLUMN * OTHER.sum(0))),
    Case(
        "broadcasting made an error",
        "ij,ij->ij",
        (ROW, LONG),
        Refusal((r"\bi\b", r"\b1\b", r"\b4\b")),
        ("broadcast",),
        {"broadcast": "never"},
    ),
    Case("size 0, summed", "ij,jk->ik", (np.ones((2, 0)), np.ones((0, 3))), Value(np.zeros((2, 3)))),
    Case("size 0, kept", "ij,jk->ik", (np.ones((0, 2)), np.ones((2, 3))), Value(np.zeros((0, 3)))),
    Case("an operand too few", "ij,jk->ik", (MATRIX,), Refusal((r"fewer|2\D*1\b|1\D*2\b|equal to the number",))),
    Case("an operand too many", "ij->ji", (MATRIX, OTHER), Refusal((r"more|1\D*2\b|equal to the number",))),
    Case("an axis too few", "ij,jk->ik", (MATRIX, VECTOR), Refusal(SECOND_OPERAND)),
    Case("an axis too many", "ij,j->i", (MATRIX, OTHER), Refusal(SECOND_OPERAND)),
)

TYPES = (
    Case(
        "no sum before the promotion",
        "b,c->",
        (HUNDREDS, np.ones(1)),
        Value(300.0),
        shown="`b,c->` of int8 and float64",
    ),
    Case(
        "no product before the promotion",
        "i,i,i->",
        (np.full(2, 20000, "int16"), np.full(2, 2, "int16"), np.ones(2, "complex64")),
        Value(np.complex64(80000)),
        shown="`i,i,i->` of int16, int16 and complex64",
    ),
    Case(
        "two types of float",
        "ij,jk->ik",
        (MATRIX.astype("float32"), OTHER),
        Value(MATRIX @ OTHER),
        shown="`ij,jk->ik` of float32 and float64",
    ),
    Case("a sum of integers keeps their type", "i->", (HUNDREDS,), Value(np.int8(44)), shown="`i->` of int8"),
    Case("so does a product", "i,i->", (HUNDREDS, HUNDREDS // 50), Value(np.int8(88)), shown="`i,i->` of int8"),
    Case(
        "computed in a wider type",
        "i->",
        (HUNDREDS,),
        Value(np.int64(300)),
        ("dtype",),
        {"dtype": "int64"},
        shown="`i->` of int8",
    ),
    Case("a sum of truths is OR", "ij->i", (TRUTHS,), Value(TRUTHS.any(1)), shown="`ij->i` of bool"),
    Case("a product is OR of ANDs", "ij,jk->ik", (TRUTHS,) * 2, Value(TRUTHS @ TRUTHS), shown="`ij,jk->ik` of bool"),
    Case(
        "float16 accumulates in float32",
        "i->",
        (ONES,),
        Value(4096.0, "float16"),
        dtype="float16",
        shown="`i->` of 4096 ones",
    ),
    Case(
        "also over products of three",
        "i,i,i->",
        (ONES, ONES, ONES),
        Value(4096.0, "float16"),
        dtype="float16",
        shown="`i,i,i->` of 4096 ones",
    ),
    Case(
        "on NumPy, no step overflows",
        "i,i,i->",
        (np.full(2, 512.0), np.full(2, 512.0), np.full(2, 2.0**-10)),
        Value(512.0, "float16"),
        kinds=NUMPY_ONLY,
        dtype="float16",
        shown="`i,i,i->` of 512, 512 and 1/1024 in float16",
    ),
    Case(
        "bfloat16 accumulates in float32",
        "i,i->",
        (ONES, ONES),
        Value(4096.0, "bfloat16"),
        kinds=("torch", "jax"),
        dtype="bfloat16",
        shown="`i,i->` of 4096 ones",
    ),
    Case(
        "objects",
        "ij,jk->ik",
        (THIRDS, HALVES),
        Value(np.full((2, 2), Fraction(1, 3))),
        kinds=NUMPY_ONLY,
        shown="`ij,jk->ik` of fractions",
    ),
    Case(
        "a NumPy array beside a tensor",
        "ij,jk->ik",
        _torch(lambda torch: (MATRIX, torch.from_numpy(OTHER))),
        Refusal((r"NumPy|numpy|ndarray|Tensor",)),
        kinds=MIXED,
    ),
    Case(
        "tensors on two devices",
        "ij,jk->ik",
        _torch(lambda torch: (torch.ones(2, 3), torch.ones(3, 4, device="meta"))),
        Refusal(("device|meta",)),
        kinds=TORCH_ONLY,
        shown="`ij,jk->ik` on cpu and meta",
    ),
    Case(
        "a sparse operand",
        "ij,jk->ik",
        _torch(lambda torch: (torch.ones(2, 3).to_sparse(), torch.ones(3, 4))),
        Refusal((r"\bsparse\b",)),
        kinds=TORCH_ONLY,
    ),
    Case(
        "a nested operand",
        "ijk->i",
        _torch(lambda torch: (torch.nested.nested_tensor([torch.ones(2, 3), torch.ones(1, 3)]),)),
        Refusal((r"\bnested\b",)),
        kinds=TORCH_ONLY,
    ),
    Case("a masked operand", "ij->i", (np.ma.masked_equal(MATRIX, 3),), Refusal(("mask",)), kinds=NUMPY_ONLY),
)

RESULTS = (
    Case("a permutation is a view", "ijk->kij", (BATCH,), Property(_is_view), ("views",)),
    Case("a diagonal is a view", "ii->i", (SQUARE,), Property(_is_view), ("views",)),
    Case("a sum over size 1 is fresh", "ij->i", (COLUMN,), Property(_is_fresh), ("views",)),
    Case("operands are not written to", "ij,jk,kl->il", (SQUARE, SQUARE + 1, SQUARE + 2), Property(_writes_to_none)),
    Case("operands may be read-only", "ij,jk->ik", (LOCKED, LOCKED.T), Value(LOCKED @ LOCKED.T), kinds=NUMPY_ONLY),
    Case("a view of a read-only operand is, too", "ij->ji", (LOCKED,), Property(_is_read_only), kinds=NUMPY_ONLY),
    Case("no view of an expanded operand", "ij->ji", (EXPANDED,), Property(_overlaps_nowhere), ("views",)),
    Case("a contiguous result", "ij->ji", (MATRIX,), Property(_is_contiguous), ("order",), {"order": "C"}),
    Case("the same bits again", "ij,jk,kl->il", tuple(NORMAL), Property(_repeats_its_bits)),
)

ERRORS = (
    Case("an output index in no operand", "ij->ik", (MATRIX,), Refusal((r"\bk\b",))),
    Case("the nearest spelling is offered", "ij->jI", (MATRIX,), Help(r"(?i)did you mean|similar|closest|perhaps")),
    Case("sizes that differ", "ij,jk->ik", (MATRIX, LONG), Refusal(SIZES_OF_J)),
    Case("the same: a caret under the place", "ij,jk->ik", (MATRIX, LONG), Help(r"\^")),
    Case("the same: told by the shapes alone", "ij,jk->ik", (MATRIX, LONG), Refusal(SIZES_OF_J), ("compile",)),
    Case("a character that is no letter", "i$,$j->ij", (MATRIX, OTHER), Refusal((r"\$|index 1",))),
    Case("two arrows", "ij->ji->ij", (MATRIX,), Refusal((r"->|arrow|index 6",))),
    Case("an operand that is none", "i->", (None,), Refusal(("None",))),
    Case("no text", None, (MATRIX, OTHER), Refusal(("label|subscript|list|str",)), shown="two matrices alone"),
    Case("5000 nested parentheses", NESTED, (VECTOR,), Refusal(), shown="`((((…a…))))->a`"),
    Case(
        "a label that is code stays a label",
        None,
        (MATRIX, ["i", CODE], OTHER, [CODE, "k"], ["i", "k"]),
        Value(MATRIX @ OTHER),
        ("lists",),
        shown=f'`a, ["i", x], b, [x, "k"], ["i", "k"]` with `x={CODE!r}`',
    ),
)

SECTIONS = {"Notation": NOTATION, "Shapes": SHAPES, "Types": TYPES, "Results": RESULTS, "Errors": ERRORS}


@dataclass(frozen=True)
class Library:
    """A column: what can be asked of a library, and how it is called."""

    name: str
    package: str
    call: Callable[[Any, Case, Operands], Any]
    has: frozenset[str]
    kinds: tuple[str, ...] = ("numpy", "torch", "mixed")
    compile: Callable[[Any], Callable[..., Any]] | None = None


def _arguments(case: Case, operands: Operands) -> Operands:
    return operands if case.text is None else (case.text, *operands)


def _call_einsum(module: Any, case: Case, operands: Operands) -> Any:
    return module.einsum(*_arguments(case, operands), **case.options)


def _call_optimized(module: Any, case: Case, operands: Operands) -> Any:
    return module.einsum(*_arguments(case, operands), optimize=True, **case.options)


def _call_jax(module: Any, case: Case, operands: Operands) -> Any:
    options = {"preferred_element_type" if name == "dtype" else name: value for name, value in case.options.items()}
    return module.numpy.einsum(*_arguments(case, operands), **options)


def _call_opt_einsum(module: Any, case: Case, operands: Operands) -> Any:
    return module.contract(*_arguments(case, operands), **case.options)


def _call_einops(module: Any, case: Case, operands: Operands) -> Any:
    return module.einsum(*operands, *([] if case.text is None else [in_words(case)]), **case.options)


def _call_einx(module: Any, case: Case, operands: Operands) -> Any:
    """`einx.dot` takes two operands or more; for one, `einx.sum` where an index is summed, else `einx.id`."""
    if case.text is None:
        return module.dot(*operands)
    text = in_words(case)
    inputs, output = ({*re.findall(r"\w+|\.\.\.", side)} for side in [*text.split("->"), text][:2])
    function = module.dot if len(operands) != 1 else module.sum if inputs - output else module.id
    return function(text, *operands, **case.options)


def in_words(case: Case) -> str:
    """The text as words: letters are set apart, and words left as they are."""
    text = case.text or ""
    if case.words or " " in text or len(text) > 1000:
        return case.words or text
    spaced = " ".join(re.findall(r"->|\.\.\.|\S", text))
    return spaced.replace(" ,", ",")


LETTERS = frozenset({"letters", "implicit", "lists", "views"})
WORDS = frozenset({"words", "groups", "views"})
EVERYTHING = LETTERS | WORDS | {"both", "letter groups", "sizes", "broadcast", "dtype", "order", "compile"}
LIBRARIES = (
    Library("einc", "einc", _call_einsum, EVERYTHING, compile=lambda module: module.compile),
    Library("numpy", "numpy", _call_einsum, LETTERS | {"dtype", "order"}, ("numpy", "mixed")),
    Library("numpy (optimized)", "numpy", _call_optimized, LETTERS | {"dtype", "order"}, ("numpy", "mixed")),
    Library("torch", "torch", _call_einsum, LETTERS, ("torch", "mixed")),
    Library("jax", "jax", _call_jax, (LETTERS | {"dtype"}) - {"views"}, ("jax", "mixed")),
    Library(
        "opt_einsum", "opt_einsum", _call_opt_einsum, LETTERS | {"compile"}, compile=lambda m: m.contract_expression
    ),
    Library(
        "cotengra", "cotengra", _call_einsum, LETTERS | {"compile"}, compile=lambda module: module.einsum_expression
    ),
    Library("einops", "einops", _call_einops, WORDS),
    Library("einx", "einx", _call_einx, WORDS | {"sizes"}),
)
LIBRARY_OF_KIND = {"numpy": "numpy", "torch": "torch", "jax": "jax", "mixed": "torch"}


@cache
def installed(package: str) -> Any:
    """The module, or None."""
    try:
        return importlib.import_module(package)
    except ImportError:
        return None


def converted(operand: Any, kind: str, dtype: str) -> Any:
    """An operand as an array of the given kind; what is no NumPy array stays as it is."""
    if not isinstance(operand, np.ndarray) or kind == "mixed":
        return operand
    if kind == "numpy":
        return operand.astype(dtype) if dtype else operand
    if kind == "jax":
        return installed("jax").numpy.asarray(operand, dtype or None)
    torch = installed("torch")
    return torch.from_numpy(operand).to(getattr(torch, dtype or str(operand.dtype)))


def ask(library: Library, case: Case) -> Outcome:
    """One cell: einc is asked with every kind of array, the others with the first that they take."""
    module = installed(library.package)
    kinds = [kind for kind in library.kinds if kind in case.kinds and installed(LIBRARY_OF_KIND[kind])]
    if module is None or not kinds or not library.has.issuperset(case.needs):
        return Outcome(ABSENT)
    if library.name != "einc":
        return _ask_with(library, module, case, kinds[0])
    outcomes = [_ask_with(library, module, case, kind) for kind in kinds]
    return max(outcomes, key=lambda outcome: WORST_LAST.index(outcome.word))


def _ask_with(library: Library, module: Any, case: Case, kind: str) -> Outcome:
    given = case.operands() if callable(case.operands) else case.operands
    operands = tuple(converted(operand, kind, case.dtype) for operand in given)

    def call() -> Any:
        if "compile" in case.needs and library.compile is not None:
            return library.compile(module)(case.text, *[operand.shape for operand in operands])
        return library.call(module, case, operands)

    return case.expected.judge(call, operands, library.package, _asked_text(library, case))


def _asked_text(library: Library, case: Case) -> str:
    return in_words(case) if library.package in ("einops", "einx") else case.text or ""


COMMENT = "<!-- Written by docs/tables/peers.py: change that, and run it again. -->"
INTRODUCTION = """\
# Beside other einsums

[](meaning.md) says what an expression means to einc; here is what other libraries make of the same calls, corner by
corner. `make tables` gets the libraries that einc does not come with, makes every call and writes this page.

{versions}

"""
LEGEND = f"""\
The calls are `np.einsum`, without and with `optimize=True`, `torch.einsum`, `jax.numpy.einsum` with 64-bit types,
`opt_einsum.contract`, `cotengra.einsum`, `einops.einsum`, and of einx `dot`, or for one operand `sum`, or `id` where
nothing is summed. For einops and einx, letters are set apart to be words. einc is given NumPy arrays and tensors, and
must be right with both; opt_einsum, cotengra, einops and einx are given NumPy arrays, or tensors where a row is about
them.

| cell | |
|---|---|
| {YES} | as [](meaning.md) says |
| {REFUSES} | an error, where there is a right answer |
| {DIFFERS} | without a word, another value, type or kind of result, or a result where an error is due |
| {VAGUE} | an error, as is due, but its message does not name what is wrong, or names something else |
| {NO} | an error, as is due, without this help |
| {CRASHES} | an error of a kind that nobody meant to raise, such as `KeyError` or `AssertionError` |
| {ABSENT} | not asked: the library has no such notation, keyword or kind of array |
"""

Row = tuple[Case, tuple[Outcome, ...]]


def page(tables: Mapping[str, Sequence[Row]]) -> str:
    """The whole text."""
    notes: dict[tuple[str, str], int] = {}
    parts = [COMMENT, "", INTRODUCTION.format(versions=versions()) + LEGEND]
    for section, rows in tables.items():
        parts += [f"## {section}", "", *table(rows, notes), *footnotes(rows, notes)]
    return "\n".join(parts)


def versions() -> str:
    """The libraries asked, in a sentence or two."""
    packages = dict.fromkeys(library.package for library in LIBRARIES)
    there = [f"{name} {metadata.version(name).partition('+')[0]}" for name in packages if installed(name)]
    missing = [name for name in packages if not installed(name)]
    lacking = f" Not installed, and not asked: {', '.join(missing)}." if missing else ""
    return f"Last with {', '.join(there)}.{lacking}"


def table(rows: Iterable[Row], notes: dict[tuple[str, str], int]) -> list[str]:
    """The lines of one table; a note is numbered where it is met first."""
    head = ["corner", "call", *(library.name for library in LIBRARIES)]
    lines = [_line(head), "|" + "---|" * len(head)]
    for case, outcomes in rows:
        lines.append(_line([case.corner, case.call, *(_cell(case, outcome, notes) for outcome in outcomes)]))
    return [*lines, ""]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(case: Case, outcome: Outcome, notes: dict[tuple[str, str], int]) -> str:
    if not outcome.note:
        return outcome.word
    return f"{outcome.word}[^{notes.setdefault((case.corner, outcome.note), len(notes) + 1)}]"


def footnotes(rows: Iterable[Row], notes: Mapping[tuple[str, str], int]) -> list[str]:
    """What stands under one table: who does what, in place of the right answer."""
    lines = []
    for case, outcomes in rows:
        for note in dict.fromkeys(outcome.note for outcome in outcomes if outcome.note):
            names = [library.name for library, outcome in zip(LIBRARIES, outcomes) if outcome.note == note]
            lines += [f"[^{notes[case.corner, note]}]: *{case.corner}*, {', '.join(names)}: {note}.", ""]
    return lines


def main() -> int:
    """Ask everything, write the page, and fail where einc is not as its documentation says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parent.parent / "peers.md")
    output = parser.parse_args().output
    os.environ |= {"OMP_NUM_THREADS": "1", "JAX_ENABLE_X64": "1", "JAX_PLATFORMS": "cpu"}  # before they are loaded
    warnings.simplefilter("ignore")
    tables = {
        section: [(case, tuple(ask(library, case) for library in LIBRARIES)) for case in cases]
        for section, cases in SECTIONS.items()
    }
    output.write_text(page(tables), encoding="utf-8")
    answers = [(case, outcomes[0]) for rows in tables.values() for case, outcomes in rows]
    wrong = [(case, outcome) for case, outcome in answers if outcome.word not in (YES, ABSENT)]
    for case, outcome in wrong:
        print(f"einc {outcome.word}: {case.corner}: {case.call}: {outcome.note}", file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
