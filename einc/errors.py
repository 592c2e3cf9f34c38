"""Every complaint einc makes, pointing a caret at the text that caused it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]

COLUMNS = 72  # of the user's text shown above a caret; a longer text is cut around it


class EincError(ValueError):
    """Something is wrong with an expression, or with the operands given to it.

    The message names the index in the user's own letters, the operand by its position
    (counted from 0) and the sizes found, and points a caret at the place in the text.
    """


class EincTypeError(EincError, TypeError):
    """An operand, or an argument, is of a kind that makes no sense here."""


# --- the text -------------------------------------------------------------------------


def bad_character(text: str, at: int) -> EincError:
    character = text[at]
    match character:
        case ".":
            reason = "an ellipsis is three dots, '...'"
        case "-" | ">":
            reason = "an arrow is '->', with nothing between"
        case _:
            reason = f"{_named(character)} is not a letter; an index is one letter"
    return EincError(_pointed(reason, text, [(at, at + 1)]))


def second_arrow(text: str, at: int) -> EincError:
    return EincError(_pointed("a second '->': an expression has one output", text, [(at, at + 2)]))


def several_outputs(text: str, at: int) -> EincError:
    return EincError(_pointed("a ',' after '->': an expression has one output", text, [(at, at + 1)]))


def reads_as_words(text: str, word: Span) -> EincError:
    name = _printable(text[slice(*word)])
    reason = (
        f"this reads as words, since a term has white space inside and {name!r} is longer than one "
        "letter; einc reads letters only so far"
    )
    return EincError(_pointed(reason, text, [word]))


def second_ellipsis(text: str, place: Span) -> EincError:
    return EincError(_pointed("a second '...' in one term", text, [place]))


def unknown_output_index(text: str, place: Span, index: str) -> EincError:
    return EincError(_pointed(f"output index {index!r} is in no operand", text, [place]))


def repeated_output_index(text: str, places: Sequence[Span], index: str) -> EincError:
    return EincError(_pointed(f"output index {index!r} is written more than once", text, places))


# --- the operands ---------------------------------------------------------------------


def operand_count(text: str, wanted: int, given: int) -> EincError:
    reason = f"the expression has {_counted(wanted, 'operand')}, but {given} {'was' if given == 1 else 'were'} given"
    return EincError(_pointed(reason, text, []))


def wrong_rank(text: str, term: Span, operand: int, indices: int, ellipsis: bool, shape: Sequence[int]) -> EincError:
    wanted = _counted(indices, "axis", "axes")
    reason = (
        f"operand {operand} is written with {'at least ' if ellipsis else ''}{wanted}, "
        f"but has {len(shape)}: its shape is {tuple(shape)}"
    )
    return EincError(_pointed(reason, text, [term]))


def uneven_diagonal(text: str, places: Sequence[Span], index: str, operand: int, sizes: Iterable[int]) -> EincError:
    found = " and ".join(map(str, dict.fromkeys(sizes)))
    reason = f"index {index!r} is repeated in operand {operand}, with sizes {found}: a diagonal needs equal sizes"
    return EincError(_pointed(reason, text, places))


def size_mismatch(
    text: str, places: Sequence[Span], index: str, operands: tuple[int, int], sizes: tuple[int, int]
) -> EincError:
    reason = (
        f"{_index(index)} has size {sizes[0]} in operand {operands[0]} and size {sizes[1]} in operand {operands[1]}"
    )
    return EincError(_pointed(reason, text, places))


# --- the arguments --------------------------------------------------------------------


def not_a_text(value: object) -> EincTypeError:
    return EincTypeError(f"an expression is a str such as 'ij,jk->ik', not {_kind(value)}")


def not_a_shape(value: object, operand: int) -> EincTypeError:
    return EincTypeError(
        f"operand {operand} is described by {_kind(value)}: give a shape (a tuple of sizes from 0 to 2**63-1) "
        "or an array that has one"
    )


def not_an_operand(value: object, operand: int) -> EincTypeError:
    return EincTypeError(f"operand {operand} is {_kind(value)}: an operand is a NumPy array or a torch tensor")


def mixed_libraries(numpy_operand: int, torch_operand: int) -> EincTypeError:
    return EincTypeError(
        f"operand {numpy_operand} is a NumPy array and operand {torch_operand} a torch tensor: "
        "give all operands in one library"
    )


def mixed_devices(first: int, first_device: object, second: int, second_device: object) -> EincTypeError:
    return EincTypeError(
        f"operand {first} is on {first_device} and operand {second} on {second_device}: move them to one device"
    )


def not_dense(operand: int, kind: str) -> EincTypeError:
    return EincTypeError(f"operand {operand} is {kind}: einc contracts dense operands")


def no_arithmetic(operand: int, dtype: str) -> EincTypeError:
    return EincTypeError(f"operand {operand} has the type {dtype}, which has no sums and products here")


def unknown_library(name: object) -> EincError:
    return EincError(f"{name!r} is no library einc writes for: choose 'numpy' or 'torch'")


def unknown_optimizer(value: object, names: Iterable[str]) -> EincTypeError:
    return EincTypeError(
        f"optimize={_abbreviated(value)} is neither a path, nor an optimizer that can be called, nor one of "
        + ", ".join(map(repr, names))
    )


def too_many_for_exact(operands: int, most: int) -> EincError:
    return EincError(f"the exact planner takes up to {most} operands, not {operands}: leave optimize='auto'")


def too_many_axes(axes: int, most: int, library: str) -> EincError:
    return EincError(f"this takes an array of {axes} axes, and those of {library} have at most {most}")


def nothing_planned(text: str) -> EincError:
    reason = "nothing is planned yet: call it with operands, or give shapes to einc.compile or .plan"
    return EincError(_pointed(reason, text, []))


def broken_path(reason: str) -> EincError:
    return EincError(f"the contraction path does not fit: {reason}")


# --- how it looks ---------------------------------------------------------------------


def _pointed(reason: str, text: str, places: Sequence[Span]) -> str:
    """`reason`, then the text with carets under `places`; on lines of their own where they lie far apart."""
    pictures: list[list[Span]] = []
    for place in sorted(places):
        if pictures and place[1] - pictures[-1][0][0] <= COLUMNS:
            pictures[-1].append(place)
        else:
            pictures.append([place])
    return "\n".join([reason, *(_picture(text, group) for group in pictures or [[]])])


def _picture(text: str, places: Sequence[Span]) -> str:
    first = places[0][0] if places else 0
    last = places[-1][1] if places else 0
    start = 0 if last <= COLUMNS else max(0, first - max(0, COLUMNS - (last - first)) // 2)
    stop = start + COLUMNS
    shown = _printable(text[start:stop])
    marked = {at for low, high in places for at in range(low, high)}
    carets = "".join(("^" if start + n in marked else " ") * _width(character) for n, character in enumerate(shown))
    if marked and max(marked) >= start + len(shown):  # the place just after the text's end
        carets += "^"
    before, after = "…" * (start > 0), "…" * (stop < len(text))
    lines = [f"  {before}{shown}{after}".rstrip()]
    if marked:
        lines.append(f"  {' ' * len(before)}{carets}".rstrip())
    return "\n".join(lines)


def _printable(text: str) -> str:
    """One harmless character for each: white space as blanks, what has no picture of its own as U+FFFD."""
    return "".join(" " if c.isspace() else c if _has_picture(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def _has_picture(character: str) -> bool:
    return character.isprintable() and not unicodedata.combining(character)


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _named(character: str) -> str:
    if character.isascii() and character.isprintable():
        return repr(character)
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'no name')})"


def _index(index: str) -> str:
    """An index as its author knows it: those of an ellipsis are named by einc."""
    axis = index.removeprefix("...")
    return f"index {index!r}" if axis == index else f"axis {axis} of '...'"


def _counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _kind(value: object) -> str:
    return f"a value of type {type(value).__name__!r}"


def _abbreviated(value: object) -> str:
    text = _printable(repr(value))
    return text if len(text) <= COLUMNS else text[: COLUMNS - 1] + "…"
