"""Reads, counts and writes the rows of the regression guard: expressions, and what their plans come to.

A row has the expression, the shapes and dtypes of its operands, the library, and where they are not the usual ones:
`options` (of einc's; the order of contraction is exact by default, and given for more than eight operands, so that no
clock decides), how operands lie (`strided`), what is `sliced`, and whether sizes are `fixed`. A row with a
`network` has its text, shapes and order in a file beside it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from einc.corridor import make_order, make_plan
from einc.operands import Kind
from einc.options import Options
from einc.read import read
from einc.report import counts

FOLDER = Path(__file__).parent / "data"
FILE, NETWORKS = FOLDER / "counts.json", FOLDER / "networks.json"
LESS_IS_BETTER = frozenset({"calls", "copies", "bytes", "macs", "peak"})

Row = dict[str, Any]


def rows() -> list[Row]:
    """All of them, as they are kept."""
    return json.loads(FILE.read_text(encoding="utf-8"))


@cache
def networks() -> dict[str, Row]:
    """Larger expressions by name, each with an order in opt_einsum's format."""
    return json.loads(NETWORKS.read_text(encoding="utf-8"))


def name_of(row: Row) -> str:
    """The row without its counts, in words."""
    words = [str(row.get("network") or row["text"]), row["library"], _types(row)]
    rest = {key: row[key] for key in ("given", "options", "strided", "sliced", "fixed") if key in row}
    sizes = "" if "network" in row else " ".join("x".join(map(str, shape)) or "scalar" for shape in row["shapes"])
    return " ".join([*words, sizes, *(f"{key}={value}" for key, value in rest.items())]).strip()


def _types(row: Row) -> str:
    return row["dtypes"] if isinstance(row["dtypes"], str) else ",".join(row["dtypes"])


def counted(row: Row) -> dict[str, int]:
    """The counts of a row as they are now."""
    whole = {**networks()[row["network"]], **row} if "network" in row else row
    shapes = tuple(map(tuple, whole["shapes"]))
    dtypes = (row["dtypes"],) * len(shapes) if isinstance(row["dtypes"], str) else tuple(row["dtypes"])
    strided = tuple(map(tuple, row.get("strided", ())))
    kind = Kind(row["library"], shapes, dtypes, strided, row.get("fixed", True))
    options = Options(**{"optimize": "auto", "sizes": tuple(row.get("given", {}).items()), **row.get("options", {})})
    if "path" in whole:
        options = replace(options, optimize=tuple(map(tuple, whole["path"])))
    order = make_order(read(whole["text"], options.notation), shapes, options)
    if "sliced" in row:
        order = replace(order, tree=replace(order.tree, sliced=tuple(row["sliced"])))
    return asdict(counts(make_plan(order, kind, options)))


def differences(old: dict[str, int], new: dict[str, int]) -> dict[str, list[str]]:
    """What has changed, as worse, better or other: `calls 3, was 2`."""
    found: dict[str, list[str]] = {"worse": [], "better": [], "other": []}
    for name, number in new.items():
        if (before := old.get(name)) != number:
            told = f"{name} {number:,}, was {before if before is None else format(before, ',')}"
            known = before is not None and name in LESS_IS_BETTER
            found["worse" if known and number > before else "better" if known else "other"].append(told)
    return found


def write(found: list[Row]) -> None:
    """Keep rows, each on a line of its own."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in found)
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
