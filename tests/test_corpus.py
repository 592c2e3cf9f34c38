"""Expressions as public code has them: every one compiles and means what the definition says, on both libraries."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import definition
import numpy as np
import pytest

import einc


def texts(notation: str) -> list[str]:
    corpus = json.loads((Path(__file__).parent / "data" / f"{notation}.json").read_text(encoding="utf-8"))
    return [row["expr"] for row in corpus["expressions"]]


TEXTS = texts("letters")
WORDS = texts("words")
LISTS = texts("lists")


def terms_of(text: str, rank: int) -> tuple[list[list[str]], list[str]]:
    """The text's terms with every ellipsis as `rank` axes, by means that are not einc's."""
    ellipsis = [f"...{axis}" for axis in range(rank)]

    def named(term: str) -> list[str]:
        before, dots, after = "".join(term.split()).partition("...")
        return [*before, *(ellipsis if dots else []), *after]

    inputs, arrow, output = text.partition("->")
    terms = [named(term) for term in inputs.split(",")]
    if arrow:
        return terms, named(output)
    symbols = [symbol for term in terms for symbol in term]
    once = sorted(symbol for symbol in set(symbols) if symbols.count(symbol) == 1 and symbol not in ellipsis)
    return terms, [*(ellipsis if "..." in inputs else []), *once]


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_every_expression_is_what_the_definition_says(rank, library, array, capsys):
    generator = np.random.default_rng(rank)
    checked = 0
    for text in TEXTS:
        if rank and "..." not in text:
            continue
        inputs, output = terms_of(text, rank)
        sizes = {index: 2 + number % 2 for number, index in enumerate(sorted({i for term in inputs for i in term}))}
        operands = [generator.uniform(-1, 1, [sizes[index] for index in term]) for term in inputs]
        result = np.asarray(einc.einsum(text, *map(array, operands)))
        wanted = definition.einsum(inputs, output, operands, float)
        assert result.shape == wanted.shape, text
        np.testing.assert_allclose(result, wanted, rtol=1e-12, atol=1e-12, err_msg=text)
        checked += 1
    assert checked == sum(rank == 0 or "..." in text for text in TEXTS)
    with capsys.disabled():
        print(f"\n{checked} corpus expressions equal the definition on {library} (ellipses of {rank} axes)")


def word_groups(term: str) -> list[list[str]]:
    """A term of words as groups, by means that are not einc's: brackets are only marks."""
    tokens = re.findall(r"\(.*?\)|\.\.\.|\w+", re.sub(r"[\[\]]", " ", term))
    return [re.findall(r"\.\.\.|\w+", token) for token in tokens]


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_every_expression_of_words_too(rank, library, array, capsys):
    generator = np.random.default_rng(rank)
    ellipsis = [f"...{axis}" for axis in range(rank)]
    checked = 0

    def named(groups):
        """The groups with every ellipsis as `rank` axes: apart, or in the group it is in."""
        axes = []
        for group in groups:
            axes += [[name] for name in ellipsis] if group == ["..."] else [group]
        return axes

    for text in WORDS:
        if rank and "..." not in text:
            continue
        inputs, output = text.split("->")
        terms = [named(word_groups(term)) for term in inputs.split(",")]
        wanted_groups = [list(ellipsis)] if "(...)" in output else []
        wanted_groups += named(word_groups(output.replace("(...)", "")))
        indices = sorted({index for term in terms for group in term for index in group})
        sizes = {index: 2 + number % 2 for number, index in enumerate(indices)}
        operands = [generator.uniform(-1, 1, [sizes[index] for group in term for index in group]) for term in terms]
        flat = [[index for group in term for index in group] for term in terms]
        wanted = definition.einsum(flat, [index for group in wanted_groups for index in group], operands, float)
        wanted = wanted.reshape([math.prod(sizes[index] for index in group) for group in wanted_groups])
        given = [
            operand.reshape([math.prod(sizes[index] for index in group) for group in term])
            for operand, term in zip(operands, terms)
        ]
        letters = all(len(index) == 1 for index in indices if index not in ellipsis)
        named_sizes = {index: size for index, size in sizes.items() if index not in ellipsis}
        notation = None if letters or re.search(r"\w\s+\S", inputs) else "words"
        result = np.asarray(einc.einsum(text, *map(array, given), sizes=named_sizes, notation=notation))
        assert result.shape == wanted.shape, text
        np.testing.assert_allclose(result, wanted, atol=1e-12, err_msg=text)
        checked += 1
    with capsys.disabled():
        print(f"\n{checked} corpus expressions of words equal the definition on {library} (ellipses of {rank} axes)")


def labels(term: str) -> list[object]:
    """`[0,...,1]` as a list of labels."""
    return [... if label == "..." else int(label) for label in term.strip("[]").split(",") if label]


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_every_expression_of_lists_too(rank, library, array, capsys):
    """Labels and letters sort alike here, so that the letters say what the lists mean."""
    generator = np.random.default_rng(rank)
    for text in LISTS:
        inputs, arrow, output = text.partition("->")
        lists = [labels(term) for term in inputs.replace("],[", "]|[").split("|")]
        letters = [["..." if label is ... else chr(ord("a") + label) for label in term] for term in lists]
        explicit = ["..." if label is ... else chr(ord("a") + label) for label in labels(output)]
        written = ",".join(map("".join, letters)) + (f"->{''.join(explicit)}" if arrow else "")
        named, result_term = terms_of(written, rank)
        sizes = {index: 2 + number % 2 for number, index in enumerate(sorted({i for term in named for i in term}))}
        operands = [generator.uniform(-1, 1, [sizes[index] for index in term]) for term in named]
        arguments = [argument for pair in zip(map(array, operands), lists) for argument in pair]
        result = np.asarray(einc.einsum(*arguments, *([labels(output)] if arrow else [])))
        wanted = definition.einsum(named, result_term, operands, float)
        assert result.shape == wanted.shape, text
        np.testing.assert_allclose(result, wanted, rtol=1e-12, atol=1e-12, err_msg=text)
    with capsys.disabled():
        print(f"\n{len(LISTS)} lists of labels equal the definition on {library} (ellipses of {rank} axes)")
