"""A progress bar for a search, where rich is installed."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import TypeAlias

Report: TypeAlias = Callable[[float], None]  # of the binary logarithm of the best cost so far

WORTH_IT = 1.0  # seconds, for a bar nobody asked for


@contextmanager
def progress(wanted: bool | None, seconds: float) -> Iterator[Report]:
    """Show how a search goes on, if wanted; None wants it on a terminal, for searches that take a while."""
    shown = sys.stderr.isatty() and seconds > WORTH_IT if wanted is None else wanted
    if not shown or find_spec("rich") is None:
        yield lambda _: None
        return
    rich = import_module("rich.progress")
    console = import_module("rich.console").Console(stderr=True, force_terminal=wanted)
    columns = ("contraction order", rich.BarColumn(), rich.TimeElapsedColumn(), "{task.description}")
    with rich.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=seconds)

        def report(cost: float) -> None:
            best = f"best cost so far 10^{cost * math.log10(2):.2f}"
            bar.update(task, description=best, completed=bar.tasks[0].elapsed)

        yield report
