"""Complaints about the text of an expression."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from einc.errors.kinds import EincError
from einc.errors.picture import Span, abbreviated, named, pointed, suggested


def bad_character(text: str, at: int, notation: str) -> EincError:
    character = text[at]
    match character:
        case ".":
            reason = "an ellipsis is three dots, '...'"
        case "-" | ">":
            reason = "an arrow is '->', with nothing between"
        case ")" | "]":
            reason = f"a {character!r} that closes nothing"
        case _ if character.isdecimal():
            reason = f"{named(character)} is no index; the only number is 1, an axis of size one"
        case _ if notation == "letters":
            reason = f"{named(character)} is not a letter; an index is one letter"
        case _:
            reason = f"{named(character)} cannot stand in an index; an index is a word"
    return EincError(pointed(reason, text, [(at, at + 1)]))


def second_arrow(text: str, at: int) -> EincError:
    return EincError(pointed("a second '->': an expression has one output", text, [(at, at + 2)]))


def several_outputs(text: str, at: int) -> EincError:
    return EincError(pointed("a ',' after '->': an expression has one output", text, [(at, at + 1)]))


def not_closed(text: str, at: int) -> EincError:
    return EincError(pointed(f"this {text[at]!r} is never closed", text, [(at, at + 1)]))


def nested_group(text: str, at: int) -> EincError:
    return EincError(pointed("a group inside a group", text, [(at, at + 1)]))


def no_arrow(text: str) -> EincError:
    return EincError(pointed("words need a '->' and an output", text, [(len(text), len(text) + 1)]))


def misread(complaint: EincError, notation: str, other: str) -> EincError:
    return EincError(f"{complaint}\n{_reading(notation)}; as {other} it is legal: notation={other!r} reads it so")


def ambiguous(text: str, notation: str, other: str) -> EincError:
    reason = f"this is legal as letters and as words, and means different things; {_reading(notation)}"
    return EincError(f"{pointed(reason, text, [])}\nnotation={notation!r} or notation={other!r} says which")


def _reading(notation: str) -> str:
    why = {
        "letters": "no term has white space inside beside a longer word",
        "words": "a term has white space inside, and there is a word longer than one letter",
    }
    return f"it was read as {notation}, since {why[notation]}"


def ellipsis_in_group(text: str, place: Span) -> EincError:
    return EincError(
        pointed("an ellipsis inside a group of an operand: its axes could not be told apart", text, [place])
    )


def repeated_in_group(text: str, places: Sequence[Span], index: str) -> EincError:
    return EincError(pointed(f"index {abbreviated(index)} is repeated in one group", text, places))


def marked_in_output(text: str, place: Span, index: str) -> EincError:
    return EincError(pointed(f"index {abbreviated(index)} is marked as summed, but is in the output", text, [place]))


def second_ellipsis(text: str, place: Span) -> EincError:
    return EincError(pointed("a second '...' in one term", text, [place]))


def unknown_output_index(text: str, place: Span, index: str, known: Iterable[str]) -> EincError:
    return EincError(
        pointed(f"output index {abbreviated(index)} is in no operand{suggested(index, known)}", text, [place])
    )
