"""What libraries make of an einsum text: how it is read, and in which order it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a library reads a text, and what it does by itself.

    Attributes:
        library: its name, or nothing.
        notation: `"letters"` or `"words"`; None for what the text tells.
        order: `"loop"` over all indices at once, `"left"` to right, or the `"best"` it finds.
    """

    library: str
    notation: str | None
    order: str


UNKNOWN = Dialect("", None, "left")
LOOSE = Dialect("", "letters", "best")  # of a text that nobody is seen to run
DIALECTS: Mapping[str, Dialect] = {
    dialect.library: dialect
    for dialect in (
        Dialect("numpy", "letters", "loop"),
        Dialect("cupy", "letters", "loop"),
        Dialect("dask", "letters", "loop"),
        Dialect("torch", "letters", "left"),
        Dialect("jax", "letters", "best"),
        Dialect("tensorflow", "letters", "best"),
        Dialect("opt_einsum", "letters", "best"),
        Dialect("cotengra", "letters", "best"),
        Dialect("einc", None, "best"),
        Dialect("einops", "words", "left"),
    )
}


def dialect(library: str) -> Dialect:
    """That of a library, by the name of its package."""
    return DIALECTS.get(library, UNKNOWN)
