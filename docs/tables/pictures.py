"""Draws the pictures of the documentation into `docs/pictures`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import einc

DOCS = Path(__file__).parent.parent
INSTANCES = DOCS.parent / "benchmarks" / "data" / "paths"
TUCKER = "b i j k, i x, j y, k z, x y z o -> b o"
TUCKER_SHAPES = ((32, 24, 24, 24), (24, 8), (24, 8), (24, 8), (8, 8, 8, 64))


def main(folder: Path = DOCS / "pictures") -> None:
    """Draw all of them."""
    small = einc.compile(TUCKER, *TUCKER_SHAPES)
    text, shapes = network("str_nw_mera_open_26")
    large = einc.compile(text, *shapes, notation="letters", optimize=einc.Planner(moves=200_000, compiled=False))
    for f, kind, name, dark in [
        (small, "tree", "tree", False),
        (small, "tree", "tree_dark", True),
        (small, "network", "network", False),
        (small, "memory", "memory", False),
        (large, "tree", "mera_tree_dark", True),
        (large, "network", "mera_network_dark", True),
    ]:
        f.draw(folder / f"{name}.svg", kind, dark=dark)


def network(name: str) -> tuple[str, list[tuple[int, ...]]]:
    """The expression and the shapes of one of the benchmark's networks."""
    data = json.loads((INSTANCES / f"{name}.json").read_text(encoding="utf-8"))
    letters = [character for character in map(chr, range(ord("A"), 0x250)) if character.isalpha()]

    def term(indices: Sequence[int]) -> str:
        return "".join(letters[index] for index in indices)

    text = ",".join(map(term, data["inputs"])) + "->" + term(data["output"])
    return text, [tuple(data["sizes"][index] for index in indices) for indices in data["inputs"]]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
