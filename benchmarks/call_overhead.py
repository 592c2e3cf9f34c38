"""What a call costs beyond the bare library calls, on tiny operands, as a table of ratios.

    python -m benchmarks.call_overhead [--rounds 60]

One thread. Each column is the time of a competitor over the time of the hand-written calls,
measured in turns in the same process; the last column is the hand-written calls against
themselves.
"""

from __future__ import annotations

import os

for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_variable] = "1"  # before the libraries are loaded

import argparse

import torch
from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.calls import cases, competitors
from einc.turns import REFERENCE_AGAIN, compare

COLUMNS = ("einc", "einc.einsum", "einsum", "opt_einsum expression", REFERENCE_AGAIN)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60, help="how often each competitor is timed")
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    title = "times the hand-written calls; `einsum` is the library's own"
    table = Table("library", "expression", "by hand (µs)", *COLUMNS, title=title, box=MARKDOWN)
    work = [(library, case) for library in ("numpy", "torch") for case in cases()]
    for library, case in track(work, description="measuring", transient=True):
        timings = compare(competitors(case, library), rounds)
        ratios = [f"{timings[name].ratio:.2f}" for name in COLUMNS]
        table.add_row(library, case.expression, f"{timings['by hand'].microseconds:.2f}", *ratios)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
