"""A run of a suite in a process of its own, as the number of threads is told to libraries before they are loaded."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.conftest import THREADS
from benchmarks.rows import Row, from_json

SUITES = Path(__file__).parent / "suites"
ROOT = Path(__file__).parent.parent
VARIABLES = (
    THREADS,
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "MAX_NUM_THREADS_SESUM",
    "COTENGRA_NUM_WORKERS",
)
ONE_IN_XLA = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1", "NPROC": "1"}
NONE_CHOSEN = 5  # pytest's status when no test was
DONE = re.compile(r"::(?P<case>.*) (PASSED|FAILED|ERROR|SKIPPED).*\[\s*(?P<percent>\d+)%\]")


@dataclass(frozen=True)
class Session:
    """What is measured in one process.

    Attributes:
        suite: its name.
        threads: how many, for all libraries.
        marked: which cases, as an expression of pytest's marks.
        named: a text that their names have in them.
        rounds: how often each competitor takes its turn.
    """

    suite: str
    threads: int
    marked: str
    named: str
    rounds: int


def run(session: Session, progress: Callable[[float, str], object]) -> tuple[tuple[Row, ...], str]:
    """The rows of a session, and what pytest had to say if something failed.

    Args:
        session: what to measure.
        progress: told how many per cent are done, and the case.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder, "benchmarks.json")
        said = []
        with subprocess.Popen(
            _command(session, file), cwd=ROOT, env=_environment(session.threads), stdout=subprocess.PIPE, text=True
        ) as process:
            for line in process.stdout or ():
                said.append(line)
                if match := DONE.search(line):
                    progress(float(match["percent"]), match["case"])
        found = json.loads(file.read_text())["benchmarks"] if file.exists() and file.stat().st_size else []
    failed = process.returncode not in (0, NONE_CHOSEN)
    rows = tuple(from_json(row) for one in found for row in one["extra_info"]["rows"])
    return rows, "".join(said) if failed else ""


def _command(session: Session, file: Path) -> list[str]:
    pytest = [
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "--no-header",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-W",
        "ignore",
    ]
    chosen = ["-m", session.marked, f"--named={session.named}", "--rounds", str(session.rounds)]
    return [*pytest, "--benchmark-quiet", f"--benchmark-json={file}", *chosen, str(SUITES / f"test_{session.suite}.py")]


def _environment(threads: int) -> dict[str, str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    own = dict.fromkeys(VARIABLES, str(threads))
    return {**outside, **own, **(ONE_IN_XLA if threads == 1 else {}), "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
