"""All that a layer's text and shapes decide, before there is a tensor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from einc.expression import Shape, Written
from einc.nn.bias import Bias, place
from einc.nn.folding import Folding, folding
from einc.nn.roles import fan_in, known
from einc.options import Options


@dataclass(frozen=True, slots=True)
class Design:
    """A layer, planned.

    Attributes:
        text: the expression.
        names: for each operand, the attribute that is it, or None for an input.
        fan_in: over how many terms the expression sums with each parameter, by position.
        bias: where the bias stands, if there is one.
        folding: which buffers are contracted once, if any.
        sizes: those given by name.
    """

    text: Written
    names: tuple[str | None, ...]
    fan_in: Mapping[int, int]
    bias: Bias | None
    folding: Folding | None
    sizes: tuple[tuple[str, int], ...]


def design(
    text: Written, parameters: Mapping[int, Shape], buffers: Mapping[int, Shape], bias: object, options: Options
) -> Design:
    """Plan a layer.

    Args:
        text: the expression.
        parameters: the shapes of its parameters, by position.
        buffers: those of its buffers.
        bias: the indices of its bias, or None.
        options: of the expression.

    Raises:
        EincError: where a shape does not fit the text or another, or the bias does not fit the output.
    """
    expression, sizes = known(text, {**parameters, **buffers}, options)
    names = {**_names("weight", parameters), **_names("buffer", buffers)}
    return Design(
        text=text,
        names=tuple(names.get(n) for n in range(len(text.operands))),
        fan_in=fan_in(expression, tuple(parameters), sizes),
        bias=None if bias is None else place(text, bias, sizes, options.notation),
        folding=folding(text, sorted(buffers), sizes, options),
        sizes=options.sizes,
    )


def _names(role: str, positions: Mapping[int, Shape]) -> dict[int, str]:
    return {n: role if len(positions) == 1 else f"{role}{n}" for n in positions}
