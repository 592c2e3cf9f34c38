"""Complaints about what surfaces are asked for: source to judge, problems to draw, commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from einc.errors.kinds import EincError
from einc.errors.picture import Span, abbreviated, index_named, pointed, suggested


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


def not_installed(library: str) -> EincError:
    return EincError(f"{library} is not installed")


def no_problems(n: object) -> EincError:
    return EincError(f"n={abbreviated(n)} is no number of problems: draw one or more")


def not_a_seed(seed: object) -> EincError:
    return EincError(f"seed={abbreviated(seed)} is no seed: give a number from 0 on")


def no_such_command(name: str, known: Iterable[str]) -> EincError:
    near = suggested(name, known) or "; `einc --help` lists them"
    return EincError(f"there is no command {abbreviated(name)}{near}")
