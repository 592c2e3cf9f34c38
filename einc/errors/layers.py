"""Complaints about the operands and the bias of a layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from einc.errors.kinds import EincError, EincTypeError
from einc.errors.picture import Span, abbreviated, counted, kind_of, pointed, suggested


def not_by_position(role: str, value: object) -> EincTypeError:
    return EincTypeError(f"{role}={abbreviated(value)} is no mapping: give each by its position, from 0")


def no_such_operand(text: str, role: str, position: object, operands: int) -> EincError:
    reason = (
        f"there is no operand {abbreviated(position)} to be a {role}: "
        f"the expression has {counted(operands, 'operand')}, counted from 0"
    )
    return EincError(pointed(reason, text, []))


def two_roles(text: str, term: Span, operand: int) -> EincError:
    return EincError(pointed(f"operand {operand} is given as a parameter and as a buffer", text, [term]))


def no_inputs(text: str, terms: Sequence[Span]) -> EincError:
    return EincError(pointed("all operands are parameters or buffers: leave one to be the input", text, terms))


def not_a_buffer(text: str, term: Span, operand: int, value: object) -> EincTypeError:
    reason = f"operand {operand} is to be a buffer, and is {kind_of(value)}: give a torch tensor"
    return EincTypeError(pointed(reason, text, [term]))


def not_a_shape_of_parameter(text: str, term: Span, operand: int, value: object) -> EincTypeError:
    reason = f"operand {operand} is to be a parameter, and is {kind_of(value)}: give its shape"
    return EincTypeError(pointed(reason, text, [term]))


def input_count(text: str, terms: Sequence[Span], operands: Sequence[int], given: int) -> EincError:
    which = f"{counted(len(operands), 'input')} ({'operand' if len(operands) == 1 else 'operands'} "
    reason = (
        f"this layer takes {which}{', '.join(map(str, operands))}), but {given} {'was' if given == 1 else 'were'} given"
    )
    return EincError(pointed(reason, text, terms))


def not_a_bias(value: object) -> EincTypeError:
    return EincTypeError(f"a bias is a str of output indices such as 'out', or None, not {kind_of(value)}")


def bias_of_more_than_indices(bias: str, place: Span) -> EincError:
    return EincError(pointed("a bias is written as indices of the output, and nothing else", bias, [place]))


def unknown_bias_index(bias: str, place: Span, index: str, known: Iterable[str]) -> EincError:
    reason = f"bias index {abbreviated(index)} is not in the output{suggested(index, known)}"
    return EincError(pointed(reason, bias, [place]))


def repeated_in_bias(bias: str, places: Sequence[Span], index: str) -> EincError:
    return EincError(pointed(f"index {abbreviated(index)} is repeated in the bias", bias, places))


def unknown_bias_size(bias: str, place: Span, index: str) -> EincError:
    example = f"{index}=2" if index.isidentifier() else f"sizes={{{index!r}: 2}}"
    reason = f"no parameter or buffer tells the size of bias index {abbreviated(index)}: give it, as in {example}"
    return EincError(pointed(reason, bias, [place]))


def bias_on_diagonal(text: str, places: Sequence[Span], index: str) -> EincError:
    reason = f"bias index {abbreviated(index)} is repeated in the output: it names no single axis there"
    return EincError(pointed(reason, text, places))


def bias_of_half_a_group(text: str, places: Sequence[Span], index: str) -> EincError:
    reason = (
        f"the output merges bias index {abbreviated(index)} with others: a bias has all indices of a group, or none"
    )
    return EincError(pointed(reason, text, places))
