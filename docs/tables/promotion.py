"""Writes `docs/types.md`: the result type of every pair of operand types, found by running every form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

import einc

PAGE = Path(__file__).parent.parent / "types.md"
TYPES = (
    *("bool", "uint8", "int8", "int16", "int32", "int64"),
    *("float16", "bfloat16", "float32", "float64", "complex64", "complex128"),
)
SHORT = {"bool": "b", "uint": "u", "int": "i", "float": "f", "bfloat": "bf", "complex": "c"}
# A sum before the product, an elementwise, an outer, and every kind of matrix product.
FORMS = ("ij,k->", "ij,ij->ij", "i,j->ij", "ij,jk->ik", "ij,j->i", "i,i->", "bij,bjk->bik", "ii,i->")

HEAD = """<!-- Produced by docs/tables/promotion.py. -->

# Types

The result type of two operands, the same for every form of expression: each cell comes from running {forms}.
More operands are promoted together, before anything is summed or multiplied; [](meaning.md) has the rules.
`b`, `u8`, `i8` … are bool, uint8, int8 …, `f` float, `bf` bfloat and `c` complex.
"""
NOTES = """
A 0-d tensor counts for its category only: a float32 tensor times a 0-d float64 one is float32, as everywhere in torch.

| type | how sums and products are computed |
|---|---|
| bool | OR of ANDs; the result is bool |
| integers | in the promoted type, and they wrap |
| float16 on NumPy | in float32 throughout, rounded once at the end |
| float16, bfloat16 on torch | sums and products of matrices accumulate in float32; each step rounds once |
| others | in the promoted type |
"""


def page() -> str:
    """The whole page."""
    forms = ", ".join(f"`{form}`" for form in FORMS)
    numpy_types = [name for name in TYPES if name != "bfloat16"]
    return "\n".join(
        [
            HEAD.format(forms=forms),
            "## NumPy\n",
            *table(numpy_types, lambda name, shape: np.ones(shape, name)),
            "\n## torch\n",
            *table(TYPES, lambda name, shape: torch.ones(shape, dtype=getattr(torch, name))),
            NOTES,
        ]
    )


def table(types: Sequence[str], ones: Callable[[str, tuple[int, ...]], Any]) -> list[str]:
    """The lines of a table of pairs."""
    lines = [f"| | {' | '.join(map(short, types))} |", f"|---|{'---|' * len(types)}"]
    for left in types:
        cells = [result_type(left, right, ones) for right in types]
        lines.append(f"| **{short(left)}** | {' | '.join(cells)} |")
    return lines


def result_type(left: str, right: str, ones: Callable[[str, tuple[int, ...]], Any]) -> str:
    """The type of the product of two operands; more than one, if forms disagreed."""
    found = set()
    for form in FORMS:
        first, second = form.partition("->")[0].split(",")
        result = einc.einsum(form, ones(left, (2,) * len(first)), ones(right, (2,) * len(second)))
        found.add(short(str(result.dtype).removeprefix("torch.")))
    return " or ".join(sorted(found))


def short(name: str) -> str:
    """A dtype as a cell shows it."""
    kind = name.rstrip("0123456789")
    return SHORT[kind] + name.removeprefix(kind)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
