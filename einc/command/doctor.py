"""`einc doctor`."""

from __future__ import annotations

import argparse

from einc.command.arguments import add_json
from einc.command.commands import OK
from einc.command.printing import print_json
from einc.diagnosing import diagnosis


def add(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print what einc stands on."""
    found = diagnosis()
    print_json(found.as_dict()) if options.json else print(found)
    return OK
