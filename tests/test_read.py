"""Letters or words: the reading a text gets, and how to force it."""

from __future__ import annotations

import pytest

from einc.expression import flat
from einc.read import read
from einc.resolve import resolve


def first_term(text, notation=None):
    written = read(text, notation)
    return flat(resolve(written, [len(term.axes) for term in written.operands]).operands[0])


@pytest.mark.parametrize(
    ("text", "indices"),
    [
        ("ij,jk->ik", "ij"),
        (" ij , jk -> ik ", "ij"),  # white space, but not inside a term
        ("b h i d, b h j d -> b h i j", "bhid"),  # white space inside, but no longer word
        ("dim, dim ->", "dim"),
        ("...ab, ab -> ...", ["...0", "a", "b"]),
        ("batch row k, batch k col -> batch row col", ["batch", "row", "k"]),
        ("a2 b, b -> a2", ["a2", "b"]),
        ("i [j], [j] -> i", "ij"),  # only words have marks
        ("batch i k, k -> batch", ["batch", "i", "k"]),  # the space and the word are in one term: nobody means letters
    ],
)
def test_readings(text, indices):
    assert first_term(text) == tuple(indices)


def test_a_reading_can_be_forced():
    assert first_term("ij, i j -> i j", "letters") == ("i", "j")
    assert first_term("ij, i j -> i j", "words") == ("ij",)
    assert first_term("row,row->row", "words") == ("row",)


def test_texts_are_remembered():
    assert read("ij,jk") is read("ij,jk")
