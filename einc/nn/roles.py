"""What an expression tells about its parameters: their sizes, and over how many terms each is summed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from einc import errors
from einc.check import check_ranks
from einc.expression import ELLIPSIS, Expression, Layout, Shape, Sizes, Written, flat
from einc.options import Options
from einc.resolve import resolve
from einc.sizes import check_sizes


def check_positions(text: Written, parameters: Mapping[int, Any], buffers: Mapping[int, Any]) -> None:
    """Check that parameters and buffers are given for operands that there are, each once, and one is left.

    Raises:
        EincError: naming the position.
        EincTypeError: for what is no mapping.
    """
    given: object
    for role, given in (("parameters", parameters), ("buffers", buffers)):
        if not isinstance(given, Mapping):
            raise errors.not_by_position(role, given)
    errors.report(_mistakes(text, {"parameter": parameters, "buffer": buffers}))


def _mistakes(text: Written, roles: Mapping[str, Mapping[int, Any]]) -> Iterator[errors.EincError]:
    positions = range(len(text.operands))
    taken: set[int] = set()
    for role, given in roles.items():
        for position in given:
            if type(position) is not int or position not in positions:
                yield errors.no_such_operand(text.text, role, position, len(positions))
            elif position in taken:
                yield errors.two_roles(text.text, text.operands[position].span, position)
            taken.add(position)
    if taken.issuperset(positions):
        yield errors.no_inputs(text.text, [term.span for term in text.operands])


def known(text: Written, shapes: Mapping[int, Shape], options: Options) -> tuple[Expression, Sizes]:
    """The expression as far as its constants tell, where the ellipses of inputs have no axes, and the sizes they tell.

    Args:
        text: the expression.
        shapes: of the parameters and buffers, by position.
        options: with the sizes that are given.

    Raises:
        EincError: where a shape does not fit its term, or the others.
    """
    constants = [term if n in shapes else replace(term, axes=(), starts=()) for n, term in enumerate(text.operands)]
    known_shapes = [shapes.get(n, ()) for n in range(len(constants))]
    check_ranks(replace(text, operands=tuple(constants)), known_shapes)
    fewest = [len(term.axes) - (ELLIPSIS in term.axes) for term in text.operands]
    expression = resolve(text, [len(shapes[n]) if n in shapes else fewest[n] for n in range(len(fewest))])
    told = tuple(layout if n in shapes else () for n, layout in enumerate(expression.operands))
    partial = Expression(told, expression.output, options.sizes)
    return expression, check_sizes(text, partial, known_shapes, options.broadcast == "always")


def fan_in(expression: Expression, parameters: Sequence[int], sizes: Sizes) -> dict[int, int]:
    """Over how many terms an expression sums with each parameter: the sizes of its indices that are not in the output.

    An index of several parameters counts for the last of them, as if each were a layer of its own.
    """
    counted = set(flat(expression.output))
    terms = {}
    for position in sorted(parameters, reverse=True):
        summed = set(flat(expression.operands[position])) - counted
        terms[position] = math.prod(sizes[index] for index in summed)
        counted |= summed
    return dict(sorted(terms.items()))


def outputs(text: Written) -> Layout:
    """The output's groups, in which an ellipsis counts as one index."""
    layout = resolve(text, [len(term.axes) for term in text.operands]).output
    return tuple(tuple(ELLIPSIS if index.startswith(ELLIPSIS) else index for index in group) for group in layout)
