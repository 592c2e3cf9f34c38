"""`Written` to `Expression`: nothing implicit is left."""

from __future__ import annotations

import pytest

from einc.expression import flat
from einc.parse import parse
from einc.resolve import broadcast, resolve


@pytest.mark.parametrize(
    ("text", "ranks", "resolved"),
    [
        ("bik,bkj->bij", None, "bik, bkj -> bij"),
        ("ij,jk", None, "ij, jk -> ik"),
        ("ba", None, "ba -> ab"),
        ("aB", None, "aB -> Ba"),
        ("ii", None, "ii ->"),
        ("", None, "->"),
        (",i", None, ", i -> i"),
        ("...ij,...jk", [4, 3], "...0 ...1 i j, ...1 j k -> ...0 ...1 i k"),
        ("i...,i->...", [3, 1], "i ...0 ...1, i -> ...0 ...1"),
        ("...i,i...->i", [2, 3], "...1 i, i ...0 ...1 -> i"),
        ("...,...", [0, 0], ", ->"),
        ("i->i...", [1], "i -> i"),
        ("...b,a", [1, 1], "b, a -> ab"),
    ],
)
def test_every_axis_has_a_name(text, ranks, resolved):
    assert str(resolve(parse(text), ranks)) == resolved


@pytest.mark.parametrize(
    ("text", "shapes", "said"),
    [
        ("ij,ij->ij", [(1, 3), (2, 3)], "1j, ij -> ij"),
        ("ij,ij->ij", [(1, 3), (1, 3)], "ij, ij -> ij"),
        ("ii,i->i", [(1, 1), (4,)], "11, i -> i"),
        ("...,...->...", [(5, 1), (1, 4)], "...0 1, 1 ...1 -> ...0 ...1"),
        ("i,i->", [(1,), (0,)], "1, i ->"),
    ],
)
def test_broadcasting_is_said(text, shapes, said):
    expression = resolve(parse(text), [len(shape) for shape in shapes])
    sizes = {}
    for layout, shape in zip(expression.operands, shapes):
        for index, size in zip(flat(layout), shape):
            sizes[index] = size if sizes.get(index, 1) == 1 else sizes[index]
    assert str(broadcast(expression, shapes, sizes)) == said
