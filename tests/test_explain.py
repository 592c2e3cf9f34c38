"""Explanations and paths: the figures, and how they look."""

from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import opt_einsum
import pytest
from hypothesis import given, settings
from problems import problems

import einc
from einc.price import Setting, seconds
from einc.report import text
from einc.report.text import HEAD, SHOWN, fitted, middle_cut
from einc.tree import macs


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch):
    """Lines may have any length, whatever runs the tests."""
    monkeypatch.delenv("COLUMNS", raising=False)


CHAIN = ("ij,jk,kl->il", (8, 512), (512, 4), (4, 256))


def test_figures():
    explanation = einc.explain(*CHAIN)
    assert explanation.path == [(0, 1), (0, 1)]
    assert explanation.macs == 8 * 512 * 4 + 8 * 4 * 256
    assert explanation.naive_macs == 2 * 8 * 512 * 4 * 256
    assert explanation.largest_intermediate == 8 * 256
    assert explanation.bytes == 8 * ((8 * 512 + 512 * 4 + 8 * 4) + (8 * 4 + 4 * 256 + 8 * 256))
    assert [step.contraction for step in explanation.steps] == ["ij, jk -> ik", "ik, kl -> il"]
    assert [step.calls for step in explanation.steps] == [("x0.dot(x1)",), ("t0.dot(x2)",)]
    assert [step.shape for step in explanation.steps] == [(8, 4), (8, 256)]
    assert explanation.sizes == {"i": 8, "j": 512, "k": 4, "l": 256}


def test_the_table():
    assert str(einc.explain(*CHAIN)) == (
        "ij, jk, kl -> il    numpy, float64\n"
        "sizes: i=8  j=512  k=4  l=256\n"
        "naive: 8,388,608 MACs; in this order: 24,576 MACs, 341.3x fewer\n"
        "left to right: 24,576 MACs; order: exact search, proven optimal\n"
        "largest intermediate: 2,048 elements; 74,240 bytes moved, 0.7 flops a byte\n"
        "at most 16,640 bytes at once\n"
        "copies: 0 made, 0 avoided; predicted: 3.66 µs\n"
        "\n"
        "step  contraction     MACs   bytes    live  time  copies  result  calls\n"
        "   0  ij, jk -> ik  16,384  49,408     256   64%     0/0  8x4     x0.dot(x1)\n"
        "   1  ik, kl -> il   8,192  24,832  16,640   36%     0/0  8x256   t0.dot(x2)\n"
        "      total         24,576  74,240  16,640  100%     0/0          2 calls"
    )


@pytest.mark.parametrize(
    ("text", "operand", "size"),
    [
        ("ij->j", np.ones((2, 3), "float32"), 4 * 9),
        ("ij->j", np.ones((2, 3), bool), 9),
        ("ij->j", np.ones((2, 3)), 8 * 9),
    ],
)
def test_bytes_know_the_type(text, operand, size):
    assert einc.explain(text, operand).bytes == size


def test_another_library():
    explanation = einc.explain(*CHAIN, library="torch")
    assert explanation.library == "torch"
    assert explanation.dtype == "float32"
    assert explanation.steps[0].calls == ("x0.mm(x1)",)


@settings(max_examples=200)
@given(problem=problems())
def test_totals_are_those_of_the_tree(problem):
    f = einc.compile(problem.text, *problem.operands)
    explanation = einc.explain(problem.text, *problem.operands)
    assert explanation.macs == macs(f.tree, f.expression, f._latest.sizes)
    assert sum(len(step.calls) for step in explanation.steps) == len(f.program.steps)
    assert str(explanation)


def test_paths_are_opt_einsums():
    operands = [np.ones(shape) for shape in CHAIN[1:]]
    path, info = einc.contract_path(CHAIN[0], *operands)
    assert path == opt_einsum.contract_path(CHAIN[0], *operands, optimize="optimal")[0]
    assert info.path == path
    assert einc.contract_path("ij->i", (2, 3))[0] == [(0,)]


def test_figures_of_any_size():
    letters = [chr(0x4E00 + n) for n in range(401)]
    chain = ",".join(map("".join, itertools.pairwise(letters)))
    explained = str(einc.explain(chain, *[(10, 10)] * 400))
    assert "naive: 3.99e+403 MACs; in this order: 399,000 MACs, 1.00e+398x fewer" in explained
    assert "9.22e+18 elements" in str(einc.explain("i->i", (2**63 - 1,)))
    with pytest.raises(einc.EincError, match="give a shape"):
        einc.explain("i->i", (2**63,))


def chain_of(operands, size=4):
    letters = [chr(0x4E00 + n) for n in range(operands + 1)]
    return ",".join(map("".join, itertools.pairwise(letters))), *[(size, size)] * operands


def test_of_a_compiled_expression():
    f = einc.compile(CHAIN[0])
    with pytest.raises(einc.EincError, match="nothing is planned yet"):
        f.explain()
    assert f.explain(*CHAIN[1:]) == einc.explain(*CHAIN)
    assert f.explain() == einc.explain(*CHAIN)
    assert f.explain(library="torch").steps[0].calls == ("x0.mm(x1)",)
    with pytest.raises(einc.EincError, match="index 'j' has size"):
        f.explain((2, 3), (4, 5), (5, 6))


@settings(max_examples=100)
@given(problem=problems())
def test_shares_memory_and_copies(problem):
    """Shares are of the whole; nothing lives but what the peak counts; a total is that of its steps."""
    f = einc.compile(problem.text, *problem.operands)
    explanation = f.explain()
    assert sum(step.share for step in explanation.steps) == pytest.approx(1)
    predicted = seconds(f.program, Setting(f._latest.sizes, f._latest.kind.backend, f._latest.kind.strided))
    assert explanation.seconds == pytest.approx(predicted)
    assert max(step.live for step in explanation.steps) == explanation.peak
    assert explanation.macs >= (explanation.least_macs or 0)
    assert json.loads(json.dumps(explanation.as_dict()))["macs"] == explanation.macs


def test_against_other_orders():
    explanation = einc.explain("ij,jk,kl->il", (8, 4), (4, 512), (512, 2))
    assert explanation.left_to_right_macs == 8 * 4 * 512 + 8 * 512 * 2
    assert explanation.macs == explanation.least_macs == 4 * 512 * 2 + 8 * 4 * 2
    assert explanation.optimal
    worse = einc.explain("ij,jk,kl->il", (8, 4), (4, 512), (512, 2), optimize=[(0, 1), (0, 1)])
    assert worse.macs == worse.left_to_right_macs
    assert not worse.optimal
    assert "order: a given path, 5.91x the fewest MACs" in str(worse)


@pytest.mark.parametrize(
    ("operands", "optimize", "planner", "optimal"),
    [
        (2, None, "the only one", True),
        (3, "auto", "exact search", True),
        (9, "auto", "short search", False),
        (9, "exact", "exact search", True),
        (9, "optimal", "exact search", True),
        (9, "greedy", "greedy search", False),
        (9, "dp", "dp of opt_einsum", False),
        (9, einc.Planner(0.01), "search of 0.01 s", False),
        (9, einc.Planner(moves=10), "search of 10 moves", False),
        (3, opt_einsum.RandomGreedy(max_repeats=1), "RandomGreedy", True),
    ],
)
def test_who_found_the_order(operands, optimize, planner, optimal):
    explanation = einc.explain(*chain_of(operands), optimize=optimize)
    assert explanation.planner == planner
    assert explanation.optimal == optimal


def test_copies():
    """Of an operand whose merged axes lie apart a copy is made; one that lies transposed goes in as it is."""
    transposed = einc.explain("ki,kj->ij", (64, 32), (64, 48))
    assert (transposed.copies, transposed.views) == (0, 1)
    apart = einc.explain("aibj,abk->kij", (16, 16, 16, 16), (16, 16, 32))
    assert apart.copies == sum("reshape" in call for call in apart.steps[0].calls[:2]) > 0


def test_slices_are_counted():
    """A loop takes as long as its slices together."""
    text, shapes = "ij,jk,kl->il", ((64, 256), (256, 64), (64, 64))
    whole = einc.explain(text, *shapes)
    sliced = einc.explain(text, *shapes, optimize=einc.Planner(0.1, memory_limit=48 * 1024))
    assert sliced.slices > 1
    assert sliced.seconds > whole.seconds


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 200])
@pytest.mark.parametrize("operands", [1, 4, 200])
def test_narrow_terminals(operands, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    lines = str(einc.explain(*chain_of(operands), optimize=einc.Planner(moves=10))).split("\n")
    cells = [sum(1 + (character >= "\u4e00") for character in line) for line in lines]
    assert max(cells) <= width + 1  # a letter of two columns is not cut in half
    assert any("total" in line for line in lines)


def test_many_steps_are_folded():
    """The heaviest come first; the others are one row."""
    explanation = einc.explain(*chain_of(200), optimize=einc.Planner(moves=10))
    table = str(explanation).split("\n\n")[1].split("\n")
    assert len(table) == 1 + SHOWN + 2
    shown = [explanation.steps[int(line.split()[0])].seconds for line in table[1 : SHOWN + 1]]
    assert shown == sorted((step.seconds for step in explanation.steps), reverse=True)[:SHOWN]
    assert f"{199 - SHOWN} lighter steps" in table[-2]


def test_colour_is_asked_for():
    explanation = einc.explain(*CHAIN)
    assert "\033" not in text(explanation)
    assert "\033[1mstep" in text(explanation, colour=True)


@pytest.mark.parametrize("operands", [1, 4, 200])
def test_the_page(operands):
    """Well-formed, complete, and with nothing from elsewhere."""
    explanation = einc.explain(*chain_of(operands), optimize=einc.Planner(moves=10))
    page = explanation._repr_html_()
    rows = [
        row for row in ElementTree.fromstring(page.replace("<br>", "<br/>")).iter("tr") if row.find("td") is not None
    ]
    assert len([row for row in rows if row.find("td").text]) == len(explanation.steps)
    assert "http" not in page
    assert "color: #" not in page


def test_the_page_escapes_what_it_shows():
    page = einc.explain("a b -> b a", (2, 3), notation="words")._repr_html_()
    assert "a b -&gt; b a" in page or "ab -&gt; ba" in page


def test_long_columns_share_what_room_there_is():
    """What is left out leaves its room to the others, and of what is cut nothing is much shorter than the rest."""
    rows = [HEAD, ("0", "c" * 90, "1,000", "1,000", "1,000", "100%", "0/0", "r" * 8, "f" * 70)]
    narrow = fitted(rows, 40)
    assert narrow[0].split() == ["step", "contraction", "time"]
    assert len(narrow[1]) == 40
    cells = fitted(rows, 120)[1].split()
    assert cells[7] == "r" * 8
    assert abs(len(cells[1]) - len(cells[8])) <= 1
    assert len(fitted(rows, 120)[1]) == 120


def test_a_line_is_cut_at_blanks():
    assert middle_cut("one two three four five six", 20) == "one two … five six"
    assert middle_cut("x" * 100, 21) == "x" * 9 + " … " + "x" * 9
    assert middle_cut("short", 20) == "short"


def test_a_step_of_many_calls_is_a_few_lines_of_a_page():
    """Large shapes and long calls are cut; all of them can be read by pointing at them."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    found = einc.explain(f"{letters}A,{letters[:13]}B,B{letters[13:]}->A", *[(2,) * 27, (2,) * 14, (2,) * 14])
    calls = tuple(f"call_{k}({', '.join(letters * 3)})" for k in range(9))
    step = replace(found.steps[0], calls=calls, shape=(2,) * 60)
    page = replace(found, steps=(step,))._repr_html_()
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    shown = re.sub(r"<[^>]*>", " ", table)
    assert "and 3 more" in shown
    assert "call_8" not in shown
    assert "call_8" in table
    assert max(map(len, shown.split())) <= 60
