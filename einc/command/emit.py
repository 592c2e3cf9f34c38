"""`einc emit`."""

from __future__ import annotations

import argparse
from pathlib import Path

from einc.command.arguments import add_expression, add_json, add_library, add_optimize
from einc.command.asked import planned
from einc.command.commands import OK
from einc.command.printing import print_json


def add(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    add_expression(parser)
    add_library(parser)
    add_optimize(parser)
    parser.add_argument("--typed", action="store_true", help="with type hints")
    parser.add_argument("--output", "-o", type=Path, metavar="FILE", help="instead of the terminal")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print a module, or write it to a file."""
    compiled = planned(options, options.optimize, options.library)
    module = compiled.source(typed=options.typed)
    if options.output is not None:
        options.output.write_text(module, encoding="utf-8")
    if options.json:
        print_json({"expression": str(compiled.expression), "library": options.library, "source": module})
    elif options.output is None:
        print(module, end="")
    return OK
