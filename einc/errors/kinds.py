"""The one root of all complaints, which several can be told as."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

MOST = 5  # mistakes that are told at once


class EincError(ValueError):
    """Something is wrong with an expression, or with the operands given to it.

    The message names the index in the user's own letters, the operand by its position
    (counted from 0) and the sizes found, and points a caret at the place in the text.
    """


class EincTypeError(EincError, TypeError):
    """An operand, or an argument, is of a kind that makes no sense here."""


def report(complaints: Iterable[EincError]) -> None:
    """Raise all complaints as one, if there are any."""
    if several := list(islice(complaints, MOST + 1)):
        raise together(several)


def together(complaints: Iterable[EincError]) -> EincError:
    """All complaints, at least one, as one."""
    several = list(islice(complaints, MOST + 1))
    if len(several) == 1:
        return several[0]
    number = str(len(several)) if len(several) <= MOST else f"more than {MOST}"
    kind = EincTypeError if all(isinstance(complaint, EincTypeError) for complaint in several) else EincError
    return kind("\n".join([f"{number} mistakes:", *map(str, several[:MOST])]))
