"""Letters or words: which reading a text gets."""

from __future__ import annotations

import re
from functools import lru_cache

from einc import errors
from einc.check import check_text
from einc.expression import Written
from einc.parse import TEXTS, parse

_WORD = re.compile(r"[^\W\d]\w+")
_BETWEEN_TERMS = re.compile("[,>-]")


@lru_cache(maxsize=TEXTS)
def read(text: str, notation: str | None = None) -> Written:
    """Parse and check a text as letters or as words.

    It reads as words as soon as some term has white space inside and some token is longer than one
    letter; else as letters.

    Args:
        text: the expression.
        notation: `"letters"` or `"words"`, to force a reading.

    Raises:
        EincError: where the text is not legal. Where it would be in the other reading, or where it is in
            both and the white space and the longer token stand in different terms, the message says which
            was taken, and how to force one.
    """
    if notation is not None:
        return _legal(text, notation)
    taken = reading(text)
    other = "letters" if taken == "words" else "words"
    try:
        written = _legal(text, taken)
    except errors.EincError as complaint:
        if _is_legal(text, other):
            raise errors.misread(complaint, taken, other) from None
        raise
    if taken == "words" and not _has_wordy_term(text) and _is_legal(text, other):  # letters are never ambiguous
        raise errors.ambiguous(text, taken, other)
    return written


def reading(text: str) -> str:
    """`"letters"` or `"words"`: what a text reads as where nobody says."""
    return "words" if _has_words(text) else "letters"


def _legal(text: str, notation: str) -> Written:
    written = parse(text, notation)
    if notation == "words" and written.output is None:
        raise errors.no_arrow(text)
    check_text(written)
    return written


def _is_legal(text: str, notation: str) -> bool:
    try:
        _legal(text, notation)
    except errors.EincError:
        return False
    return True


def _has_words(text: str) -> bool:
    if "[" in text:  # a mark, which letters do not have
        return True
    return bool(_WORD.search(text)) and any(_has_space(term) for term in _BETWEEN_TERMS.split(text))


def _has_wordy_term(text: str) -> bool:
    """Whether the white space and the longer token stand in one term, so that no one would have meant letters."""
    return any(_has_space(term) and _WORD.search(term) for term in _BETWEEN_TERMS.split(text))


def _has_space(term: str) -> bool:
    return len(term.split()) > 1
