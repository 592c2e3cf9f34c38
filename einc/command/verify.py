"""`einc verify`."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from einc.command.arguments import add_expression, add_json, add_optimize
from einc.command.asked import compiled
from einc.command.commands import FOUND, OK
from einc.command.printing import print_json


def add(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    add_expression(parser, shapes=False)
    add_optimize(parser)
    parser.add_argument("-n", type=int, default=100, metavar="N", help="problems to draw (100)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of all chances (0)")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Hold an expression to the definition."""
    found = compiled(options, options.optimize).verify(options.n, seed=options.seed)
    print_json(asdict(found)) if options.json else print(found)
    return OK if found else FOUND
