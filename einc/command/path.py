"""`einc path`."""

from __future__ import annotations

import argparse

from einc.backends import NUMPY
from einc.command.arguments import add_expression, add_json, bytes_of
from einc.command.asked import planned
from einc.command.commands import OK
from einc.command.printing import print_json
from einc.plan import COSTS, Planner
from einc.report import console_width, summary, wrapped

FACTS = ("expression", "path", "macs", "naive_macs", "left_to_right_macs", "largest_intermediate", "peak", "slices")


def add(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    add_expression(parser)
    parser.add_argument("--budget", type=float, default=1.0, metavar="SECONDS", help="for the search (1)")
    costs = [name.replace(" ", "-") for name in COSTS]
    parser.add_argument("--minimize", choices=costs, default="flops", help="what is to be small (flops)")
    parser.add_argument("--memory-limit", type=bytes_of, metavar="BYTES", help="of all intermediates, such as 4GiB")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of all chances (0)")
    parser.add_argument("--cache", metavar="FOLDER", help="where orders are kept for later")
    parser.add_argument("--progress", action=argparse.BooleanOptionalAction, help="whether to show a progress bar")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print the best order found, and what it costs."""
    planner = Planner(
        budget=options.budget,
        minimize=options.minimize.replace("-", " "),
        memory_limit=options.memory_limit,
        seed=options.seed,
        cache=options.cache,
        progress=False if options.progress is None and options.json else options.progress,
    )
    explanation = planned(options, planner, NUMPY.name).explain()
    if options.json:
        facts = explanation.as_dict()
        print_json({name: facts[name] for name in (*FACTS, "planner", "optimal")})
    else:
        expression, *others = summary(explanation)
        lines = [expression.removesuffix(f"    {explanation.library}, {explanation.dtype}"), *others]
        print(*wrapped(lines, console_width()), explanation.path, sep="\n")
    return OK
