"""einc beside its peers on a GPU: times, fractions of the least time possible, and the bars they are held to.

    python -m benchmarks.cuda [--only REGEX] [--modes float32 tf32] [--budget 540] [--save FILE] [--tables FILE]

Without a CUDA device, all sizes are small: everything runs and is checked, and times mean nothing.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import torch
from rich.console import Console
from rich.progress import track

from benchmarks.cuda.cases import MODES, Case, cases, rows
from benchmarks.cuda.device import CPU, described, present
from benchmarks.cuda.floors import Ceilings, measured
from benchmarks.cuda.rows import Row, measure
from benchmarks.cuda.tables import page, put_into

COMPILED = "tiny|Hadamard|copy|launch"  # families in which torch.compile can gain most; it takes seconds a row
UNCOMPILED = "tf32"  # a mode that would compile the same again


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and save; the status is 1 if a result is wrong."""
    options = _parser().parse_args(arguments)
    began, device = perf_counter(), present()
    torch.manual_seed(0)
    chosen = tuple(case for case in cases() if re.search(options.only, f"{case.family}:{case.name}"))
    ceilings = measured(device)
    found, skipped = _run(rows(chosen, tuple(options.modes)), device, ceilings, options, began)
    where = {**described(device), "in": f"{perf_counter() - began:.0f} s"}
    order = [case.name for case in chosen]
    found.sort(key=lambda row: (order.index(row.name), MODES.index(row.mode)))
    text = page(found, device, {**where, **_told(ceilings)}, skipped)
    print(text)
    if options.save:
        _save(options.save, {"where": where, "ceilings": asdict(ceilings), "skipped": skipped}, found)
    if options.tables and device == CPU:
        print(f"{options.tables} stays as it is, as nothing was measured.")
    elif options.tables:
        put_into(options.tables, text)
    return int(any(row.wrong for row in found))


def _run(
    work: Sequence[tuple[Case, str]], device: str, ceilings: Ceilings, options: argparse.Namespace, began: float
) -> tuple[list[Row], list[str]]:
    """The rows, and the names of those for which there was no time."""
    found, skipped = [], []
    for case, mode in track(work, description="measuring", transient=True, console=Console(stderr=True)):
        if perf_counter() - began > options.budget:
            skipped.append(f"{case.name} {mode}")
            continue
        compiles = mode != UNCOMPILED and bool(re.search(options.compile, case.family))
        found.append(measure(case, mode, device, ceilings, compiles))
    return found, skipped


def _save(file: Path, what: Mapping[str, object], found: Sequence[Row]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**what, "rows": [asdict(row) for row in found]}, indent=1) + "\n", encoding="utf-8")


def _told(ceilings: Ceilings) -> dict[str, str]:
    rates = {f"{mode} products": f"{rate / 1e12:,.1f} TFLOP/s" for mode, rate in ceilings.flops.items()}
    return {"bandwidth": f"{ceilings.bandwidth / 1e12:.2f} TB/s", **rates, "launch": f"{ceilings.launch * 1e6:.1f} µs"}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cuda", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="REGEX", help="of family:name")
    parser.add_argument("--modes", nargs="+", default=MODES, choices=MODES)
    parser.add_argument("--budget", type=float, default=540, help="seconds, after which no further row begins")
    parser.add_argument(
        "--compile", default=COMPILED, metavar="REGEX", help="families in which torch.compile takes part"
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="of JSON, for every figure")
    parser.add_argument("--tables", type=Path, metavar="FILE", help="a document with marks between which tables go")
    return parser


if __name__ == "__main__":
    sys.exit(main())
