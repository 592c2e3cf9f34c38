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

## Matrix products without BLAS

Libraries have no BLAS for integers and bool: NumPy's products of them take up to fifty times as long as those of
float32. einc computes them in floats where that is predicted to be quicker, and proven to be exact. Every partial sum
is at most the number of terms times the largest magnitudes of both sides; a side counts with the type that the
operand came in, so `dtype="int32"` over int8 is proven for long sums:

| product | through float32 | through float64 |
|---|---|---|
| int8 by int8 | up to 1,024 terms | always (to 2³⁹) |
| uint8 by uint8 | up to 258 terms | always (to 2³⁷) |
| bool by int32 | no | up to 4,194,304 terms |
| int16 by int16 | no | up to 8,388,608 terms |
| int32 by int32, int64 by int64 | no | no |
| bool by bool | always, as no sum of what is not negative is rounded to zero | |

The result is cast back by way of integers that hold it, and wraps there as integers do. With torch, settings may have
float32 products round their factors to bfloat16 or TensorFloat32, so float32 serves only for factors of eight bits,
which both hold.

What is proven for some sizes is run for those alone: the sizes are tested in front. Where they are symbols, as while
a program for all sizes is traced, integers are multiplied as integers. Sources that you keep are exact up to the
terms above.

Splitting int32 into halves of 16 bits, three products of float64 each, gains nothing on NumPy below sides of 1,024,
and on torch nothing at all; int64 would take ten. Both are left to the library, and so are float16 and bfloat16 to
torch. Arrays of other libraries are computed in their own type. On CUDA, torch has no matrix product of integers:
there (not measured yet), what is computed in floats runs, and the rest is refused by torch.
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
