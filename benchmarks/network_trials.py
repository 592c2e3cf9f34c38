"""Whether a competitor contracts a network within a time and a memory, found out in a process of its own."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.instances import Instance
from benchmarks.network_peers import COMPETITORS, cold

MEMORY = 8 * 2**30  # bytes
LOADING = 60.0  # seconds, for modules and operands
PAGES = Path("/proc/self/statm")
PAGE = 4096  # bytes


def refusal(instance: Instance, name: str, seconds: float) -> str:
    """Why a competitor does not contract a network in so many seconds, with what it loads; nothing where it does."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.network_peers", *COMPETITORS[name].needs])
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_try, args=(theirs, instance, name))
    process.start()
    theirs.close()
    try:
        if not ours.poll(LOADING):
            return "does not load"
        ours.recv()
        return str(ours.recv()) if ours.poll(seconds) else f"takes more than {seconds:.2g} s"
    except EOFError:
        return "its process died"
    finally:
        process.kill()
        process.join()


def _try(pipe: Connection, instance: Instance, name: str) -> None:
    call = cold(instance, [name])[name]
    _limit_memory()
    pipe.send("ready")
    try:
        call()
        pipe.send("")
    except BaseException as problem:  # whatever a peer raises, it is out of the race
        pipe.send(f"{type(problem).__name__}: {' '.join(str(problem).split())[:100]}")


def _limit_memory() -> None:
    """Let this process have so much memory beside what it has mapped, where the system can hold it to that."""
    if find_spec("resource") and PAGES.exists():
        resource = import_module("resource")
        mapped = int(PAGES.read_text().split()[0]) * PAGE
        resource.setrlimit(resource.RLIMIT_AS, (mapped + MEMORY, mapped + MEMORY))
