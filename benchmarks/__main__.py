"""einc beside its peers: every suite, with tables and pictures.

    python -m benchmarks [--quick] [--suites calls lowering ...] [--named TEXT] [--threads 1 2] [--out FOLDER]

Writes `results.json`, `results.md`, each table in a file of its own, and pictures, as PNG and SVG. Each number of
threads is measured in a process of its own; small work is measured on one thread only.
"""

from __future__ import annotations

import argparse
import os
import sys
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Column

from benchmarks.machine import machine
from benchmarks.plots import draw
from benchmarks.rows import Results, Row, save
from benchmarks.session import SUITES, Session, run
from benchmarks.tables import machine_table, markdown, summary, tables

ALL = [file.stem.removeprefix("test_") for file in sorted(SUITES.glob("test_*.py"))]
RESULTS = Path(__file__).parent / "results"
ROUNDS, QUICK_ROUNDS = 15, 7


def main() -> None:
    """Measure, write and print."""
    arguments = _arguments()
    out = arguments.out or RESULTS / ("quick" if arguments.quick else "cpu")
    console = Console(width=None if sys.stdout.isatty() else 160)
    rows, problems = measured(_sessions(arguments), Console(stderr=True))
    for problem in problems:
        console.print(problem, highlight=False, markup=False)
    if not rows:
        raise SystemExit("nothing was measured")
    results = Results(machine(), rows)
    out.mkdir(parents=True, exist_ok=True)
    save(results, out / "results.json")
    (out / "results.md").write_text(markdown(results))
    for name, table in tables(results).items():
        (out / f"{name}.md").write_text(table)
    pictures = draw(results, out)
    console.print(machine_table(results), summary(rows))
    console.print(f"{out / 'results.md'}, {out / 'results.json'} and {len(pictures)} pictures", highlight=False)
    raise SystemExit(bool(problems))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few cases of each suite, in less than three minutes")
    parser.add_argument("--suites", nargs="+", default=ALL, choices=ALL)
    parser.add_argument("--named", default="", help="only cases whose name has this text in it")
    parser.add_argument("--threads", nargs="+", type=int, default=sorted({1, os.cpu_count() or 1}))
    parser.add_argument("--rounds", type=int, help=f"turns of each competitor ({ROUNDS}; {QUICK_ROUNDS} when quick)")
    parser.add_argument("--out", type=Path, help="a folder (benchmarks/results/cpu; quick when quick)")
    return parser.parse_args()


def _sessions(arguments: argparse.Namespace) -> list[Session]:
    """One for each suite and number of threads."""
    chosen = "quick and not full" if arguments.quick else "quick or not quick"
    rounds = arguments.rounds or (QUICK_ROUNDS if arguments.quick else ROUNDS)
    return [
        Session(suite, threads, chosen if threads == 1 else f"({chosen}) and threads", arguments.named, rounds)
        for suite in arguments.suites
        for threads in arguments.threads
    ]


def measured(sessions: list[Session], console: Console) -> tuple[tuple[Row, ...], list[str]]:
    """The rows of all sessions, and what was said of those that failed."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[case]}", table_column=Column(no_wrap=True)),
    )
    found = []
    with Progress(*columns, console=console, transient=True) as progress:
        for session in sessions:
            task = progress.add_task(f"{session.suite}, {session.threads} thread(s)", total=100, case="")
            found.append(run(session, lambda done, case, task=task: progress.update(task, completed=done, case=case)))
            progress.update(task, completed=100, case="")
    return tuple(chain.from_iterable(rows for rows, _ in found)), [problem for _, problem in found if problem]


if __name__ == "__main__":
    main()
