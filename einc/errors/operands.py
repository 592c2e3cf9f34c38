"""Complaints about operands that do not fit a text, or each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from einc.errors.kinds import MOST, EincError, EincTypeError
from einc.errors.picture import Span, abbreviated, counted, index_named, pointed, suggested


def operand_count(text: str, wanted: int, given: int) -> EincError:
    reason = f"the expression has {counted(wanted, 'operand')}, but {given} {'was' if given == 1 else 'were'} given"
    return EincError(pointed(reason, text, []))


def wrong_rank(text: str, term: Span, operand: int, indices: int, ellipsis: bool, shape: Sequence[int]) -> EincError:
    wanted = counted(indices, "axis", "axes")
    reason = (
        f"operand {operand} is written with {'at least ' if ellipsis else ''}{wanted}, "
        f"but has {len(shape)}: its shape is {tuple(shape)}"
    )
    return EincError(pointed(reason, text, [term]))


def uneven_diagonal(text: str, places: Sequence[Span], index: str, operand: int, sizes: Iterable[int]) -> EincError:
    found = " and ".join(map(str, dict.fromkeys(sizes)))
    reason = (
        f"index {abbreviated(index)} is repeated in operand {operand}, with sizes {found}: a diagonal needs equal sizes"
    )
    return EincError(pointed(reason, text, places))


def group_mismatch(
    text: str, places: Sequence[Span], operand: int, found: int, sizes: Sequence[tuple[str, int]]
) -> EincError:
    """An axis is not the product of its group, or no multiple of what is known of it."""
    known = " and ".join(f"{index}={size}" for index, size in sizes) or "the literal 1"
    reason = f"the axis of this group in operand {operand} has size {found}, which does not go with {known}"
    return EincError(pointed(reason, text, places))


def unsolved(text: str, places: Sequence[Span], indices: Sequence[str], found: int) -> EincError:
    names = " and ".join(map(abbreviated, indices))
    example = f"{indices[0]}=2" if indices[0].isidentifier() else f"sizes={{{indices[0]!r}: 2}}"
    reason = f"the sizes of {names} cannot be told from their product, {found}: give one, as in {example}"
    return EincError(pointed(reason, text, places))


def unknown_size(text: str, index: str, known: Iterable[str]) -> EincTypeError:
    return EincTypeError(
        pointed(f"a size is given for {abbreviated(index)}, which is in no operand{suggested(index, known)}", text, [])
    )


def not_a_size(index: object, value: object) -> EincTypeError:
    return EincTypeError(
        f"the size given for {abbreviated(index)} is {abbreviated(value)}, not an integer from 0 to 2**63-1"
    )


def size_mismatch(text: str, places: Sequence[Span], index: str, found: Sequence[tuple[int | None, int]]) -> EincError:
    """Different sizes, each with the first operand that has it, or with none where it was given."""
    told = [
        f"size {size} {'as given' if operand is None else f'in operand {operand}'}" for operand, size in found[:MOST]
    ]
    told += [f"{len(found) - MOST} others"] if len(found) > MOST else []
    return EincError(pointed(f"{index_named(index)} has {', '.join(told[:-1])} and {told[-1]}", text, places[:MOST]))
