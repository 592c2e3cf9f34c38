"""Text to `Written`, by grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from lark import Lark
from lark.exceptions import UnexpectedInput, UnexpectedToken

from einc import errors
from einc.expression import ELLIPSIS, Term, Written

TEXTS = 4096  # parsed texts remembered

_SYMBOL = re.compile(r"\.\.\.|\S")
_WORD = re.compile(r"[^\W\d]\w+")
_BETWEEN_TERMS = re.compile("[,>-]")


@lru_cache(maxsize=TEXTS)
def parse(text: str) -> Written:
    """Split a text in the letters notation into terms.

    Raises:
        EincError: with a caret, for a character that cannot stand where it does, a second
            arrow, a second output, or a text that reads as words.
    """
    _refuse_words(text)
    try:
        operands, arrow, output = grammar("letters").parse(text).children
    except UnexpectedInput as problem:
        raise _complaint(text, problem) from None
    after_arrow = text.find("->") + len("->")
    return Written(
        text=text,
        operands=tuple(_terms(text, str(operands or ""), 0)),
        output=_term(text, str(output or ""), after_arrow) if arrow else None,
    )


@cache
def grammar(notation: str) -> Lark:
    """The parser of a notation, built at first use from its file in `grammar/`."""
    packed = files("einc") / "grammar" / f"{notation}.lark"  # a wheel has it inside, a checkout beside
    source = packed if packed.is_file() else Path(__file__).parent.parent / "grammar" / f"{notation}.lark"
    return Lark(source.read_text(encoding="utf-8"), parser="lalr", maybe_placeholders=True)


def _terms(text: str, operands: str, start: int) -> Iterator[Term]:
    for written in operands.split(","):
        yield _term(text, written, start)
        start += len(written) + len(",")


def _term(text: str, written: str, start: int) -> Term:
    span = (start, start + len(written))
    if written.isalpha():
        return Term(tuple(written), tuple(range(*span)), span)
    found = list(_SYMBOL.finditer(written))
    for symbol in found:  # the grammar's LETTER lets through what is alphanumeric, yet no letter: '²', 'Ⅷ'
        if symbol.group() != ELLIPSIS and not symbol.group().isalpha():
            raise errors.bad_character(text, start + symbol.start())
    if found:
        span = (start + found[0].start(), start + found[-1].end())
    return Term(tuple(symbol.group() for symbol in found), tuple(start + symbol.start() for symbol in found), span)


def _refuse_words(text: str) -> None:
    word = _WORD.search(text)
    if word and any(len(term.split()) > 1 for term in _BETWEEN_TERMS.split(text)):
        raise errors.reads_as_words(text, word.span())


def _complaint(text: str, problem: UnexpectedInput) -> errors.EincError:
    at = problem.pos_in_stream or 0
    if isinstance(problem, UnexpectedToken):  # a token that is legal, elsewhere
        return errors.second_arrow(text, at) if text.startswith("->", at) else errors.several_outputs(text, at)
    return errors.bad_character(text, at)
