"""`einc bench`."""

from __future__ import annotations

import argparse

from einc.bench import bench
from einc.command.arguments import add_expression, add_json, add_library, add_optimize, rounds
from einc.command.asked import planned
from einc.command.commands import OK
from einc.command.printing import print_json


def add(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    add_expression(parser)
    add_library(parser)
    add_optimize(parser)
    parser.add_argument("--rounds", type=rounds, default=30, metavar="N", help="how often each is timed (30)")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Time an expression beside its peers."""
    compiled = planned(options, options.optimize, options.library)
    found = bench(compiled, options.expression, options.shapes, options.library, options.rounds)
    print_json(found.as_dict()) if options.json else print(found)
    return OK
