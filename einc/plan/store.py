"""Trees that were found before: in memory, and in a folder where one is given."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock

from einc.plan.canonical import Canonical, renumbered
from einc.plan.network import Pairs

REMEMBERED = 512  # trees in memory
FILES = 4096  # trees in a folder

Kept = tuple[float, Pairs]  # the effort a tree took, and its pairs as the canonical form numbers tensors


class Store:
    """Trees by the canonical form of their network and by what was minimized.

    Safe from several threads, and a folder from several processes: files appear whole.
    """

    def __init__(self) -> None:
        self._trees: OrderedDict[str, Kept] = OrderedDict()
        self._lock = Lock()

    def clear(self) -> None:
        """Forget all trees in memory."""
        with self._lock:
            self._trees.clear()

    def find(self, name: str, network: Canonical, effort: float, folder: Path | None) -> Pairs | None:
        """A tree that was found with at least this effort."""
        with self._lock:
            kept = self._trees.get(name)
            if kept is not None:
                self._trees.move_to_end(name)
        if folder is not None and (kept is None or kept[0] < effort):
            kept = _read(folder / f"{name}.json", len(network.order)) or kept
        return renumbered(kept[1], network.order) if kept is not None and kept[0] >= effort else None

    def keep(self, name: str, network: Canonical, effort: float, pairs: Pairs, folder: Path | None) -> None:
        """Remember a tree, and write it to the folder."""
        place = [0] * len(network.order)
        for at, tensor in enumerate(network.order):
            place[tensor] = at
        kept = effort, renumbered(pairs, place)
        with self._lock:
            self._trees[name] = kept
            while len(self._trees) > REMEMBERED:
                self._trees.popitem(last=False)
        if folder is not None:
            _write(folder, name, kept)


def _read(file: Path, tensors: int) -> Kept | None:
    """What a file holds; nothing, where there is none or it holds no tree of so many tensors."""
    try:
        effort, pairs = json.loads(file.read_text(encoding="utf-8"))
        kept = float(effort), [(int(left), int(right)) for left, right in pairs]
    except (OSError, ValueError, TypeError):
        return None
    return kept if _is_tree(kept[1], tensors) else None


def _is_tree(pairs: Sequence[tuple[int, int]], tensors: int) -> bool:
    nodes = [node for pair in pairs for node in pair]
    made_before = all(max(pair) < tensors + number for number, pair in enumerate(pairs))
    return made_before and sorted(nodes) == list(range(2 * tensors - 2))


def _write(folder: Path, name: str, kept: Kept) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=folder, suffix=".part", delete=False, encoding="utf-8") as file:
        json.dump(kept, file)
    os.replace(file.name, folder / f"{name}.json")
    files = sorted(folder.glob("*.json"), key=_age)
    for old in files[: max(0, len(files) - FILES)]:
        old.unlink(missing_ok=True)


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:  # another process has removed it
        return 0.0
