"""What it costs to keep a limit by slices, on real networks.

    python -m benchmarks.slices [--budget 10] [--limits 30 27] [--over 9]

One core. For every instance whose best order makes an intermediate of more than two to the power of a limit, by so
many bits at most: the multiply-adds of all slices, over those of the best order without a limit in the same time.
"""

from __future__ import annotations

import argparse
from math import log2

from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table

import einc
from benchmarks.instances import load
from einc.plan.clock import Clock
from einc.plan.cost import FLOPS
from einc.plan.engine import walk_for
from einc.plan.network import largest, network_of, step_costs
from einc.plan.search import Search
from einc.plan.slicing import Slicing


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--budget", type=float, default=10.0, help="seconds for each search")
    parser.add_argument("--limits", type=int, nargs="+", default=[30, 27], help="bits of elements")
    parser.add_argument("--over", type=float, default=9.0, help="bits over the limit, at most")
    arguments = parser.parse_args()
    table = Table("instance", "limit", "bits over", "sliced", "of the best order's", box=MARKDOWN)
    table.title = f"multiply-adds in slices, einc {einc.__version__}, {arguments.budget:g} s"
    search = Search(FLOPS, walk_for(arguments.budget))
    for instance in track(load(), "sliced", transient=True):
        network = network_of(instance.inputs, instance.output, instance.sizes)
        pairs = search(network, Clock(arguments.budget))
        best, widest = FLOPS.of_tree(step_costs(network, pairs, FLOPS)), largest(network, pairs)
        for limit in arguments.limits:
            if 0 < widest - limit <= arguments.over:
                found = Slicing(search, limit)(network, Clock(arguments.budget))
                slices = sum(log2(network.sizes[bit]) for bit in range(len(network.sizes)) if found.indices >> bit & 1)
                ratio = 2 ** (found.total - best)
                cells = f"2^{limit}", f"{widest - limit:.1f}", f"2^{slices:.0f}", f"{ratio:,.2f}"
                table.add_row(instance.name, *cells)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
