"""Which constant operands are contracted once, and what is left to do at each call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, TypeAlias

from einc.compiler import Compiled
from einc.expression import ELLIPSIS, Group, Sizes, Term, Written, apart, flat
from einc.nn.roles import outputs
from einc.options import Options
from einc.tree import points

Positions: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Folding:
    """An expression in two stages.

    Attributes:
        groups: positions of operands that are contracted once.
        parts: what contracts each group.
        rest: what contracts the results with the other operands.
        places: for each operand of the rest, its place among all operands and, after them, the results.
    """

    groups: tuple[Positions, ...]
    parts: tuple[Compiled, ...]
    rest: Compiled
    places: Positions

    def first(self, operands: Sequence[Any]) -> tuple[Any, ...]:
        """Contract each group."""
        return tuple(part(*(operands[n] for n in group)) for part, group in zip(self.parts, self.groups))

    def left(self, operands: Sequence[Any], results: Sequence[Any]) -> list[Any]:
        """The operands of the rest."""
        both = [*operands, *results]
        return [both[place] for place in self.places]


def folding(text: Written, constants: Sequence[int], sizes: Sizes, options: Options) -> Folding | None:
    """Find constants that are better met by each other than, at each call, by the inputs.

    That is where together they are no larger than apart, so that the calls have fewer operands and no larger
    ones. Where the order of contraction was chosen by the user, it stays as it is.

    Args:
        text: the expression.
        constants: positions of operands that stay.
        sizes: of their indices.
        options: of the expression.
    """
    if not isinstance(options.optimize, str):
        return None
    alone: list[Positions] = [(n,) for n in constants if ELLIPSIS not in text.operands[n].axes]
    groups = tuple(group for group in _grouped(text, alone, sizes) if len(group) > 1)
    if not groups:
        return None
    parts = tuple(_part(text, group, sizes, options) for group in groups)
    terms = [*text.operands, *(_term(_kept(text, group)) for group in groups)]
    firsts = {group[0]: len(text.operands) + n for n, group in enumerate(groups)}  # where a result takes its place
    gone = {n for group in groups for n in group[1:]}
    places = tuple(firsts.get(n, n) for n in range(len(text.operands)) if n not in gone)
    return Folding(groups, parts, _rest(text, [terms[place] for place in places], options), places)


def _grouped(text: Written, groups: list[Positions], sizes: Sizes) -> list[Positions]:
    for one, other in combinations(groups, 2):
        joined = tuple(sorted(one + other))
        apart = sum(points(frozenset(_kept(text, group)), sizes) for group in (one, other))
        if points(frozenset(_kept(text, joined)), sizes) <= apart:
            return _grouped(text, [*(group for group in groups if group not in (one, other)), joined], sizes)
    return groups


def _kept(text: Written, group: Positions) -> Group:
    """The indices that a group has in common with the output or other operands."""
    others = set(flat(outputs(text)))
    others.update(index for n, term in enumerate(text.operands) if n not in group for index in term.indices)
    return tuple(dict.fromkeys(index for n in group for index in text.operands[n].indices if index in others))


def _term(indices: Group) -> Term:
    return Term(apart(indices), ((0,),) * len(indices), (0, 0))


def _part(text: Written, group: Positions, sizes: Sizes, options: Options) -> Compiled:
    terms = tuple(text.operands[n] for n in group)
    merged = {index for term in terms for axis in term.axes if len(axis) > 1 for index in axis}
    given = tuple(sorted((index, sizes[index]) for index in merged))
    return Compiled(Written(text.text, terms, _term(_kept(text, group))), replace(options, sizes=given))


def _rest(text: Written, terms: list[Term], options: Options) -> Compiled:
    axes = tuple(ELLIPSIS if group == (ELLIPSIS,) else group for group in outputs(text))
    output = text.output or Term(axes, ((0,),) * len(axes), (0, 0))
    written = Written(text.text, tuple(terms), output)
    given = tuple((index, size) for index, size in options.sizes if index in written.indices)
    return Compiled(written, replace(options, sizes=given))
