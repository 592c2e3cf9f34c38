"""`einc check`."""

from __future__ import annotations

import argparse
from pathlib import Path

from einc.command.arguments import add_json
from einc.command.commands import FOUND, MISTAKE, OK
from einc.command.printing import print_json
from einc.survey import KINDS, survey


def add(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="Python files, and folders of them")
    parser.add_argument("--select", choices=KINDS, action="append", metavar="KIND", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--everywhere", action="store_true", help="texts, too, that are in no call")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print what was found."""
    found = survey(options.paths, options.select or KINDS, options.everywhere)
    print_json(found.as_dict()) if options.json else print(found)
    if {*found.unreadable} & {*map(str, options.paths)}:  # what is asked for by its own name has to be read
        return MISTAKE
    return FOUND if found.findings else OK
