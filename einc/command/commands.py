"""The commands: what each prints, and how it is typed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

OK, FOUND, MISTAKE = 0, 1, 2  # what a command answers
COMPLETION = "completion"


@dataclass(frozen=True, slots=True)
class Command:
    """One command, whose file has its name; that is loaded when it is taken, so that what others need is not.

    In the file, `add(parser)` says what the command takes, and `run(options)` does it and tells the exit status.

    Attributes:
        name: as it is typed.
        summary: what it prints, in one line that follows `verb`.
        examples: as they are typed.
    """

    name: str
    summary: str
    examples: tuple[str, ...]
    verb: str = "Print"

    def add(self, parser: argparse.ArgumentParser) -> None:
        """Put what it takes on a parser."""
        import_module(f"einc.command.{self.name}").add(parser)

    def run(self, options: argparse.Namespace) -> int:
        """Do it, and tell the exit status."""
        status: int = import_module(f"einc.command.{self.name}").run(options)
        return status


PRODUCT = '"bik,bkj->bij" 8x64x32 8x32x16'
CHAIN = '"ij,jk,kl,lm->im" 8x512 512x4 4x256 256x8'
COMMANDS: Mapping[str, Command] = {
    command.name: command
    for command in (
        Command(
            "explain",
            "what is done with operands of these shapes, step by step, and what it costs",
            (f"einc explain {PRODUCT}", f"einc explain {PRODUCT} --library torch --source"),
        ),
        Command(
            "path",
            "an order of contraction, by a search as long as wanted",
            (f"einc path {CHAIN} --budget 10 --memory-limit 4GiB", f"einc path {CHAIN} --minimize time --json"),
        ),
        Command(
            "emit",
            "a module to keep, which runs without einc",
            (f"einc emit {PRODUCT} --library torch --typed -o product.py",),
        ),
        Command(
            "draw",
            "the order of contraction, the network or the memory as a picture",
            (f"einc draw {CHAIN} -o tree.svg", f"einc draw {CHAIN} --kind memory --dark -o memory.png"),
            verb="Write",
        ),
        Command(
            "bench",
            "how long this takes beside the same in other libraries",
            (f"einc bench {PRODUCT} --library numpy",),
        ),
        Command(
            "check",
            "what is wrong, or slow, with the einsum calls of a source tree",
            ("einc check src tests", "einc check src --select invalid --json"),
        ),
        Command(
            "verify",
            "whether results and gradients are what the definition says",
            ('einc verify "b (h d), h d out -> b out" -n 200',),
        ),
        Command("doctor", "what einc stands on here, and what could be better", ("einc doctor",)),
    )
}
