"""What all pairs that are alike are lowered to: a small program of its own, its indices named by letters."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters
from typing import NamedTuple

from einc.arithmetic import Arithmetic
from einc.expression import Group, apart
from einc.laws import verify
from einc.lower.alike import Likeness, Pattern
from einc.lower.direct import directly
from einc.lower.growing import LITTLE, quickest_way
from einc.lower.line import Line
from einc.lower.pair import Pair
from einc.price import Pricing, Setting, priced
from einc.program import Program, Value
from einc.simplify import APART, simplify


def direct(alike: Pattern, types: Arithmetic) -> Program:
    """The direct way of pairs of a pattern."""
    x, y, kept = _pair(alike, types)
    line = Line()
    made = directly(line, x, y, kept)
    return whole((x, y), line, (made,))


class Choice(NamedTuple):
    """The way of pairs that are alike which takes least time.

    Attributes:
        number: which of all `ways` it is.
        seconds: it is predicted to take.
        program: that takes it.
        lies: the indices of the result in the order in which they will lie in memory.
    """

    number: int
    seconds: float
    program: Program
    lies: Group


def choice(alike: Likeness, pricing: Pricing, types: Arithmetic) -> Choice:
    """That of pairs which are alike."""
    x, y, kept = _pair(alike.pattern, types)
    names = _letters(len(alike.sizes))
    own = priced((x, y), Setting(dict(zip(names, alike.sizes)), pricing.backend))
    for value, lies in ((x, alike.x_lies), (y, alike.y_lies)):
        own.memory.note(value, tuple(names[n] for n in lies))
    line = Line(own)
    line.little = LITTLE
    wanted, beside = (tuple(names[n] for n in group) for group in (alike.wanted, alike.beside))
    number, (longer, made) = quickest_way(line, 2, Pair(x, y, kept, wanted, types.product, beside=beside))
    return Choice(number, longer.seconds, whole((x, y), longer, (made,)), longer.order(made))


def whole(operands: Sequence[Value], line: Line, made: Sequence[Value]) -> Program:
    """A line as a program of its own, held to the laws: its bits rest on no step outside."""
    return verify(simplify(verify(Program(tuple(operands), line.whole(), tuple(made))), APART))


def _pair(alike: Pattern, types: Arithmetic) -> tuple[Value, Value, frozenset[str]]:
    """Both sides of a pattern, and what is kept of them."""
    names = _letters(len(alike.kept))
    x = Value("x", apart(names[: alike.x]), types.compute)
    y = Value("y", apart(names[n] for n in alike.y), types.compute)
    return x, y, frozenset(name for name, is_kept in zip(names, alike.kept) if is_kept)


def _letters(indices: int) -> Group:
    """The names of so many indices."""
    return tuple(ascii_letters[n] if n < len(ascii_letters) else f"i{n}" for n in range(indices))
