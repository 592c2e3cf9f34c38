"""Text to `Written`, by grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from pkgutil import get_data

from lark import Lark, ParseTree
from lark.exceptions import UnexpectedInput, UnexpectedToken

from einc import errors
from einc.expression import ELLIPSIS, Axis, Index, Term, Written

TEXTS = 4096  # parsed texts remembered

# What a term is split into: `...`, an index, or a sign on its own.
_SYMBOLS: Mapping[str, re.Pattern[str]] = {
    "letters": re.compile(r"\.\.\.|\S"),
    "words": re.compile(r"\.\.\.|\w+|\S"),
}
_COUNTED = (("\u00c0", "\u1fff"), ("\u3040", "\ud7ff"))  # indices, though not all are letters
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
    parsed = _attempt(text, notation)
    if isinstance(parsed, UnexpectedInput):
        raise errors.together(_mistakes(text, parsed, notation))
    operands, arrow, output = parsed.children
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
    return Lark(_source(f"grammar/{notation}.lark"), parser="lalr", maybe_placeholders=True)


def _source(path: str) -> str:
    """A grammar: a wheel has it inside the package, a checkout beside."""
    try:
        packed = get_data("einc", path)
    except OSError:
        packed = None
    return packed.decode() if packed is not None else (Path(__file__).parent.parent / path).read_text(encoding="utf-8")


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
    errors.report(_no_letters(text, symbols, notation))
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


def _no_letters(text: str, symbols: Iterable[tuple[str, int]], notation: str) -> Iterator[errors.EincError]:
    """The terminals take for letters what is alphanumeric, yet no letter: '²', 'Ⅷ'."""
    for symbol, at in symbols:
        if symbol in (ELLIPSIS, "1", "(", ")", "[", "]"):
            continue
        for offset, character in enumerate(symbol):
            if not (_is_letter(character) if notation == "letters" else f"a{character}".isidentifier()):
                yield errors.bad_character(text, at + offset, notation)


def _is_letter(character: str) -> bool:
    return character.isalpha() or any(first <= character <= last for first, last in _COUNTED)


def _mistakes(text: str, problem: UnexpectedInput, notation: str) -> Iterator[errors.EincError]:
    """All that the grammar does not take, from the first problem on: each is made blank to find the next."""
    found: ParseTree | UnexpectedInput = problem
    mended = text
    while isinstance(found, UnexpectedInput):
        at = found.pos_in_stream or 0
        if mended[at] in ("(" if notation == "letters" else "(["):
            yield _wrong_group(text, at, notation)
            return
        if isinstance(found, UnexpectedToken):  # a token that is legal, elsewhere
            arrow = mended.startswith("->", at)
            yield errors.second_arrow(text, at) if arrow else errors.several_outputs(text, at)
        else:
            yield errors.bad_character(text, at, notation)
        mended = _without(mended, at)
        found = _attempt(mended, notation)


def _without(text: str, at: int) -> str:
    """The text without what is wrong here: dots and arrows as far as they go, any other character wherever it is."""
    sign = re.compile(r"\.+|[->][->\s]*|[,)\]]").match(text, at)
    return f"{text[:at]}{' ' * len(sign.group())}{text[sign.end() :]}" if sign else text.replace(text[at], " ")


def _attempt(text: str, notation: str) -> ParseTree | UnexpectedInput:
    try:
        return grammar(notation).parse(text)
    except UnexpectedInput as problem:
        return problem


def _wrong_group(text: str, at: int, notation: str) -> errors.EincError:
    """What is wrong with the group that opens here."""
    closed = re.compile(r"[^()\[\],>]*").match(text, at + 1)
    end = closed.end() if closed else len(text)
    if end == len(text) or text[end] in ",>":
        return errors.not_closed(text, at)
    if text[end] in "([" and text[at] + text[end] != "([":
        return errors.nested_group(text, end)
    inside = re.compile(r"\.\.\.|\w+|\s+").sub(lambda found: " " * len(found.group()), text[at + 1 : end])
    return errors.bad_character(text, at + 1 + len(inside) - len(inside.lstrip()), notation)
