"""How good contraction orders are that einc and its peers find within a time, on real networks.

    python -m benchmarks.paths [--budgets 0.01 0.1 1 10] [--without-peers] [--only NAME ...]
        [--save FILE] [--tables FILE]

One core, one search at a time, einc first. For every instance and budget, the gap is the base-10 logarithm of a
path's multiply-adds less that of the best known; gaps count as 5 at most, and as 5 where nothing was found within
twice the budget (and 50 ms). "peers at best" is the best of all peers, picked afterwards; "peers on record" the
best of all their settings, as carried with the instances.
"""

from __future__ import annotations

import os

for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_variable] = "1"  # before the libraries are loaded

import argparse
import json
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import TypeAlias

from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.instances import Instance, load, log10_macs
from benchmarks.path_finders import EINC, PEERS, Find
from einc.plan import engine

WORST = 5.0
LARGE = 20  # tensors
NEAR = 0.05  # of the peers' best counts as equal
WIDTH = 240  # characters of a table in a file
MATCHED = 0.01  # of what was published counts as matched

Costs: TypeAlias = dict[str, dict[str, dict[str, float]]]  # by budget, finder and instance


def main() -> None:
    """Measure, save and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--budgets", type=float, nargs="+", default=[0.01, 0.1, 1.0, 10.0], help="seconds")
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--only", nargs="+", help="names of instances")
    parser.add_argument("--save", type=Path, help="a file for all costs; what it holds already is not measured again")
    parser.add_argument("--tables", type=Path, help="a file for the tables, as Markdown")
    arguments = parser.parse_args()
    instances = [instance for instance in load() if not arguments.only or instance.name in arguments.only]
    finders = EINC if arguments.without_peers else {**EINC, **PEERS}
    costs: Costs = json.loads(arguments.save.read_text()) if arguments.save and arguments.save.exists() else {}
    engine.walk_for(engine.COMPILES_WITHIN)
    for budget in arguments.budgets:
        for name, find in finders.items():
            done = costs.setdefault(f"{budget:g}", {}).setdefault(name, {})
            for instance in track(instances, f"{name}, {budget:g} s", transient=True):
                if instance.name not in done:
                    done[instance.name] = measured(find, instance, budget)
            if arguments.save:
                arguments.save.write_text(json.dumps(costs, indent=1))
    costs = {budget: costs[budget] for budget in sorted(costs, key=float)}
    tables = (mean_gaps(instances, costs), against_peers(instances, costs), each(instances, costs))
    Console().print(*tables)
    if arguments.tables:
        with arguments.tables.open("w") as file:
            Console(file=file, width=WIDTH).print(*tables)


def measured(find: Find, instance: Instance, budget: float) -> float:
    """The cost of the path found in time, else infinity."""
    start = perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            path = find(instance, budget)
    except Exception:  # whatever a peer raises: it has found nothing
        return float("inf")
    return log10_macs(instance, path) if perf_counter() - start <= 2 * budget + 0.05 else float("inf")


def gap(instance: Instance, cost: float) -> float:
    """How far a cost is above the best known, 5 at most."""
    return min(WORST, cost - instance.best)


def best_of_peers(costs: Mapping[str, Mapping[str, float]], instance: Instance) -> float:
    """The least cost of all peers."""
    return min((found[instance.name] for name, found in costs.items() if name not in EINC), default=float("inf"))


def mean_gaps(instances: Iterable[Instance], costs: Costs) -> Table:
    """A table of mean gaps, a row for each finder."""
    large = [instance for instance in instances if len(instance.inputs) >= LARGE]
    table = Table("", *(f"{budget} s" for budget in costs), box=MARKDOWN)
    table.title = f"mean gap to the best known, {len(large)} instances of {LARGE} tensors or more"
    for name in next(iter(costs.values())):
        means = [fmean(gap(instance, found[name][instance.name]) for instance in large) for found in costs.values()]
        table.add_row(name, *(f"{mean:.3f}" for mean in means))
    of_all = [fmean(gap(instance, best_of_peers(found, instance)) for instance in large) for found in costs.values()]
    table.add_row("peers at best", *(f"{mean:.3f}" for mean in of_all))
    on_record = [
        fmean(gap(instance, instance.peers.get(float(budget), float("inf"))) for instance in large) for budget in costs
    ]
    table.add_row("peers on record", *(f"{mean:.3f}" for mean in on_record))
    return table


def against_peers(instances: Iterable[Instance], costs: Costs) -> Table:
    """A table of shares: how often einc is not behind the peers' best, optimal, or at what was published."""
    every = list(instances)
    large = [instance for instance in every if len(instance.inputs) >= LARGE]
    small = [instance for instance in every if len(instance.inputs) <= 8]
    published = [instance for instance in every if instance.published is not None]
    table = Table("", *(f"{budget} s" for budget in costs), box=MARKDOWN, title="einc, with numba")
    rows = (
        ("at most 0.05 behind the peers' best, at best or on record", large, _not_behind),
        ("optimal, of 8 tensors or fewer", small, lambda instance, found, _: found <= instance.best + 1e-3),
        ("the published best matched", published, lambda instance, found, _: found <= instance.published + MATCHED),
    )
    for label, chosen, holds in rows:
        counts = [
            sum(holds(instance, found["einc"][instance.name], (budget, found)) for instance in chosen)
            for budget, found in costs.items()
        ]
        table.add_row(label, *(f"{count} of {len(chosen)}" for count in counts))
    return table


def _not_behind(instance: Instance, found: float, peers: tuple[str, Mapping[str, Mapping[str, float]]]) -> bool:
    budget, costs = peers
    best = min(best_of_peers(costs, instance), instance.peers.get(float(budget), float("inf")))
    return found <= best + NEAR


def each(instances: Iterable[Instance], costs: Costs) -> Table:
    """A table of every instance: what is known, and what einc finds."""
    table = Table("instance", "tensors", "best known", "published", box=MARKDOWN)
    for budget in costs:
        table.add_column(f"einc, {budget} s")
        table.add_column(f"peers, {budget} s")
    for instance in instances:
        cells = []
        for found in costs.values():
            cells += [f"{found['einc'][instance.name]:.2f}", f"{best_of_peers(found, instance):.2f}"]
        known = f"{instance.best:.2f}", "" if instance.published is None else f"{instance.published:.2f}"
        table.add_row(instance.name, str(len(instance.inputs)), *known, *cells)
    return table


if __name__ == "__main__":
    main()
