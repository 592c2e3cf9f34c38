"""Where and when something was measured: the processor, versions of everyone, the commit."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from einc.diagnosing import diagnosis

PEERS = ("numpy", "torch", "opt_einsum", "cotengra", "cotengrust", "einops", "jax", "sesum", "numba")


def machine() -> dict[str, str]:
    """As texts, by name."""
    found = diagnosis()
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _commit(),
        "machine": found.machine,
        "processors": str(os.cpu_count()),
        "python": found.python,
        "einc": found.packages["einc"],
        **{name: _version(name) for name in PEERS},
        **{f"BLAS of {name}": blas for name, blas in found.blas.items()},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _commit() -> str:
    """Of the checkout; nothing outside of one."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
