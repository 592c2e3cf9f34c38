"""What this machine's time costs, as `einc.calibrate` has measured and kept it."""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from pathlib import Path

from einc.plan.cost import TIME, Cost


def folder() -> Path:
    """Where einc keeps what it measured: the user's cache folder."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given) / "einc"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "einc"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "einc"


@cache
def measured() -> Cost | None:
    """Seconds on this machine, if they were measured."""
    try:
        kept = json.loads((folder() / "calibration.json").read_text(encoding="utf-8"))
        return Cost(macs=float(kept["macs"]), moved=float(kept["moved"]), step=float(kept["step"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


@cache
def time_cost() -> Cost:
    """Seconds on this machine, if they were measured; else on a typical one."""
    return measured() or TIME


def keep(cost: Cost) -> None:
    """Keep a measured cost for this and later processes."""
    folder().mkdir(parents=True, exist_ok=True)
    terms = {"macs": cost.macs, "moved": cost.moved, "step": cost.step}
    unfinished = folder() / f"calibration.{os.getpid()}"
    unfinished.write_text(json.dumps(terms), encoding="utf-8")
    unfinished.replace(folder() / "calibration.json")
    forget()


def forget() -> None:
    """Look anew for what was measured."""
    measured.cache_clear()
    time_cost.cache_clear()
