"""Real contraction networks, with the best orders known for them."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "data" / "paths"
PEERS_MEASURED = {0.01: "0.01s", 0.1: "0.1s", 1.0: "1s", 10.0: "10s"}


@dataclass(frozen=True)
class Instance:
    """A network, and base-10 logarithms of multiply-adds: the fewest known, published, and found by peers in time.

    `terms` and `result` have the indices of every tensor, and of the output, in the order of their axes.
    """

    name: str
    terms: tuple[tuple[int, ...], ...]
    result: tuple[int, ...]
    inputs: tuple[frozenset[int], ...]
    output: frozenset[int]
    sizes: dict[int, int]
    repeated: tuple[bool, ...]
    best: float
    published: float | None
    peers: dict[float, float]


def load() -> list[Instance]:
    """All instances, by name."""
    return [_read(file) for file in sorted(FOLDER.glob("*.json"))]


def _read(file: Path) -> Instance:
    data = json.loads(file.read_text(encoding="utf-8"))
    peers = data["peers_best_log10_macs"]
    return Instance(
        name=data["name"],
        terms=tuple(map(tuple, data["inputs"])),
        result=tuple(data["output"]),
        inputs=tuple(map(frozenset, data["inputs"])),
        output=frozenset(data["output"]),
        sizes=dict(enumerate(data["sizes"])),
        repeated=tuple(len(set(term)) < len(term) for term in data["inputs"]),
        best=data["best_log10_macs"],
        published=data["published_log10_macs"],
        peers={seconds: peers[key] for seconds, key in PEERS_MEASURED.items() if key in peers},
    )


def log10_macs(instance: Instance, path: Sequence[Sequence[int]]) -> float:
    """The multiply-adds of a path in opt_einsum's linear format.

    Every tensor is first reduced on its own, where it has a diagonal or an index found nowhere else; then
    each pair costs the points of all indices it touches.

    Raises:
        ValueError: for a path that is none.
    """
    uses = Counter(index for term in instance.inputs for index in term)
    total, live = 0, []
    for term, repeated in zip(instance.inputs, instance.repeated):
        kept = frozenset(index for index in term if uses[index] > 1 or index in instance.output)
        if repeated or kept < term:
            total += _points(instance, term)
        uses.subtract(term - kept)
        live.append(kept)
    for step in path:
        if len(step) == 1:  # which only changes its place
            live.append(live.pop(step[0]))
            continue
        if len(set(step)) != 2:
            raise ValueError(f"{step} is no pair")
        pair = [live.pop(position) for position in sorted(step, reverse=True)]
        uses.subtract(pair[0])
        uses.subtract(pair[1])
        touched = pair[0] | pair[1]
        total += _points(instance, touched)
        live.append(frozenset(index for index in touched if uses[index] or index in instance.output))
        uses.update(live[-1])
    if len(live) != 1 or live[0] != instance.output:
        raise ValueError("the path does not end in the output")
    return math.log10(max(1, total))


def _points(instance: Instance, indices: frozenset[int]) -> int:
    return math.prod(instance.sizes[index] for index in indices)
