"""The nouns of *what*: how layouts and expressions show, and what only moves."""

from __future__ import annotations

import pytest

from einc.expression import Expression, apart, flat, show


def test_layouts_flatten():
    assert flat((("b", "h"), (), ("q",))) == ("b", "h", "q")
    assert apart("bhq") == (("b",), ("h",), ("q",))


def test_layouts_show_as_people_write_them():
    assert show((("b", "h"), (), ("q",))) == "(b h) 1 q"
    assert show(()) == ""
    assert show(apart(["'''\nimport os", "row_2"])) == "????import?os row_2"


def test_what_only_moves():
    assert Expression((apart("iji"),), apart("ji")).moves_only
    assert not Expression((apart("ij"),), apart("i")).moves_only
    assert not Expression((apart("i"), apart("i")), apart("i")).moves_only


@pytest.mark.parametrize(
    ("operands", "output", "shown"),
    [
        (["ij", "jk"], "ik", "ij, jk -> ik"),
        ([["row", "k"], ["k"]], ["row"], "row k, k -> row"),
        (["", ""], "", ", ->"),
        ([["...0", "i"]], ["i"], "...0 i -> i"),
    ],
)
def test_expressions_show_as_people_write_them(operands, output, shown):
    assert str(Expression(tuple(map(apart, operands)), apart(output))) == shown
