"""How long einc takes before there is a result, stage by stage, and what its caches keep.

    python -m benchmarks.latency [--quick] [--operands 2 10 100 ...] [--rounds 20]

One thread, nothing remembered. `python -m benchmarks --suites latency` has einc beside its peers, which make what they
call repeatedly (`contract_expression`, `einsum_expression`) while einc plans, lowers and loads the function it calls.
"""

from __future__ import annotations

import os

for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "COTENGRA_NUM_WORKERS"):
    os.environ[_variable] = "1"  # before the libraries are loaded

import argparse
import gc
import random
import statistics
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import islice, product
from time import perf_counter
from typing import Any
from unittest.mock import patch

import numpy as np
import opt_einsum
from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table

import einc
from benchmarks.caches import forget
from einc.parse import grammar, parse
from einc.read import read

Call = Callable[[], object]

OPERANDS = (2, 3, 5, 8, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
QUICK = (2, 3, 8, 20, 100, 1000)
SHORT = 100  # operands, up to which all rounds are made
FEWEST = 3
PATIENCE = 20.0  # seconds of one call, from which once is enough
IMPORTED = ("einc", "opt_einsum", "cotengra", "einops", "torch")
WIDTH = 4  # of a strip
STAGES: Mapping[str, tuple[str, tuple[str, ...]]] = {  # where the functions of a stage are called by name
    "parse": ("einc.compiler", ("read",)),
    "check": ("einc.corridor", ("check_ranks", "resolve", "check_sizes", "broadcast")),
    "plan": ("einc.corridor", ("planner", "alternatives")),
    "lower": ("einc.corridor", ("arithmetic", "quickest", "lower", "simplify", "verify", "overwriting")),
    "emit, load": ("einc.corridor", ("emit", "guarded_source", "load")),
}


@dataclass(frozen=True)
class Network:
    """An expression of many operands: its text, and their shapes."""

    text: str
    shapes: tuple[tuple[int, ...], ...]


def _network(operands: int, bonds: list[tuple[int, int]], seed: int) -> Network:
    """The network of these bonds between operands, each an index of 2 to 4; nothing stays open."""
    sizes = random.Random(seed)
    terms: list[list[int]] = [[] for _ in range(operands)]
    for label, ends in enumerate(bonds):
        for end in ends:
            terms[end].append(label)
    size = [sizes.choice((2, 3, 4)) for _ in bonds]
    text = ",".join("".join(map(_letter, term)) for term in terms) + "->"
    return Network(text, tuple(tuple(size[label] for label in term) for term in terms))


def _letter(label: int) -> str:
    """A letter of its own for each of some twenty thousand labels."""
    return chr(ord("a") + label) if label < 26 else chr(0x4E00 + label)


def chain(operands: int, seed: int = 0) -> Network:
    """Matrices in a row, between two vectors."""
    return _network(operands, [(k - 1, k) for k in range(1, operands)], seed)


def tree(operands: int, seed: int = 0) -> Network:
    """Every operand is bound to one that came shortly before it."""
    chances = random.Random(seed)
    return _network(operands, [(chances.randrange(max(0, k - 6), k), k) for k in range(1, operands)], seed)


def strip(operands: int, seed: int = 0) -> Network:
    """A square lattice, four wide: two to four bonds for each operand."""
    along = [(k - WIDTH, k) for k in range(WIDTH, operands)]
    across = [(k - 1, k) for k in range(1, operands) if k % WIDTH]
    return _network(operands, sorted((*along, *across)), seed)


FAMILIES: Mapping[str, Callable[[int], Network]] = {"chain": chain, "tree": tree, "strip": strip}


def compiled_cold(network: Network) -> object:
    """The function that einc calls, made from the text alone."""
    forget()
    return einc.compile(network.text).plan(*network.shapes).guarded


def calls(operands: int, family: str = "chain") -> dict[str, Call]:
    """Everyone who compiles an expression of so many operands, einc first, with cold caches."""
    network = FAMILIES[family](operands)
    found: dict[str, Call] = {"einc": partial(compiled_cold, network)}
    found["opt_einsum"] = partial(opt_einsum.contract_expression, network.text, *network.shapes)
    if find_spec("cotengra"):
        found["cotengra"] = partial(
            import_module("cotengra").einsum_expression, network.text, *network.shapes, cache=False
        )
    return found


def parsing(operands: int, family: str = "chain") -> dict[str, Call]:
    """A first parse of such an expression, its grammar being there; and einsum's own rules, by opt_einsum."""
    network = FAMILIES[family](operands)

    def own() -> object:
        read.cache_clear()
        parse.cache_clear()
        return read(network.text)

    theirs = partial(opt_einsum.parser.parse_einsum_input, (network.text, *network.shapes), shapes=True)
    return {"einc": own, "opt_einsum": theirs}


def first_parse() -> float:
    """Seconds of the first parse of all, for which the grammar is read."""
    grammar.cache_clear()
    read.cache_clear()
    parse.cache_clear()
    start = perf_counter()
    read("ij,jk->ik")
    return perf_counter() - start


def stages(network: Network) -> dict[str, float]:
    """Seconds of each stage of one compilation from cold, and of what lies between them."""
    spent = dict.fromkeys(STAGES, 0.0)
    inner = [0.0]  # seconds of the stages inside each that has begun

    def timed(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            inner.append(0.0)
            start = perf_counter()
            result = function(*arguments, **named)
            own = perf_counter() - start
            spent[stage] += own - inner.pop()
            inner[-1] += own
            return timed(stage, result) if function.__name__ == "planner" else result

        return run

    with ExitStack() as patched:
        for stage, (room, names) in STAGES.items():
            module = import_module(room)
            for name in names:
                patched.enter_context(patch.object(module, name, timed(stage, getattr(module, name))))
        start = perf_counter()
        compiled_cold(network)
        whole = perf_counter() - start
    return {**spent, "rest": whole - sum(spent.values()), "all": whole}


def in_turns(contenders: Mapping[str, Call], rounds: int, seed: int = 0) -> dict[str, float]:
    """The median seconds of calls that take long, in a new order each round; once where one takes very long."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    shuffle = random.Random(seed).shuffle
    order = list(contenders)
    for _ in range(rounds):
        shuffle(order)
        for name in order:
            if times[name] and times[name][0] > PATIENCE:
                continue
            gc.collect()
            start = perf_counter()
            contenders[name]()
            times[name].append(perf_counter() - start)
    return {name: statistics.median(own) for name, own in times.items()}


def import_seconds(rounds: int) -> dict[str, float]:
    """The median seconds that each library's import takes in a fresh process that has NumPy, in turns."""
    installed = [name for name in IMPORTED if find_spec(name)]
    times: dict[str, list[float]] = {name: [] for name in installed}
    shuffle = random.Random(0).shuffle
    for _ in track(range(rounds + 1), "imports", transient=True):
        shuffle(installed)
        for name in installed:
            code = f"import numpy, time; t = time.perf_counter(); import {name}; print(time.perf_counter() - t)"
            answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            times[name].append(float(answer.stdout))
    return {name: statistics.median(own[1:]) for name, own in times.items()}  # the first finds files not yet read


@dataclass(frozen=True)
class Kept:
    """What caches hold: how many plans, and how many bytes, as tracemalloc counts them."""

    what: str
    entries: int
    bytes: int


def kept_by_caches(most: int) -> Iterator[Kept]:
    """The memory of one plan, and of the caches after many shapes, and after many texts."""
    forget()
    tracemalloc.start()
    try:
        expression = einc.compile("ij,jk->ik")
        expression(np.ones((2, 2)), np.ones((2, 2)))
        base = _traced()
        expression(np.ones((3, 2)), np.ones((2, 3)))
        yield Kept("one more shape", 1, _traced() - base)
        shapes = islice(product(range(2, 130), range(2, 130)), most)
        for i, k in shapes:
            expression(np.ones((i, 2)), np.ones((2, k)))
        yield Kept(f"one expression, {most:,} shapes", len(expression._plans), _traced() - base)
        del expression
        forget()
        base = _traced()
        for text in islice(_texts(), most):
            einc.einsum(text, np.ones((2, 2)), np.ones((2, 2)))
        remembered = import_module("einc.compiler")._remembered.cache_info().currsize
        yield Kept(f"`einc.einsum`, {most:,} texts", remembered, _traced() - base)
    finally:
        tracemalloc.stop()


def _traced() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def _texts() -> Iterator[str]:
    """Texts of a product of two matrices, each with other letters."""
    letters = [_letter(label) for label in range(26, 60)]
    for i, j, k in product(letters, repeat=3):
        if len({i, j, k}) == 3:
            yield f"{i}{j},{j}{k}->{i}{k}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer operands and rounds")
    parser.add_argument("--operands", type=int, nargs="+")
    parser.add_argument("--family", nargs="+", choices=[*FAMILIES], default=[*FAMILIES])
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    console = Console(width=150)
    table = Table(
        "network", "operands", "einc (ms)", *STAGES, "rest", title="shares of a compilation, in %", box=MARKDOWN
    )
    work = [*product(arguments.family, arguments.operands or (QUICK if arguments.quick else OPERANDS))]
    for family, operands in track(work, "compile", transient=True):
        rounds = arguments.rounds if operands <= SHORT else FEWEST
        table.add_row(family, f"{operands:,}", *_shares(FAMILIES[family](operands), rounds))
    console.print(table)
    first = statistics.median(first_parse() for _ in range(arguments.rounds))
    console.print(f"first parse of all, for which the grammar is read: {1e3 * first:.1f} ms", highlight=False)
    console.print(caches_table(1000 if arguments.quick else 10_000))


def _shares(network: Network, rounds: int) -> list[str]:
    """The milliseconds of a compilation, and the share of each stage."""
    repeated = [stages(network) for _ in range(rounds)]
    spent = {name: statistics.median(one[name] for one in repeated) for name in repeated[0]}
    whole = spent.pop("all")
    total = sum(spent.values())
    return [f"{1e3 * whole:,.2f}", *(f"{100 * seconds / total:.0f}" for seconds in spent.values())]


def caches_table(most: int) -> Table:
    """What the caches keep."""
    made = Table("caches after", "entries", "KiB", title="memory", box=MARKDOWN)
    for kept in kept_by_caches(most):
        made.add_row(kept.what, f"{kept.entries:,}", f"{kept.bytes / 1024:,.0f}")
    return made


if __name__ == "__main__":
    main()
