"""How near `minimize="time"` comes to the quickest of ten measured orders, on random networks of 4 to 6 operands.

    python -m benchmarks.timed_orders [--library numpy torch] [--networks 30]

For every network up to ten orders of fewest multiply-adds are compiled and timed in turns with the orders that einc
chooses for time, for multiply-adds and by default. Ratios are to the quickest of the ten, float32, one thread.
"""

from __future__ import annotations

import os

for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_variable] = "1"  # before the libraries are loaded

import argparse
from collections.abc import Callable
from random import Random
from statistics import geometric_mean
from typing import Any

import numpy as np
from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table

import einc
from einc.plan import FLOPS, to_path
from einc.plan.close import close_trees
from einc.tree import macs
from einc.turns import compare

PATHS = 10
DEARER = 8  # times as many multiply-adds are too many to measure
MACS = (3e5, 3e8)  # of a network in its best order
ELEMENTS = 2**21  # of an operand, an intermediate or the result
CHOICES = {'minimize="time"': einc.Planner(minimize="time"), "default": "auto", "fewest MACs": "exact"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", nargs="+", default=["numpy", "torch"], choices=["numpy", "torch"])
    parser.add_argument("--networks", type=int, default=30)
    arguments = parser.parse_args()
    table = Table("library", "order", "geometric mean", "worst", box=MARKDOWN)
    for library in arguments.library:
        rows = [ratios(library, seed) for seed in track(range(arguments.networks), library, transient=True)]
        for name in CHOICES:
            own = [row[name] for row in rows]
            table.add_row(library, name, f"{geometric_mean(own):.3f}", f"{max(own):.2f}")
    Console().print(table)


def ratios(library: str, seed: int) -> dict[str, float]:
    """The times of einc's choices, over that of the quickest of ten orders."""
    text, shapes = network(seed)
    arrays: list[Any] = [np.random.default_rng(0).standard_normal(shape).astype("float32") for shape in shapes]
    if library == "torch":
        import torch

        arrays[:] = [torch.from_numpy(array) for array in arrays]
    order = einc.compile(text).plan(*arrays)
    trees = close_trees(order.expression, order.sizes, FLOPS)[:PATHS]
    costs = [macs(tree, order.expression, order.sizes) for tree in trees]
    trees = [tree for tree, own in zip(trees, costs) if own <= DEARER * min(costs)]
    calls = {name: call(text, choice, arrays) for name, choice in CHOICES.items()}
    calls |= {str(number): call(text, to_path(tree), arrays) for number, tree in enumerate(trees)}
    times = compare(calls, rounds=11, block=3e-3)
    best = min(times[str(number)].microseconds for number in range(len(trees)))
    return {name: times[name].microseconds / best for name in CHOICES}


def call(text: str, optimize: Any, arrays: list[Any]) -> Callable[[], Any]:
    compiled = einc.compile(text, optimize=optimize)
    return lambda: compiled(*arrays)


def network(seed: int) -> tuple[str, list[tuple[int, ...]]]:
    """A connected network of 4 to 6 operands of 1 to 4 axes, some indices shared by three, whose run takes a while."""
    random = Random(seed)
    while True:
        operands = random.randint(4, 6)
        terms: list[list[str]] = [[] for _ in range(operands)]
        letters = iter("abcdefghijklmnopqrstuvwxyz")
        edges = [(k, random.randrange(k)) for k in range(1, operands)]
        edges += [tuple(random.sample(range(operands), random.choice((2, 2, 3)))) for _ in range(random.randint(1, 4))]
        for edge in edges:
            letter = next(letters)
            for end in edge:
                terms[end].append(letter)
        for _ in range(random.randint(0, 3)):
            terms[random.randrange(operands)].append(next(letters))
        for term in terms:
            random.shuffle(term)
        sizes = {letter: random.choice((4, 8, 12, 16, 32, 64)) for term in terms for letter in term}
        uses = [letter for term in terms for letter in term]
        output = sorted({letter for letter in uses if uses.count(letter) == 1} | set(random.sample(uses, 1)))
        text = ",".join(map("".join, terms)) + "->" + "".join(output)
        shapes = [tuple(sizes[letter] for letter in term) for term in terms]
        if max(np.prod(shape) for shape in (*shapes, [sizes[letter] for letter in output])) > ELEMENTS:
            continue
        explained = einc.explain(text, *shapes)
        if explained.largest_intermediate <= ELEMENTS and MACS[0] < explained.macs < MACS[1]:
            return text, shapes


if __name__ == "__main__":
    main()
