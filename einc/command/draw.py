"""`einc draw`."""

from __future__ import annotations

import argparse

from einc.command.arguments import add_expression, add_json, add_library, add_optimize
from einc.command.asked import planned
from einc.command.commands import OK
from einc.command.printing import print_json

PICTURES = ("tree", "network", "memory")  # the kinds of `einc.draw`, which is loaded when one is drawn


def add(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    add_expression(parser)
    add_library(parser)
    add_optimize(parser)
    parser.add_argument("--output", "-o", required=True, metavar="FILE", help="to write: .svg, .png or .pdf")
    parser.add_argument("--kind", choices=PICTURES, default=PICTURES[0], help=f"what to draw ({PICTURES[0]})")
    parser.add_argument("--dark", action="store_true", help="on a dark ground")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Write a picture."""
    compiled = planned(options, options.optimize, options.library)
    compiled.draw(options.output, options.kind, dark=options.dark)
    if options.json:
        print_json({"expression": str(compiled.expression), "kind": options.kind, "file": options.output})
    return OK
