"""`einc explain`."""

from __future__ import annotations

import argparse

from einc.command.arguments import add_expression, add_json, add_library, add_optimize
from einc.command.asked import planned
from einc.command.commands import OK
from einc.command.printing import coloured, print_json
from einc.report import console_width, page, text


def add(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    add_expression(parser)
    add_library(parser)
    add_optimize(parser)
    parser.add_argument("--source", action="store_true", help="print the source, too")
    parser.add_argument("--html", action="store_true", help="print a page instead")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print an explanation."""
    explanation = planned(options, options.optimize, options.library).explain()
    if options.json:
        print_json(explanation.as_dict())
    elif options.html:
        print(page(explanation))
    else:
        print(text(explanation, console_width(), coloured()))
        if options.source:
            print(f"\n{explanation.source}", end="")
    return OK
