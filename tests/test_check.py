"""Whether a text is legal, and names as many operands and axes as there are. (The words: `test_errors.py`.)"""

from __future__ import annotations

import pytest

from einc import EincError
from einc.check import check_ranks, check_text
from einc.parse import parse


@pytest.mark.parametrize("text", ["ij,jk->ik", "...i,...->i...", "->", "i->...", "ij,jk", "i1(jk),1->(ki)1", "i->ii"])
def test_legal_texts(text):
    check_text(parse(text))


@pytest.mark.parametrize("text", ["......", "i->i......", "i->j", "(...)", "(ii)", "i->(i.....)"])
def test_other_texts(text):
    with pytest.raises(EincError):
        check_text(parse(text))


@pytest.mark.parametrize(
    ("text", "shapes", "fit"),
    [
        ("ij,j", [(2, 3), (3,)], True),
        ("ij,j", [(2, 3)], False),
        ("ij,j", [(2, 3), (3, 3)], False),
        ("i...,...", [(2, 3, 4), ()], True),
        ("i...j", [(2,)], False),
        ("i1(jk)", [(2, 1, 6)], True),
        ("i1(jk)", [(2, 6)], False),
    ],
)
def test_ranks(text, shapes, fit):
    if fit:
        check_ranks(parse(text), shapes)
    else:
        with pytest.raises(EincError):
            check_ranks(parse(text), shapes)
