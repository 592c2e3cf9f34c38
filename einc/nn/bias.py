"""Where a bias stands: its indices, found again among the axes of the output."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from einc import errors
from einc.expression import ELLIPSIS, Group, Layout, Shape, Sizes, Written, flat
from einc.nn.roles import outputs
from einc.parse import parse
from einc.read import reading

_SIGN = re.compile(r"\.\.\.|->|[(),\[\]]|\b1\b")


@dataclass(frozen=True, slots=True)
class Bias:
    """A bias that is added to a result.

    Attributes:
        indices: as they are written, one axis each.
        shape: of the parameter.
        order: its axes, in the order of the output.
        before: its sizes along the output's axes in front of the ellipsis, or along all where there is none.
        after: those behind the ellipsis.
    """

    indices: Group
    shape: Shape
    order: tuple[int, ...]
    before: Shape
    after: Shape

    def aligned(self, bias: Any, rank: int) -> Any:
        """The parameter with as many of the output's `rank` axes, from the last, as it needs to broadcast."""
        between = rank - len(self.before) - len(self.after)
        shape = (*self.before, *(1,) * between, *self.after)
        while shape and shape[0] == 1:
            shape = shape[1:]
        ordered = bias if self.order == tuple(range(len(self.order))) else bias.permute(self.order)
        return ordered if shape == self.shape else ordered.reshape(shape)


def place(text: Written, bias: object, sizes: Sizes, notation: str | None) -> Bias:
    """Find the axes of a bias in the output.

    Args:
        text: the expression.
        bias: indices of its output, in any order.
        sizes: those known of them.
        notation: which the expression was forced to be read in.

    Raises:
        EincError: for what is no index of the output, or half a group of it, or has no known size.
    """
    if not isinstance(bias, str):
        raise errors.not_a_bias(bias)
    if sign := _SIGN.search(bias):
        raise errors.bias_of_more_than_indices(bias, sign.span())
    written = parse(bias, notation or reading(text.text))
    output = outputs(text)
    errors.report(_mistakes(text, written, output, sizes))
    indices = written.operands[0].indices
    named = tuple(index for index in flat(output) if index in indices)
    widths = [math.prod(sizes[index] for index in group if index in indices) for group in output]
    ellipsis = output.index((ELLIPSIS,)) if (ELLIPSIS,) in output else len(output)
    return Bias(
        indices=indices,
        shape=tuple(sizes[index] for index in indices),
        order=tuple(map(indices.index, named)),
        before=tuple(widths[:ellipsis]),
        after=tuple(widths[ellipsis + 1 :]),
    )


def _mistakes(text: Written, bias: Written, output: Layout, sizes: Sizes) -> Iterator[errors.EincError]:
    (term,) = bias.operands
    merged = {index: group for group in output for index in group}
    for index in dict.fromkeys(term.indices):
        places = term.places(index)
        if len(places) > 1:
            yield errors.repeated_in_bias(bias.text, places, index)
        elif index not in merged:
            yield errors.unknown_bias_index(bias.text, places[0], index, set(merged) - {ELLIPSIS})
        elif flat(output).count(index) > 1:
            yield errors.bias_on_diagonal(text.text, text.output.places(index) if text.output else [], index)
        elif not set(merged[index]) <= set(term.indices):
            group = [place for other in merged[index] for place in text.output.places(other)] if text.output else []
            yield errors.bias_of_half_a_group(text.text, group, index)
        elif index not in sizes:
            yield errors.unknown_bias_size(bias.text, places[0], index)
