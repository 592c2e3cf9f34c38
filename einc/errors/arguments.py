"""Complaints about arguments of a kind that makes no sense."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from einc.errors.kinds import EincError, EincTypeError
from einc.errors.picture import abbreviated, kind_of, pointed


def not_a_text(value: object) -> EincTypeError:
    return EincTypeError(f"an expression is a str such as 'ij,jk->ik', not {kind_of(value)}")


def not_a_shape(value: object, operand: int) -> EincTypeError:
    return EincTypeError(
        f"operand {operand} is described by {kind_of(value)}: give a shape (a tuple of sizes from 0 to 2**63-1) "
        "or an array that has one"
    )


def not_an_operand(value: object, operand: int) -> EincTypeError:
    return EincTypeError(
        f"operand {operand} is {kind_of(value)}: an operand is an array of NumPy, torch or the array API"
    )


def mixed_libraries(first: int, first_library: str, second: int, second_library: str) -> EincTypeError:
    return EincTypeError(
        f"operand {first} is {_array_of(first_library)} and operand {second} {_array_of(second_library)}: "
        "give all operands in one library"
    )


def _array_of(library: str) -> str:
    return {"numpy": "a NumPy array", "torch": "a torch tensor"}.get(library, f"an array of {library}")


def mixed_devices(first: int, first_device: object, second: int, second_device: object) -> EincTypeError:
    return EincTypeError(
        f"operand {first} is on {first_device} and operand {second} on {second_device}: move them to one device"
    )


def not_dense(operand: int, kind: str) -> EincTypeError:
    return EincTypeError(f"operand {operand} is {kind}: einc contracts dense operands")


def no_arithmetic(operand: int, dtype: str) -> EincTypeError:
    return EincTypeError(f"operand {operand} has the type {dtype}, which has no sums and products here")


def unknown_choice(option: str, value: object, choices: Iterable[object]) -> EincError:
    return EincError(f"{option}={abbreviated(value)} is none: choose {' or '.join(map(repr, choices))}")


def unknown_library(name: object) -> EincError:
    return EincError(f"{name!r} is no library einc writes for: choose 'numpy', 'torch' or a namespace of the array API")


def unknown_optimizer(value: object, names: Iterable[str]) -> EincTypeError:
    return EincTypeError(
        f"optimize={abbreviated(value)} is neither a path, nor an optimizer that can be called, nor one of "
        + ", ".join(map(repr, names))
    )


def too_many_for_exact(operands: int, most: int) -> EincError:
    return EincError(f"the exact planner takes up to {most} operands, not {operands}: leave optimize='auto'")


def too_many_axes(axes: int, most: int, library: str) -> EincError:
    return EincError(f"this takes an array of {axes} axes, and those of {library} have at most {most}")


def nothing_planned(text: str) -> EincError:
    reason = "nothing is planned yet: call it with operands, or give shapes to einc.compile or .plan"
    return EincError(pointed(reason, text, []))


def not_a_budget(value: object) -> EincTypeError:
    return EincTypeError(f"budget={abbreviated(value)} is no number of seconds")


def not_a_memory_limit(value: object) -> EincTypeError:
    return EincTypeError(f"memory_limit={abbreviated(value)} is no number of bytes")


def no_such_constant(position: int, operands: int) -> EincError:
    return EincError(f"there is no operand {position} to be constant: there are {operands}, from 0")


def memory_limit_too_small(limit: int, least: int) -> EincError:
    return EincError(f"memory_limit={limit} is too small: the result and one slice take {least} bytes")


def no_order_fits(limit: int, least: float) -> EincError:
    return EincError(
        f"no order was found whose intermediates have at most {limit} elements; the least that one needs is "
        f"{2**least:.0f} (einc.compile slices indices where that must be)"
    )


def broken_path(reason: str) -> EincError:
    return EincError(f"the contraction path does not fit: {reason}")


def not_labels(value: object, operand: int | None) -> EincTypeError:
    whose = "the output" if operand is None else f"operand {operand}"
    return EincTypeError(f"the labels of {whose} are {kind_of(value)}: give a list, as in einsum(a, [0, 1], b, [1, 2])")


def not_a_label(value: object, operand: int | None) -> EincTypeError:
    whose = "the output" if operand is None else f"operand {operand}"
    return EincTypeError(f"a label of {whose} is {kind_of(value)}, which cannot be hashed")


def not_a_dtype(value: object) -> EincTypeError:
    return EincTypeError(f"dtype={abbreviated(value)} is no dtype")


def no_such_dtype(dtype: str, library: str) -> EincError:
    return EincError(f"{library} has no sums and products in {dtype}")


def unsafe_cast(operand: int, found: str, dtype: str, casting: str) -> EincTypeError:
    return EincTypeError(
        f"operand {operand} has the type {found}, which casting={casting!r} does not allow to become {dtype}"
    )


def not_an_out(value: object, shape: Sequence[int], dtype: str) -> EincTypeError:
    return EincTypeError(f"out={abbreviated(value)} is no NumPy array of shape {tuple(shape)} that can hold {dtype}")


def no_out_but_for_numpy() -> EincTypeError:
    return EincTypeError("out= is for NumPy arrays; those of other libraries have no such argument")


def no_promotion(library: str, dtypes: Iterable[str]) -> EincTypeError:
    return EincTypeError(f"{library} promotes {' and '.join(dtypes)} to no type: cast the operands, or give dtype=")


def no_slices(library: str) -> EincError:
    return EincError(f"a contraction is sliced with NumPy and torch, not with {library}: leave out the memory limit")


def too_large(elements: int) -> EincError:
    return EincError(f"this takes an array of {elements:.2e} elements, more than memory can address")


def no_attribute(module: str, name: str) -> AttributeError:
    return AttributeError(f"module {module!r} has no attribute {name!r}", name=name)


def no_matplotlib() -> EincError:
    return EincError('pictures need matplotlib, which is not installed: pip install "einc[plot]"')


def unknown_format(file: object, formats: Iterable[str]) -> EincError:
    return EincError(f"file={abbreviated(str(file))} does not tell the format: end it in {' or '.join(formats)}")
