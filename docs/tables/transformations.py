"""Which of torch's transformations einc and `torch.einsum` go through, as a page of tables.

    python docs/tables/transformations.py [--output docs/transformations.md]

The checks are those of the test suite, in `tests/transformations.py`; each is run here for both.
"""

from __future__ import annotations

import argparse
import logging
import platform
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import torch

import einc

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from transformations import CASES, CHECKS, Case, Check  # noqa: E402

Cells = Mapping[tuple[str, int, bool], str]  # by check, operands and whether sizes vary: nothing, or what went wrong

HEAD = """# einc and torch.einsum under torch's transformations

<!-- made by docs/tables/transformations.py -->

Of {checks} transformations, each with one, two, three and five operands, for sizes that are fixed and for sizes that
vary: einc goes through {einc} of {cells}, `torch.einsum` through {torch}. Where sizes vary, one compilation, trace or
exported program has to serve three batches; what compiles nothing by itself (the first rows) is then read by
`torch.compile` with the eager back end, and has to be compiled once. Every result is compared with the definition.

A cell says for which sizes it works: both, fixed ones only, or none (–).

| transformation | {columns} |
|---|{rules}|
"""  # noqa: RUF001

TAIL = """
The expressions: {texts}. What goes wrong for `torch.einsum` where sizes vary:

{reasons}

torch {version}, CPU, Python {python}. The capture of CUDA graphs has tests of its own, which need a CUDA device.
"""


def outcomes(function: Callable[[Case], Callable[..., torch.Tensor]]) -> Cells:
    """What comes of every check."""
    return {
        (name, operands, dynamic): _mistake(check, function(case), case, dynamic)
        for name, check in CHECKS.items()
        for operands, case in CASES.items()
        for dynamic in (False, True)
    }


def _mistake(check: Check, function: Callable[..., torch.Tensor], case: Case, dynamic: bool) -> str:
    try:
        check(function, case, dynamic)
    except Exception as error:  # whatever it is, the check is not passed
        return (str(error).strip().splitlines() or ["the size is no symbol any more"])[0].split("!")[0]
    return ""


def cell(cells: Cells, name: str, operands: int) -> str:
    """For which sizes a check is passed."""
    fixed, varying = (not cells[name, operands, dynamic] for dynamic in (False, True))
    return "both" if fixed and varying else "fixed" if fixed else "varying" if varying else "–"  # noqa: RUF001


def page(by_einc: Cells, by_torch: Cells) -> str:
    """The whole page."""
    columns = [f"{who}, {n}" for who in ("einc", "torch.einsum") for n in CASES]
    passed = {
        who: sum(not mistake for mistake in cells.values()) for who, cells in (("einc", by_einc), ("torch", by_torch))
    }
    text = HEAD.format(
        checks=len(CHECKS),
        cells=len(by_einc),
        **passed,
        columns=" | ".join(columns),
        rules="---|" * (len(columns) - 1) + "---",
    )
    for name in CHECKS:
        text += f"| {name} | {' | '.join(cell(cells, name, n) for cells in (by_einc, by_torch) for n in CASES)} |\n"
    reasons = dict.fromkeys(
        f"* {name}: {mistake}" for (name, _, dynamic), mistake in by_torch.items() if dynamic and mistake
    )
    return text + TAIL.format(
        texts=", ".join(f"`{case.text}`" for case in CASES.values()),
        reasons="\n".join(reasons),
        version=torch.__version__.split("+")[0],
        python=".".join(platform.python_version_tuple()[:2]),
    )


def main() -> None:
    """Run all checks, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "transformations.md")
    output = parser.parse_args().output
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)  # torch tells at length what it does not compile
    by_torch = outcomes(lambda case: lambda *operands: torch.einsum(case.text, *operands))
    output.write_text(page(outcomes(lambda case: einc.compile(case.text)), by_torch), encoding="utf-8")


if __name__ == "__main__":
    main()
