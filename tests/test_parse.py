"""Text to `Written`: what stands where, and that the grammar is what splits it."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest
from conftest import PROBLEMS
from hypothesis import example, given, settings
from hypothesis import strategies as st
from opt_einsum import get_symbol

from einc import EincError
from einc.expression import Term, Written
from einc.parse import NOTATIONS, TEXTS, grammar, parse

LETTERS = st.sampled_from("abzAZéαЖ漢ªʰ")
SYMBOLS = st.lists(st.one_of(LETTERS, st.just("...")), max_size=5)
SPACE = st.sampled_from([" ", "\t", "\n ", "\u2003"])


@st.composite
def spaced_terms(draw, between):
    """A term's text, white space around it and `between` its symbols, and the symbols with their offsets."""
    text, symbols, starts = draw(SPACE | st.just("")), draw(SYMBOLS), []
    for symbol in symbols:
        starts.append(len(text))
        text += symbol + (draw(SPACE) if between else "")
    return text + draw(SPACE | st.just("")), symbols, starts


@st.composite
def spaced_texts(draw):
    """The terms of a text; with white space inside terms, all symbols stand alone, or it would read as words."""
    terms = spaced_terms(draw(st.booleans()))
    return draw(st.lists(terms, min_size=1, max_size=5)), draw(st.none() | terms)


@settings(max_examples=500)
@given(terms=spaced_texts())
def test_every_symbol_and_its_place(terms):
    operands, output = terms
    text = ",".join(term for term, _, _ in operands) + ("" if output is None else "->" + output[0])
    written = parse(text)
    assert written.text == text
    found = [*written.operands, *([written.output] if written.output else [])]
    assert (written.output is None) == (output is None)
    start = 0
    for term, (spaced, symbols, starts) in zip(found, [*operands, *([output] if output else [])], strict=True):
        if term is written.output:
            start = text.index("->") + 2
        assert list(term) == [(symbol, start + at) for symbol, at in zip(symbols, starts)]
        assert term.axes == tuple(symbol if symbol == "..." else (symbol,) for symbol in symbols)
        assert all(text[slice(*place)] == symbol for symbol in symbols for place in term.places(symbol))
        start += len(spaced) + 1


def is_letter(index):
    """One character: a letter, or what opt_einsum counts through."""
    return len(index) == 1 and (index.isalpha() or "\u00c0" <= index <= "\u1fff" or "\u3040" <= index <= "\ud7ff")


def is_word(index):
    """An identifier, but for the few letters that Python's own have none of, as they fall apart when normalized."""
    return index.isidentifier() or (index[0].isalpha() and index.replace("_", "").isalnum())


@settings(max_examples=max(200, PROBLEMS // 20))
@example(text="ำ->", notation="words")
@example(text="×÷,÷\u0301->", notation="letters")
@given(
    text=st.text(alphabet=st.sampled_from("ab.,->  é1_%²()[]\n"), max_size=12) | st.text(max_size=12),
    notation=st.sampled_from(NOTATIONS),
)
def test_any_text_is_parsed_or_refused(text, notation):
    try:
        written = parse(text, notation)
    except EincError as complaint:
        assert "^" in str(complaint)
        return
    for term in (*written.operands, *filter(None, [written.output])):
        for index, start in term:
            assert text.startswith(index, start)
            assert index == "..." or (is_letter(index) if notation == "letters" else is_word(index))
    assert len(written.operands) == text.split("->")[0].count(",") + 1


A, B, C, H, D = "a", "b", "c", "h", "d"


@pytest.mark.parametrize(
    ("notation", "text", "operands", "output"),
    [
        ("letters", "", [()], None),
        ("letters", "->", [()], ()),
        ("letters", ",", [(), ()], None),
        ("letters", ",ab->ab", [(), ((A,), (B,))], ((A,), (B,))),
        ("letters", " a b,->", [((A,), (B,)), ()], ()),
        ("letters", "... a,\n\tb...", [("...", (A,)), ((B,), "...")], None),
        ("letters", "b(hd),h1d->1b", [((B,), (H, D)), ((H,), (), (D,))], ((), (B,))),
        ("letters", "a()b( 1 )", [((A,), (), (B,), ())], None),
        ("words", "batch (h d), row->(... h)", [(("batch",), (H, D)), (("row",),)], (("...", H),)),
        ("words", "a2 _b 1 c", [(("a2",), ("_b",), (), (C,))], None),
        ("words", "a(b c)[d]...", [((A,), (B, C), (D,), "...")], None),
        ("words", "(a [b]) -> a", [((A, B),)], ((A,),)),
    ],
)
def test_axes(notation, text, operands, output):
    written = parse(text, notation)
    assert [term.axes for term in written.operands] == operands
    assert (written.output.axes if written.output else None) == output


def test_marks():
    assert parse("row [k], [k l] col", "words").marked == {"k", "l"}


@pytest.mark.parametrize("notation", NOTATIONS)
def test_white_space_does_not_count(notation):
    def axes(text):
        written = parse(text, notation)
        return [term.axes for term in (*written.operands, written.output)]

    assert axes("b h i d , b h j d->b h i j") == axes(" b  h i d,b\th j\n d ->  b h i j\n")


@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_terminals_of_the_grammar_are_what_terms_are_split_into(notation):
    """One terminal takes the whole list of operands; the terms that it is split into are terminals too."""
    terminals = {terminal.name: terminal.pattern for terminal in grammar(notation).terminals}
    assert set(terminals) == {"OPERANDS", "TERM", "ARROW"}
    text = "a b...c, (d e) 1 ,,f"
    assert re.fullmatch(terminals["OPERANDS"].to_regexp(), text)
    assert all(re.fullmatch(terminals["TERM"].to_regexp(), term) for term in text.split(",") if term)
    assert not re.fullmatch(terminals["TERM"].to_regexp(), "a,b")


def test_a_term_knows_its_places():
    assert parse(" ij ,k").operands == (
        Term((("i",), ("j",)), ((1,), (2,)), (1, 3)),
        Term((("k",),), ((5,),), (5, 6)),
    )
    term = parse("a (b a)", "words").operands[0]
    assert term.places("a") == [(0, 1), (5, 6)]
    assert term.indices == ("a", "b", "a")


def test_texts_are_remembered_with_a_bound():
    assert parse("ij,jk") is parse("ij,jk")
    assert parse.cache_info().maxsize == TEXTS


def test_written_says_whether_ranks_are_needed():
    assert parse("...i,i").has_ellipsis
    assert not parse("i,i->...").has_ellipsis
    assert isinstance(parse("i"), Written)


def test_the_work_grows_with_the_length_of_the_text():
    """A hundred times the operands may not take much more than a hundred times as long; quadratic work would."""

    def seconds(operands):
        text = ",".join(["abcd"] * operands) + "->ad"
        times = []
        for _ in range(5):
            start = time.perf_counter()
            parse.__wrapped__(text)
            times.append(time.perf_counter() - start)
        return min(times)

    assert seconds(20_000) < 20 * 100 * max(seconds(200), 1e-5)


@pytest.mark.parametrize(
    "text",
    ["a" * 10**6, "," * 10**6, "." * 10**6, "a" * 10**6 + "%", " " * 10**6, "->" * 10**5, "(" * 10**6, "(a" * 10**5],
)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_long_texts_end_in_a_result_or_a_complaint(text, notation):
    try:
        parse.__wrapped__(text, notation)
    except EincError as complaint:
        assert len(str(complaint)) < 1000


def test_whatever_opt_einsum_counts_through_is_an_index():
    """Not all that its `get_symbol` makes are letters: the multiplication sign is none, nor is an accent."""
    symbols = [symbol for symbol in map(get_symbol, range(8000)) if not symbol.isspace()]
    assert not all(map(str.isalpha, symbols))
    ring = ",".join(map("".join, pairwise([*symbols, symbols[0]]))) + "->"
    assert [term.axes[0] for term in parse(ring).operands] == [(symbol,) for symbol in symbols]
