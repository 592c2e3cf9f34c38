"""Expressions as public code has them: every one compiles and means what the definition says, on both libraries."""

from __future__ import annotations

import json
from pathlib import Path

import definition
import numpy as np
import pytest

import einc

CORPUS = json.loads((Path(__file__).parent / "data" / "letters.json").read_text(encoding="utf-8"))
TEXTS = [row["expr"] for row in CORPUS["expressions"]]


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
