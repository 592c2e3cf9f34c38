"""einc beside its peers on about 130 expressions: ratios of times, interleaved.

    python -m benchmarks.lowering [--library numpy torch] [--dtype float32] [--only TEXT ...] [--small] [--threads 1]

Times are those of the library's einsum, of einc's best peer and of calls written by hand, over einc's: above one,
einc is faster. Medians of
many rounds, competitors in a new order in each. The reference is timed twice: what its two times differ is noise.
"""

from __future__ import annotations

import os
import sys

for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    threads = sys.argv[sys.argv.index("--threads") + 1] if "--threads" in sys.argv else "1"
    os.environ[_variable] = threads  # before the libraries are loaded

import argparse
import json
import re
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import geometric_mean
from typing import Any

import numpy as np
import opt_einsum
from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table

import einc
from benchmarks.by_hand import by_hand
from benchmarks.lowering_cases import Case, cases
from einc.turns import REFERENCE_AGAIN, compare

Call = Callable[[], Any]
BY_HAND, JAX = "by hand", "jax, jitted"
NO_PEERS = ("einc", REFERENCE_AGAIN, "µs", BY_HAND, JAX)

SET = 0.02  # the share of bools that are


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", nargs="+", default=["numpy", "torch"], choices=["numpy", "torch"])
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--only", nargs="+", help="texts or families")
    parser.add_argument("--small", action="store_true", help="every index at most 4 long")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--save", type=Path, help="a file for all ratios, as JSON")
    arguments = parser.parse_args()
    chosen = [case for case in cases() if not arguments.only or {case.text, case.family} & {*arguments.only}]
    console = Console(width=150)
    results: dict[str, dict[str, dict[str, float]]] = {}
    for library in arguments.library:
        rows = {}
        for case in track(chosen, library, transient=True):
            calls = competitors(case, library, arguments.dtype, not arguments.small)
            times = compare(calls, arguments.rounds, 5e-3)
            rows[case.name] = {name: timing.ratio for name, timing in times.items()}
            rows[case.name]["µs"] = times["einc"].microseconds
        results[library] = rows
        console.print(table(library, chosen, rows))
        console.print(families(library, chosen, rows))
    if arguments.save:
        arguments.save.write_text(json.dumps(results, indent=1))


def competitors(case: Case, library: str, dtype: str, large: bool) -> dict[str, Call]:
    """Everyone who computes a case, einc first."""
    shapes = case.shapes(large)
    generator = np.random.default_rng(0)
    arrays: list[Any] = [operand(shape, dtype, generator) for shape in shapes]
    compiled = einc.compile(case.text)
    calls: dict[str, Call] = {"einc": lambda: compiled(*arrays)}
    expression = opt_einsum.contract_expression(case.text, *shapes)
    calls["opt_einsum"] = lambda: expression(*arrays)
    if library == "torch":
        import torch

        arrays[:] = [torch.from_numpy(array) for array in arrays]
        calls["torch.einsum"] = lambda: torch.einsum(case.text, *arrays)
        if dtype == "bool":  # of which torch has no products
            calls = {name: calls[name] for name in ("einc",)}
            calls["torch.einsum"] = lambda: torch.einsum(case.text, *(x.float() for x in arrays)).bool()
    else:
        calls["np.einsum"] = lambda: np.einsum(case.text, *arrays)
        calls["np.einsum, optimized"] = lambda: np.einsum(case.text, *arrays, optimize=True)
        if len(arrays) > 2 or np.prod([size for _, size in case.sizes], dtype=float) > 1e8:
            del calls["np.einsum"]  # takes minutes
    if find_spec("cotengra") and len(arrays) > 1 and not (library == "torch" and dtype == "bool"):
        import cotengra

        tree = cotengra.einsum_expression(case.text, *shapes)
        calls["cotengra"] = lambda: tree(*arrays)
    if find_spec("einops") and all(len(set(term)) == len(term) for term in case.text.split("->")[0].split(",")):
        import einops

        spaced = re.sub("->|,", lambda sign: f" {sign[0]} ", case.text)
        words = re.sub(r"(?<=\w)(?=\w)", " ", spaced)
        calls["einops"] = lambda: einops.einsum(*arrays, words)
    if dtype == "float32" and find_spec("jax"):
        calls[JAX] = in_jax(case.text, arrays)
    if (hand := by_hand(case.text, library)) is not None:
        calls[BY_HAND] = lambda: hand(*arrays)
    return calls


def in_jax(text: str, arrays: list[Any]) -> Call:
    """The same compiled by XLA, for context: it runs on threads of its own."""
    import jax

    compiled = jax.jit(partial(jax.numpy.einsum, text))
    own = [jax.numpy.asarray(np.asarray(array)) for array in arrays]
    return lambda: compiled(*own).block_until_ready()


def operand(shape: tuple[int, ...], dtype: str, generator: np.random.Generator) -> Any:
    """Elements from all over a type of integers; of others, some around zero; and few that are true."""
    if dtype == "bool":
        return generator.random(shape) < SET
    if np.dtype(dtype).kind in "iu":
        return generator.integers(np.iinfo(dtype).min, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    return generator.standard_normal(shape).astype(dtype)


def table(library: str, chosen: list[Case], rows: dict[str, dict[str, float]]) -> Table:
    """A row for each case, those where einc is slowest first, and the geometric means."""
    main_peer = "torch.einsum" if library == "torch" else "np.einsum, optimized"
    heads = "expression", "family", "einc, µs", main_peer, "best peer", "which", BY_HAND, JAX, "noise"
    made = Table(*heads, box=MARKDOWN)
    made.title = f"{library}: times of peers over einc's"
    best = {}
    for case in chosen:
        peers = {name: ratio for name, ratio in rows[case.name].items() if name not in NO_PEERS}
        best[case.name] = min((ratio, name) for name, ratio in peers.items())
    for case in sorted(chosen, key=lambda case: best[case.name]):
        row = rows[case.name]
        ratio, name = best[case.name]
        others = [f"{row[name]:.2f}" if name in row else "" for name in (BY_HAND, JAX)]
        numbers = f"{row['µs']:,.1f}", f"{row[main_peer]:.2f}", f"{ratio:.2f}"
        made.add_row(case.text, case.family, *numbers, name, *others, f"{row[REFERENCE_AGAIN]:.2f}")
    means = geometric_mean(rows[case.name][main_peer] for case in chosen), geometric_mean(r for r, _ in best.values())
    context = [geometric_mean([row[name] for row in rows.values() if name in row] or [1.0]) for name in (BY_HAND, JAX)]
    made.add_row("geometric mean", "", "", *(f"{mean:.2f}" for mean in means), "", *map("{:.2f}".format, context), "")
    return made


def families(library: str, chosen: list[Case], rows: dict[str, dict[str, float]]) -> Table:
    """Geometric means by family."""
    main_peer = "torch.einsum" if library == "torch" else "np.einsum, optimized"
    made = Table("family", "cases", main_peer, "best peer", box=MARKDOWN)
    for family in (*dict.fromkeys(case.family for case in chosen), "all"):
        own = [rows[case.name] for case in chosen if family in (case.family, "all")]
        best = [min(value for name, value in row.items() if name not in NO_PEERS) for row in own]
        means = geometric_mean(row[main_peer] for row in own), geometric_mean(best)
        made.add_row(family, str(len(own)), *(f"{mean:.2f}" for mean in means))
    return made


if __name__ == "__main__":
    main()
