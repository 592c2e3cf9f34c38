"""Complaints about expressions that are legal, but hardly what was meant."""

from __future__ import annotations

from collections.abc import Sequence

from einc.errors.kinds import EincError
from einc.errors.picture import Span, abbreviated, index_named, pointed


def lonely_indices(text: str, places: Sequence[Span], lonely: Sequence[tuple[str, int]]) -> EincError:
    named = " and ".join(f"{index_named(index)} of operand {operand}" for index, operand in lonely)
    return EincError(
        pointed(f"nothing meets {named}: {'it is' if len(lonely) == 1 else 'they are'} only summed", text, places)
    )


def better_order(text: str, written: int, best: int, how: str) -> EincError:
    reason = f"{how} takes n^{written} multiply-adds where every size is n; the best order takes n^{best}"
    return EincError(pointed(reason, text, [(0, len(text))]))


def no_such_path(path: object) -> EincError:
    return EincError(f"there is no file or folder {abbreviated(str(path))}")
