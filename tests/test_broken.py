"""What others gave as invalid: each is refused at the right place, or legal here for a stated reason."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import einc

DATA = json.loads((Path(__file__).parent / "data" / "broken.json").read_text(encoding="utf-8"))

# Of those that are legal: why.
LEGAL = {
    "b,": "a term without letters is a scalar",
    "out_dim in_dim, in_dimm -> out_dim": "an index that one operand alone has is summed",
    "...->": "an ellipsis absent from the output is summed",
    "...ij,...jk->ik": "an ellipsis absent from the output is summed",
    "ij,jk->iik": "a repeated output index embeds a diagonal",
    "ij->ii": "a repeated output index embeds a diagonal",
    "i j alpha beta, alpha i ... -> beta ... j": "words may stand beside an ellipsis",
    # wrong only with certain shapes
    **dict.fromkeys(
        ["...i,ij->...j", "ij,bkjl->bkil", "i,jk->ik", "jki,jk->ik", "i j, j l -> i l"], "legal without shapes"
    ),
}


def caret(message: str) -> str:
    """What the first caret of a message points at."""
    lines = message.split("\n")
    at = next(n for n, line in enumerate(lines) if re.fullmatch(r" *\^[ ^]*", line))
    return lines[at - 1][lines[at].index("^") :]


PLACES = {  # the rest of the text, from the caret on
    "[a b], [a b] -> a": "a",
    "i..": "..",
    ".i...": ".i...",
    "j->..j": "..j",
    "i%...": "%...",
    "i->ij": "j",
    "(*i)k,(*j)k->(*i)(*j)": "*i)k,(*j)k->(*i)(*j)",
    "(*i)k,(*i)k->(*i)": "*i)k,(*i)k->(*i)",
    "...i...": "...",
    "i...->...i...": "...",
    "i%": "%",
    "j$": "$",
    "ij->i,j": ",j",
    "i->->i": "->i",
    "a...b...c,a...b...c->abc": "...c,a...b...c->abc",
    "a+b->c": "+b->c",
    "a..,a...": "..,a...",
    "a,a->->": "->",
    "ab->,a,b,ab,ba": ",a,b,ab,ba",
    "ab,bc->,a,b,c,ab,bc,ac,abc": ",a,b,c,ab,bc,ac,abc",
    "i->,i": ",i",
    ",i->,i": ",i",
    "bi,ia->,i,ia,ib,iab": ",i,ia,ib,iab",
    "ia,ja,ija->,a,i,ia,j,ja,ija": ",a,i,ia,j,ja,ija",
    "ab,bcdi,deij->,a,b,ci,di,eij": ",a,b,ci,di,eij",
    "ab,bc,cd->a,b,c,d": ",b,c,d",
    "a0->a": "0->a",
    "a->a,a": ",a",
    "ij.jk->ik": ".jk->ik",
    "a->b": "b",
    ",->ni": "ni",
    "α_ij,β_kl": "_ij,β_kl",
}


@pytest.mark.parametrize("row", DATA["broken"], ids=lambda row: row["expr"])
def test_broken_texts(row):
    text = row["expr"]
    if row["notation"] == "interleaved":
        lists = [[int(label) for label in part.split(",")] for part in re.findall(r"\[(.*?)\]", text)]
        with pytest.raises(einc.EincError, match="output index '4' is in no operand"):
            einc.einsum(np.ones((1,) * len(lists[0])), *lists)
    elif text in LEGAL:
        einc.compile(text)
    else:
        with pytest.raises(einc.EincError) as caught:
            einc.compile(text)
        assert caret(str(caught.value)) == PLACES[text]


FITTING = [
    ("...->", [[2, 2, 2]]),
    ("...ij,...jk->ik", [[2, 2, 3], [3, 4]]),
    ("abcd,cdab->abcd", [[5, 1, 3, 1], [1, 7, 1, 2]]),
]
PLACES_OF_SHAPES = {
    "...i,ij->...j": "...i,ij->...j",
    "ij": "ij",
    "i...j": "i...j",
    "...i": "...i",
    "abc,acb": "bc,acb",
    "i,jk->ik": "i,jk->ik",
    "jki,jk->ik": "jki,jk->ik",
}


@pytest.mark.parametrize("row", DATA["shapes"], ids=lambda row: f"{row['expr']} {row['shapes']}")
def test_shapes_that_do_not_fit(row):
    text, shapes = row["expr"], row["shapes"]
    if (text, shapes) in FITTING:
        einc.compile(text, *shapes)
        return
    with pytest.raises(einc.EincError) as caught:
        einc.compile(text, *shapes)
    message = str(caught.value)
    if text == "i,j":
        assert message.startswith("the expression has 2 operands, but 3 were given")
    elif text == "ij,jk->ik":
        assert caret(message) == ("ij,jk->ik" if len(shapes[0]) == 3 else "j,jk->ik")
    else:
        assert caret(message) == PLACES_OF_SHAPES[text]


HOSTILE = [
    "a" * 10**6,
    ",".join("a" * 10**5),
    "(" * 10**6,
    "((a) " * 10**4,
    "a " * 10**5 + "-> a",
    "word " * 10**5 + "-> word",
    "...".join("a" * 10**5),
    "__import__('os').abort()",
    "x0, x1 -> x0",
    "import os; os",
    "a\x00b->a",
    "\ud800\udfff -> a",
    "a->" + "a" * 10**5,
    "1" * 10**5,
    "[" * 10**5 + "a",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: f"{text[:12]!a} of {len(text)}")
@pytest.mark.parametrize("notation", [None, "letters", "words"])
def test_hostile_texts_end_in_a_result_or_a_complaint(text, notation):
    try:
        einc.compile(text, notation=notation)
    except einc.EincError as complaint:
        assert len(str(complaint)) < 1000


def test_sizes_beyond_what_memory_can_address():
    huge = (2**40,)
    explained = einc.explain("i,j->ij", huge, huge)
    assert explained.macs == 2**80
    zero_strides = np.broadcast_to(np.float32(1), huge)
    with pytest.raises(einc.EincError, match="elements"):
        einc.einsum("i,j->ij", zero_strides, zero_strides)


OPERANDS = 10**4
LETTERS = [chr(0x4E00 + n) for n in range(OPERANDS + 1)]


@pytest.mark.parametrize(
    ("text", "shape", "wanted"),
    [
        (",".join(map("".join, pairwise(LETTERS))) + "->", (2, 2), 2.0),
        (",".join(["ij"] * OPERANDS) + "->ij", (2, 2), [[0, 0], [0, 0]]),
        (",".join(LETTERS[:-1]) + "->", (1,), 0.0),
        ("," * (OPERANDS - 1), (), 0.0),
    ],
    ids=["chain", "elementwise", "disconnected", "numbers"],
)
def test_ten_thousand_operands(text, shape, wanted):
    """A chain of halves keeps its value; any other product of ten thousand halves is zero."""
    result = einc.einsum(text, *[np.full(shape, 0.5)] * OPERANDS)
    np.testing.assert_array_equal(result, wanted)


def test_a_term_of_a_million_letters():
    with pytest.raises(einc.EincError, match="an array of 1000000 axes, and those of numpy have at most 64"):
        einc.compile("a" * 10**6, (1,) * 10**6)
