"""The nouns of a measurement: rows of ratios, and the results of a run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any, NamedTuple

from einc.turns import REFERENCE_AGAIN, Timing


@dataclass(frozen=True)
class Ratio:
    """The time of another over einc's: the median of all rounds, and its quartiles."""

    median: float
    low: float
    high: float


# Beside einc for context only: no library that one could take instead.
CONTEXT = frozenset({"by hand", "jax, jitted", "einc.einsum", "einc.torch.patch", "einc, other library"})


def ratio_of(rounds: Iterable[float]) -> Ratio:
    """From the ratios of all rounds, two at least."""
    low, median, high = quantiles(rounds, n=4, method="inclusive")
    return Ratio(median, low, high)


class Key(NamedTuple):
    """What was measured."""

    suite: str
    case: str
    library: str
    setting: str
    threads: str = ""


@dataclass(frozen=True)
class Row:
    """What a case took.

    Attributes:
        key: what was measured: the suite, the case, the library, the type or size where a case has several, and
            how many threads.
        family: of cases like it.
        microseconds: that einc took, the median of all rounds.
        ratios: by name of a peer, its time over einc's: above one, einc is faster. That of `REFERENCE_AGAIN` is einc
            once more, and tells the noise.
        missing: by name of a peer, why it has no ratio.
    """

    key: Key
    family: str
    microseconds: float
    ratios: Mapping[str, Ratio]
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def peers(self) -> dict[str, Ratio]:
        """Without einc once more, and what is there for context only."""
        return {name: ratio for name, ratio in self.ratios.items() if name != REFERENCE_AGAIN and name not in CONTEXT}

    @property
    def best(self) -> str:
        """The peer that was quickest."""
        return min(self.peers, key=lambda name: self.ratios[name].median)


@dataclass(frozen=True)
class Results:
    """What a run found, and where."""

    machine: Mapping[str, str]
    rows: tuple[Row, ...]


def row_of(key: Key, family: str, timings: Mapping[str, Timing], missing: Mapping[str, str]) -> Row:
    """A row, from timings whose first is einc's."""
    own, *others = timings
    ratios = {name: Ratio(timings[name].ratio, timings[name].low, timings[name].high) for name in others}
    return Row(key, family, timings[own].microseconds, ratios, missing)


def as_json(row: Row) -> dict[str, Any]:
    """As `json` can write it."""
    return {**asdict(row), "key": row.key._asdict()}


def from_json(data: Mapping[str, Any]) -> Row:
    """What `as_json` made."""
    ratios = {name: Ratio(**ratio) for name, ratio in data["ratios"].items()}
    return Row(Key(**data["key"]), data["family"], data["microseconds"], ratios, data["missing"])


def save(results: Results, file: Path) -> None:
    """Write results as JSON, a row on a line."""
    lines = ",\n".join(json.dumps(as_json(row)) for row in results.rows)
    file.write_text(f'{{"machine": {json.dumps(dict(results.machine), indent=1)},\n"rows": [\n{lines}\n]}}\n')


def load(file: Path) -> Results:
    """Read what `save` wrote."""
    data = json.loads(file.read_text())
    return Results(data["machine"], tuple(map(from_json, data["rows"])))
