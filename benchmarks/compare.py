"""Two results beside each other, and which differences exceed the noise.

    python -m benchmarks.compare OLD.json NEW.json

Only ratios are compared, as times of different days are not. A ratio has changed where its quartiles in the two results
do not touch, and where it differs by more than einc differed from itself in the same row, in either result, and by more
than a tenth, which the same code differs by from one process to the next.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from math import log
from pathlib import Path

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from benchmarks.rows import Key, Ratio, Results, Row, load
from einc.turns import REFERENCE_AGAIN

PROCESSES = 1.1
UNKNOWN = 1.25


@dataclass(frozen=True)
class Change:
    """A ratio that was one and is another: above one, `factor` says einc gained on the peer."""

    key: Key
    peer: str
    old: Ratio
    new: Ratio

    @property
    def factor(self) -> float:
        """New over old."""
        return self.new.median / self.old.median


def changes(old: Results, new: Results) -> Iterator[Change]:
    """All ratios that exceed the noise."""
    before = {row.key: row for row in old.rows}
    for row in new.rows:
        if (was := before.get(row.key)) is None:
            continue
        for peer in row.peers.keys() & was.peers.keys():
            change = Change(row.key, peer, was.ratios[peer], row.ratios[peer])
            if _apart(change) and abs(log(change.factor)) > max(log(PROCESSES), _noise(was), _noise(row)):
                yield change


def _apart(change: Change) -> bool:
    return change.old.high < change.new.low or change.new.high < change.old.low


def _noise(row: Row) -> float:
    """How far einc was from itself: the median, or a quartile that is farther; a quarter, where it ran only once."""
    if (again := row.ratios.get(REFERENCE_AGAIN)) is None:
        return log(UNKNOWN)
    return max(abs(log(value)) for value in (again.low, again.median, again.high))


def table(found: list[Change]) -> Table:
    """The changes, those for the worse first."""
    made = Table("case", "library", "setting", "threads", "peer", "was", "is", "factor", box=MARKDOWN)
    for change in sorted(found, key=lambda change: change.factor):
        key = change.key
        ratios = f"{change.old.median:.2f}", f"{change.new.median:.2f}", f"{change.factor:.2f}"
        made.add_row(f"{key.suite}: {key.case}", key.library, key.setting, key.threads, change.peer, *ratios)
    return made


def main() -> None:
    """Compare and print; exit status 1 if einc fell behind anywhere by more than noise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    arguments = parser.parse_args()
    old, new = load(arguments.old), load(arguments.new)
    console = Console(width=None if sys.stdout.isatty() else 200)
    for name in old.machine.keys() & new.machine.keys():
        if old.machine[name] != new.machine[name]:
            console.print(f"{name}: {old.machine[name]} → {new.machine[name]}", highlight=False)
    shared = {row.key for row in old.rows} & {row.key for row in new.rows}
    found = list(changes(old, new))
    console.print(f"{len(shared)} rows in both; {len(found)} ratios differ by more than the noise", highlight=False)
    if found:
        console.print(table(found))
    raise SystemExit(any(change.factor < 1 for change in found))


if __name__ == "__main__":
    main()
