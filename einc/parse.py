"""Text to `Written`, by grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from lark import Lark
from lark.exceptions import UnexpectedInput, UnexpectedToken

from einc import errors
from einc.expression import ELLIPSIS, Axis, Index, Term, Written

TEXTS = 4096  # parsed texts remembered

# What a term is split into: `...`, an index, or a sign on its own.
_SYMBOLS: Mapping[str, re.Pattern[str]] = {
    "letters": re.compile(r"\.\.\.|\S"),
    "words": re.compile(r"\.\.\.|\w+|\S"),
}
NOTATIONS = tuple(_SYMBOLS)


@lru_cache(maxsize=TEXTS)
def parse(text: str, notation: str = "letters") -> Written:
    """Split a text into terms.

    Args:
        text: the expression.
        notation: `"letters"` or `"words"`.

    Raises:
        EincError: with a caret, for a character that cannot stand where it does, a group that is
            not closed, a second arrow or a second output.
    """
    try:
        operands, arrow, output = grammar(notation).parse(text).children
    except UnexpectedInput as problem:
        raise _complaint(text, problem, notation) from None
    after_arrow = text.find("->") + len("->")
    return Written(
        text=text,
        operands=tuple(_terms(text, str(operands or ""), notation)),
        output=_term(text, str(output or ""), after_arrow, notation) if arrow else None,
        marked=_marked(text) if notation == "words" else frozenset(),
    )


def _marked(text: str) -> frozenset[Index]:
    return frozenset(index for brackets in re.findall(r"\[(.*?)\]", text) for index in brackets.split())


@cache
def grammar(notation: str) -> Lark:
    """The parser of a notation, built at first use from its file in `grammar/`."""
    packed = files("einc") / "grammar" / f"{notation}.lark"  # a wheel has it inside, a checkout beside
    source = packed if packed.is_file() else Path(__file__).parent.parent / "grammar" / f"{notation}.lark"
    return Lark(source.read_text(encoding="utf-8"), parser="lalr", maybe_placeholders=True)


def _terms(text: str, operands: str, notation: str) -> Iterator[Term]:
    start = 0
    for written in operands.split(","):
        yield _term(text, written, start, notation)
        start += len(written) + len(",")


def _term(text: str, written: str, start: int, notation: str) -> Term:
    span = (start, start + len(written))
    if notation == "letters" and written.isalpha():
        return Term(tuple(zip(written)), tuple(zip(range(*span))), span)
    symbols = [(found.group(), start + found.start()) for found in _SYMBOLS[notation].finditer(written)]
    if symbols:
        span = (symbols[0][1], symbols[-1][1] + len(symbols[-1][0]))
    _check_letters(text, symbols, notation)
    axes = list(_axes(symbols))
    return Term(tuple(axis for axis, _ in axes), tuple(starts for _, starts in axes), span)


def _axes(symbols: Iterable[tuple[str, int]]) -> Iterator[tuple[Axis, tuple[int, ...]]]:
    """The axes that symbols are, each with the places of its indices (its own, where it has none)."""
    group: list[tuple[Index, int]] | None = None
    opened = 0
    for symbol, at in symbols:
        match symbol:
            case "[" | "]":
                continue
            case "(":
                group, opened = [], at
            case ")" if group is not None:
                yield tuple(index for index, _ in group), tuple(place for _, place in group) or (opened,)
                group = None
            case "1" if group is None:
                yield (), (at,)
            case "1":
                continue
            case _ if group is not None:
                group.append((symbol, at))
            case _:
                yield ELLIPSIS if symbol == ELLIPSIS else (symbol,), (at,)


def _check_letters(text: str, symbols: Iterable[tuple[str, int]], notation: str) -> None:
    """The terminals take for letters what is alphanumeric, yet no letter: '²', 'Ⅷ'."""
    for symbol, at in symbols:
        if symbol in (ELLIPSIS, "1", "(", ")", "[", "]"):
            continue
        for offset, character in enumerate(symbol):
            if not (character.isalpha() if notation == "letters" else f"a{character}".isidentifier()):
                raise errors.bad_character(text, at + offset, notation)


def _complaint(text: str, problem: UnexpectedInput, notation: str) -> errors.EincError:
    at = problem.pos_in_stream or 0
    if isinstance(problem, UnexpectedToken):  # a token that is legal, elsewhere
        return errors.second_arrow(text, at) if text.startswith("->", at) else errors.several_outputs(text, at)
    if text[at] not in ("(" if notation == "letters" else "(["):
        return errors.bad_character(text, at, notation)
    closed = re.compile(r"[^()\[\],>]*").match(text, at + 1)
    end = closed.end() if closed else len(text)
    if end == len(text) or text[end] in ",>":
        return errors.not_closed(text, at)
    if text[end] in "([" and text[at] + text[end] != "([":
        return errors.nested_group(text, end)
    inside = re.compile(r"\.\.\.|\w+|\s+").sub(lambda found: " " * len(found.group()), text[at + 1 : end])
    return errors.bad_character(text, at + 1 + len(inside) - len(inside.lstrip()), notation)
