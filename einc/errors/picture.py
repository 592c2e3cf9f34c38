"""How a complaint looks: the words, and the text with carets under it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]

COLUMNS = 72  # of the user's text shown above a caret; a longer text is cut around it


def pointed(reason: str, text: str, places: Sequence[Span]) -> str:
    """`reason`, then the text with carets under `places`; on lines of their own where they lie far apart."""
    pictures: list[list[Span]] = []
    for place in sorted(places):
        if pictures and place[1] - pictures[-1][0][0] <= COLUMNS:
            pictures[-1].append(place)
        else:
            pictures.append([place])
    return "\n".join([reason, *(picture(text, group) for group in pictures or [[]])])


def picture(text: str, places: Sequence[Span]) -> str:
    first = places[0][0] if places else 0
    last = places[-1][1] if places else 0
    start = 0 if last <= COLUMNS else max(0, first - max(0, COLUMNS - (last - first)) // 2)
    stop = start + COLUMNS
    shown = printable(text[start:stop])
    marked = {at for low, high in places for at in range(low, high)}
    carets = "".join(("^" if start + n in marked else " ") * width(character) for n, character in enumerate(shown))
    if marked and max(marked) >= start + len(shown):  # the place just after the text's end
        carets += "^"
    before, after = "…" * (start > 0), "…" * (stop < len(text))
    lines = [f"  {before}{shown}{after}".rstrip()]
    if marked:
        lines.append(f"  {' ' * len(before)}{carets}".rstrip())
    return "\n".join(lines)


def printable(text: str) -> str:
    """One harmless character for each: white space as blanks, what has no picture of its own as U+FFFD."""
    return "".join(" " if c.isspace() else c if has_picture(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def has_picture(character: str) -> bool:
    return character.isprintable() and not unicodedata.combining(character)


def width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def named(character: str) -> str:
    if character.isascii() and character.isprintable():
        return repr(character)
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'no name')})"


def index_named(index: str) -> str:
    """An index as its author knows it: those of an ellipsis are named by einc."""
    axis = index.removeprefix("...")
    return f"index {abbreviated(index)}" if axis == index else f"axis {axis} of '...'"


def suggested(word: str, known: Iterable[str]) -> str:
    """The nearest of the known words, if one is near: for a letter, one that looks like it."""
    if len(word) == 1:
        close = sorted(index for index in set(known) if _bare(index) == _bare(word))
    else:
        close = get_close_matches(word, sorted(set(known)), n=1) if len(word) <= COLUMNS else []
    return f"; did you mean {abbreviated(close[0])}?" if close else ""


def _bare(letter: str) -> str:
    """A letter without its case and its accents."""
    return unicodedata.normalize("NFKD", letter)[:1].casefold()


def counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def kind_of(value: object) -> str:
    return f"a value of type {type(value).__name__!r}"


def abbreviated(value: object) -> str:
    text = printable(repr(value))
    return text if len(text) <= COLUMNS else text[: COLUMNS - 1] + "…"
