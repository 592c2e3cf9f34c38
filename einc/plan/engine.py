"""Which of the two walks a search takes: in plain Python, or compiled by numba where that pays."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Lock, Thread

from einc.plan.rotations import Walk
from einc.plan.search import MakeWalk

PAYS = 1.0  # seconds of budget: to import numba and load what it keeps on disk takes about a third of one
COMPILES_WITHIN = 60.0  # seconds of budget, of which compiling takes less than ten
LOADING, COMPILING = 0.5, 10.0  # seconds that these take, about


class Spent:
    """Seconds, counted in all threads."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._lock = Lock()

    def add(self, seconds: float) -> None:
        """Count some more."""
        with self._lock:
            self.seconds += seconds


_ready = Event()
_spent = Spent()  # by searches in plain Python


def walk_for(budget: float, compiled: bool | None = None) -> MakeWalk:
    """The walk for a search of so many seconds, compiled or not as asked; None asks for what pays.

    What numba compiles is kept on disk. Where it is not there yet, it is compiled beside the first search,
    for those that follow.

    Raises:
        ModuleNotFoundError: if the compiled walk is asked for, and numba is not installed.
    """
    if compiled is None and not _ready.is_set() and budget >= PAYS and _has_numba():
        compiled = True if budget >= COMPILES_WITHIN or _is_kept() else _compile_beside()
    if compiled or (compiled is None and _ready.is_set()):
        _load()
        make_walk: MakeWalk = import_module("einc.plan.compiled").Walk
        return make_walk
    return Walk


def walk_for_one_of_many(budget: float) -> MakeWalk:
    """The walk for a search that may wait until the compiled one is there.

    What is taken is loaded, or compiled, once searches in plain Python took as long as that takes: so all of them take
    twice as long as they have to at most, however many are still to come.
    """
    if _spent.seconds >= LOADING and not _ready.is_set() and _has_numba() and _is_kept():
        return walk_for(budget, compiled=True)
    return walk_for(PAYS if _spent.seconds >= COMPILING else budget)


def searched(make_walk: MakeWalk, seconds: float) -> None:
    """Count what a search took, if it was in plain Python."""
    if make_walk is Walk:
        _spent.add(seconds)


@cache
def _has_numba() -> bool:
    return find_spec("numba") is not None


def _is_kept() -> bool:
    """Whether numba has these kernels on disk, as they are now."""
    last = import_module("einc.plan.kernels.reslice")
    written = Path(str(last.__file__)).stat().st_mtime
    files = Path(str(last.anneal_and_slice.stats.cache_path)).glob("reslice.anneal_and_slice-*.nbi")
    return any(file.stat().st_mtime > written for file in files)


def _load() -> None:
    if not _ready.is_set():
        import_module("einc.plan.compiled").prepare()
        _ready.set()


@cache
def _compile_beside() -> None:
    """Start to compile; not yet what a search can take."""
    Thread(target=_load, name="einc compiles its search").start()
