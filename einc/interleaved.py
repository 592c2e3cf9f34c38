"""Operands and lists of labels, as `A, [0, 1], B, [1, 2], [0, 2]`, to `Written` and the operands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from einc import errors
from einc.expression import ELLIPSIS, Axis, Term, Written
from einc.parse import TEXTS

Labels: TypeAlias = tuple[Hashable, ...]

LONGEST_NAME = 24  # characters of a label's name


def separated(arguments: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Labels, ...], Labels | None]:
    """The operands, the labels of each, and those of the output if they are given.

    Raises:
        EincTypeError: where there is no operand, a list of labels is missing, or a label cannot be one.
    """
    pairs = len(arguments) // 2 * 2
    if not pairs:
        raise errors.not_a_text(arguments[0])
    operands = tuple(arguments[0:pairs:2])
    labels = tuple(_labels(listed, n) for n, listed in enumerate(arguments[1:pairs:2]))
    return operands, labels, _labels(arguments[-1], None) if len(arguments) > pairs else None


@lru_cache(maxsize=TEXTS)
def written(inputs: tuple[Labels, ...], output: Labels | None) -> Written:
    """The lists as a text with brackets, split into terms.

    Without an output, it is as NumPy has it: the labels that occur once, sorted where they can be, after
    the axes of an ellipsis.
    """
    names = _names(label for labels in (*inputs, output or ()) for label in labels)
    text = ", ".join(_shown(labels, names) for labels in inputs)
    starts = [0]
    for labels in inputs:
        starts.append(starts[-1] + len(_shown(labels, names)) + len(", "))
    terms = tuple(_term(labels, names, start) for labels, start in zip(inputs, starts))
    if output is None:
        return Written(text, terms, _term(_implicit(inputs), names, len(text)))
    return Written(f"{text} -> {_shown(output, names)}", terms, _term(output, names, len(text) + len(" -> ")))


def _labels(listed: object, operand: int | None) -> Labels:
    if isinstance(listed, np.ndarray) and listed.ndim == 1 and listed.dtype.kind in "iu":
        listed = listed.tolist()
    if not isinstance(listed, list | tuple):
        raise errors.not_labels(listed, operand)
    for label in listed:
        if not isinstance(label, Hashable):
            raise errors.not_a_label(label, operand)
    return tuple(listed)


def _names(labels: Iterable[Hashable]) -> dict[Hashable, str]:
    """A name of its own for every label: as it prints, but for what is long or taken."""
    names: dict[Hashable, str] = {Ellipsis: ELLIPSIS}
    taken = set(names.values())
    for label in dict.fromkeys(labels):
        if label is not Ellipsis:
            name = str(label)[:LONGEST_NAME] or "''"
            while name in taken:
                name += "'"
            names[label] = name
            taken.add(name)
    return names


def _shown(labels: Labels, names: dict[Hashable, str]) -> str:
    return f"[{', '.join(names[label] for label in labels)}]"


def _term(labels: Labels, names: dict[Hashable, str], start: int) -> Term:
    axes: list[Axis] = []
    starts = []
    at = start + len("[")
    for label in labels:
        axes.append(ELLIPSIS if label is Ellipsis else (names[label],))
        starts.append((at,))
        at += len(names[label]) + len(", ")
    return Term(tuple(axes), tuple(starts), (start, start + len(_shown(labels, names))))


def _implicit(inputs: Iterable[Labels]) -> Labels:
    times = Counter(label for labels in inputs for label in labels)
    once = [label for label, count in times.items() if count == 1 and label is not Ellipsis]
    with suppress(TypeError):  # labels that have no order stay as they came
        once = sorted(once)  # type: ignore[type-var]
    return (*([Ellipsis] if Ellipsis in times else []), *once)
