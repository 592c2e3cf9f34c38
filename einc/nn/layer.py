"""The layer: an einsum expression that keeps some of its operands."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor, nn

from einc import errors
from einc.compiler import Compiled
from einc.expression import Shape, Written
from einc.nn.design import design
from einc.nn.folds import Folds
from einc.nn.roles import check_positions
from einc.operands import described
from einc.options import choose
from einc.plan import Optimize
from einc.read import read

NONE: Mapping[int, Any] = MappingProxyType({})


class Einsum(nn.Module):
    """An einsum expression as a layer. Its operands are its inputs, but for those it keeps: parameters and buffers.

    A single parameter is the attribute `weight`; of several, the one of operand 1 is `weight1`. The same goes for
    `buffer`. The bias is `bias`.

    Attributes:
        expression: the text.
        contraction: the compiled expression of all operands, to look at its `source` or its `tree`.
    """

    bias: nn.Parameter | None

    def __init__(  # noqa: PLR0913 - each choice has its name and its line of documentation
        self,
        expression: str,
        /,
        *,
        parameters: Mapping[int, Sequence[int]] = NONE,
        buffers: Mapping[int, Tensor] = NONE,
        bias: str | None = None,
        optimize: Optimize | bool | None = None,
        notation: str | None = None,
        sizes: Mapping[str, int] | None = None,
        broadcast: str | None = None,
        device: torch.device | str | int | None = None,
        dtype: torch.dtype | None = None,
        **named_sizes: int,
    ) -> None:
        """Make the layer, and draw its parameters as `reset_parameters` says.

        Args:
            expression: as in `einc.compile`.
            parameters: the shape of each operand that is trained, by its position, from 0.
            buffers: the tensor of each operand that is kept as it is, by its position.
            bias: indices of the output along which a trained bias is added, such as `"out"`.
            optimize: as in `einc.compile`. Where it is more than a name, buffers are not folded.
            notation: `"letters"` or `"words"`, where the text does not tell.
            sizes: of indices whose size no shape tells, such as those of a group.
            broadcast: `"never"` refuses an axis of size 1 where its index is larger elsewhere.
            device: of parameters and buffers; buffers stay where they are unless it is given.
            dtype: of parameters, and of buffers of floating or complex numbers, if it is given.
            **named_sizes: like `sizes`, as in `h=8`.

        Raises:
            EincError: where the text is wrong, or a shape does not fit it; where a position is none of its
                operands, or none of them is left to be the input; where the bias is not along axes of the
                output, each of a known size.
        """
        super().__init__()
        chosen = {"optimize": optimize, "notation": notation, "sizes": sizes, "broadcast": broadcast}
        options = choose({**named_sizes, **chosen})
        if not isinstance(expression, str):
            raise errors.not_a_text(expression)
        text = read(expression, options.notation)
        check_positions(text, parameters, buffers)
        shapes = _shapes(text, parameters, buffers)
        trained = {n: shapes[n] for n in parameters}
        self.expression, self.contraction = expression, Compiled(text, options)
        self._design = design(text, trained, {n: shapes[n] for n in buffers}, bias, options)
        self._folds = Folds(self._design.folding) if self._design.folding else None
        for position, name in enumerate(self._design.names):
            if name is not None and position in trained:
                self.register_parameter(name, _parameter(trained[position], device, dtype))
            elif name is not None:
                self.register_buffer(name, _moved(buffers[position], device, dtype))
        placed = self._design.bias
        self.register_parameter("bias", None if placed is None else _parameter(placed.shape, device, dtype))
        self.reset_parameters()

    @property
    def fan_in(self) -> Mapping[int, int]:
        """For the position of each parameter, over how many terms the expression sums with it."""
        return self._design.fan_in

    def reset_parameters(self) -> None:
        """Draw all parameters anew, as `torch.nn.Linear` does: uniformly within 1/sqrt(fan-in).

        The fan-in of a parameter is the product of the sizes of its indices that are not in the output; an index
        that several parameters have counts for the last of them. The bias is drawn by the largest fan-in, and
        is zero where there is no other parameter.
        """
        for position, terms in self.fan_in.items():
            _draw(getattr(self, str(self._design.names[position])), terms)
        if self.bias is not None:
            _draw(self.bias, max(self.fan_in.values(), default=0))

    def refold(self) -> None:
        """Fold the buffers anew at the next call.

        Only needed where they were written to behind torch's back: through `.data`, or an array of NumPy's
        that has the same memory. All other changes are noticed.
        """
        if self._folds is not None:
            self._folds.forget()

    def forward(self, *inputs: Any) -> Any:
        """Contract the inputs with what the layer keeps, and add the bias.

        Args:
            *inputs: torch tensors, one for each operand that is neither a parameter nor a buffer, in order.

        Raises:
            EincError: where there are more or fewer, or they do not fit the expression.
        """
        names = self._design.names
        if len(inputs) != names.count(None):
            raise _input_count(self._design.text, names, len(inputs))
        given = iter(inputs)
        operands = [next(given) if name is None else getattr(self, name) for name in names]
        result = self._contracted(operands)
        if self.bias is None or self._design.bias is None:
            return result
        bias = self._design.bias.aligned(self.bias, result.ndim)
        if bias.dtype != result.dtype and torch.is_autocast_enabled(result.device.type):
            bias = bias.to(result.dtype)
        return result + bias

    def _contracted(self, operands: Sequence[Any]) -> Any:
        if self._folds is not None and not _is_traced():
            try:
                if (left := self._folds.operands(operands)) is not None:
                    return self._folds.folding.rest(*left)
            except errors.EincError:
                pass  # the whole expression complains, in the user's own terms
        return self.contraction(*operands)

    def extra_repr(self) -> str:
        """The arguments that would make such a layer, with the shapes of buffers for their tensors."""
        arguments = [repr(self.expression)]
        for role, positions in (("parameters", self.fan_in), ("buffers", self._buffers_by_position())):
            shapes = {n: tuple(getattr(self, str(self._design.names[n])).shape) for n in positions}
            arguments += [f"{role}={shapes}"] if shapes else []
        arguments += [f"bias={' '.join(self._design.bias.indices)!r}"] if self._design.bias else []
        return ", ".join([*arguments, *(f"{index}={size}" for index, size in self._design.sizes)])

    def _buffers_by_position(self) -> list[int]:
        names = self._design.names
        return [n for n, name in enumerate(names) if name is not None and n not in self.fan_in]

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Einsum:
        self.refold()  # lest memory is held on a device that the layer leaves
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        return self


def _is_traced() -> bool:
    """Whether a call is being turned into a program, in which the results of a folding would be constants."""
    return torch.compiler.is_compiling() or bool(torch.jit.is_tracing())  # type: ignore[attr-defined, no-untyped-call]


def _shapes(text: Written, parameters: Mapping[int, Any], buffers: Mapping[int, Any]) -> tuple[Shape, ...]:
    """The shapes of parameters and buffers at their positions, `()` elsewhere."""
    for position, value in buffers.items():
        if not isinstance(value, Tensor):
            raise errors.not_a_buffer(text.text, text.operands[position].span, position, value)
    for position, value in parameters.items():
        if isinstance(value, Tensor):
            raise errors.not_a_shape_of_parameter(text.text, text.operands[position].span, position, value)
    kept = {**parameters, **{n: tensor.shape for n, tensor in buffers.items()}}
    return described([kept.get(n, ()) for n in range(len(text.operands))]).shapes


def _parameter(shape: Shape, device: Any, dtype: torch.dtype | None) -> nn.Parameter:
    return nn.Parameter(torch.empty(shape, device=device, dtype=dtype))


def _moved(buffer: Tensor, device: Any, dtype: torch.dtype | None) -> Tensor:
    return buffer.to(device, dtype if buffer.is_floating_point() or buffer.is_complex() else None)


def _draw(parameter: Tensor, terms: int) -> None:
    bound = 1 / math.sqrt(terms) if terms else 0.0
    nn.init.uniform_(parameter, -bound, bound)


def _input_count(text: Written, names: Sequence[str | None], given: int) -> errors.EincError:
    wanted = [n for n, name in enumerate(names) if name is None]
    return errors.input_count(text.text, [text.operands[n].span for n in wanted], wanted, given)
