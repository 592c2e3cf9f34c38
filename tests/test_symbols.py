"""Sizes that are planned for where a shape has symbols."""

from __future__ import annotations

import pytest
from conftest import needs_torch

import einc
from einc.operands.symbols import USUAL, known_shapes
from einc.read import read


@pytest.mark.parametrize(
    ("text", "shapes", "given", "known"),
    [
        ("ij,jk", [(2, 3), (3, 4)], (), ((2, 3), (3, 4))),
        ("ij,jk", [(2, None), (3, 4)], (), ((2, 3), (3, 4))),
        ("ij,jk", [(None, 3), (3, 4)], (), ((USUAL, 3), (3, 4))),
        ("ij,ij->", [(1, None), (2, None)], (), ((1, USUAL), (2, USUAL))),
        ("ij,ij->", [(1, 3), (None, 3)], (), ((1, 3), (USUAL, 3))),
        ("...i->i", [(None, 3, None)], (), ((USUAL, 3, USUAL),)),
        ("a (h d), h -> a d", [(2, None), (4,)], (), ((2, 4 * USUAL), (4,))),
        ("a (h d) -> a h d", [(2, None)], (("d", 5), ("h", 3)), ((2, 15),)),
        ("->", [()], (), ((),)),
    ],
)
def test_what_is_not_known(text, shapes, given, known):
    assert known_shapes(shapes, read(text), given) == known


def test_ranks_are_checked():
    with pytest.raises(einc.EincError, match="operand 0 is written with 2 axes, but has 1"):
        known_shapes([(None,), (2, 3)], read("ij,jk->ik"), ())


@needs_torch
def test_what_a_tracer_was_shown():
    from torch._dynamo.source import ConstantSource
    from torch.fx.experimental.symbolic_shapes import ShapeEnv

    symbols = ShapeEnv()
    shown = symbols.create_symintnode(symbols.create_symbol(7, ConstantSource("x")), hint=7)
    hidden = symbols.create_unbacked_symint()
    text = read("ij,jk,kl->il")
    assert known_shapes([(shown, 2), (2, hidden), (hidden, shown + 1)], text, ()) == ((7, 2), (2, USUAL), (USUAL, 8))
    assert known_shapes([(shown, hidden), (shown, 3), (3, 1)], text, ()) == ((7, 7), (7, 3), (3, 1))
    assert not symbols.guards
