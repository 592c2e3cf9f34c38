"""The one root of all complaints."""

from __future__ import annotations


class EincError(ValueError):
    """Something is wrong with an expression, or with the operands given to it.

    The message names the index in the user's own letters, the operand by its position
    (counted from 0) and the sizes found, and points a caret at the place in the text.
    """


class EincTypeError(EincError, TypeError):
    """An operand, or an argument, is of a kind that makes no sense here."""
