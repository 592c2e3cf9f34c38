"""What einc stands on here: versions, BLAS, threads, what was measured, and what could be better."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from einc.plan.measured import folder, measured

PACKAGES = ("einc", "numpy", "opt_einsum", "lark", "torch", "numba", "cotengrust", "rich", "matplotlib", "jax", "cupy")
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
WIDE = frozenset({"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"})  # what OpenBLAS's kernels for it need
NARROW = frozenset({"haswell", "zen", "sandybridge", "nehalem", "prescott", "core2", "excavator"})  # that use less
HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")  # the choice in brackets
TORCH_ASKS = "THP_MEM_ALLOC_ENABLE"  # whether torch asks for them, for its tensors


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found.

    Attributes:
        python: its version, and `machine` the processor and system.
        packages: versions of those that einc uses; empty for one that is not installed.
        blas: of NumPy, and of torch: name and version, and what the library takes the processor for if that can be
            told.
        threads: by who says so, how many.
        gpus: that torch sees.
        calibration: what `einc.calibrate` has measured here, if it has.
        hints: what could be better.
    """

    python: str
    machine: str
    packages: dict[str, str]
    blas: dict[str, str]
    threads: dict[str, str]
    gpus: tuple[str, ...]
    calibration: str
    hints: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """All fields, as `json` can write them."""
        return asdict(self)

    def __str__(self) -> str:
        there = "  ".join(f"{name} {version}" for name, version in self.packages.items() if version)
        missing = ", ".join(name for name, version in self.packages.items() if not version)
        rows = {
            "Python": f"{self.python}, {self.machine}",
            "packages": there,
            "not installed": missing or "nothing",
            **{f"BLAS of {name}": blas for name, blas in self.blas.items()},
            "threads": "  ".join(f"{name} {number}" for name, number in self.threads.items()),
            "GPU": ", ".join(self.gpus) or "none",
            "calibration": self.calibration,
        }
        widest = max(map(len, rows))
        lines = [f"{name.ljust(widest)}  {value}" for name, value in rows.items()]
        return "\n".join([*lines, *(f"hint: {hint}" for hint in self.hints)])


def doctor() -> Diagnosis:
    """Look at what einc stands on here, print it, and return it as a value."""
    found = diagnosis()
    print(found)
    return found


def diagnosis() -> Diagnosis:
    """What `doctor` prints."""
    packages = {name: _version(name) for name in PACKAGES}
    torch = import_module("torch") if find_spec("torch") else None
    blas, taken_for = _blas_of_numpy()
    blases = {"NumPy": blas}
    threads = {name: os.environ[name] for name in THREADS if name in os.environ}
    threads = {"processors": str(os.cpu_count()), **threads}
    gpus: tuple[str, ...] = ()
    if torch is not None:
        blases["torch"] = "MKL" if torch.backends.mkl.is_available() else "not MKL"
        threads["torch"] = str(torch.get_num_threads())
        gpus = tuple(torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count()))
    return Diagnosis(
        python=sys.version.split()[0],
        machine=f"{_processor()}, {sys.platform}",
        packages=packages,
        blas=blases,
        threads=threads,
        gpus=gpus,
        calibration=_calibration(),
        hints=tuple(_hints(packages, taken_for)),
    )


def _version(package: str) -> str:
    """Of a package; nothing where it is not installed. einc need not be: it may run from a checkout."""
    if package == "einc":
        return str(sys.modules[package].__version__)
    metadata = import_module("importlib.metadata")  # which is slow to load, and nobody else needs
    try:
        return str(metadata.version(package))
    except metadata.PackageNotFoundError:
        return ""


def _processor() -> str:
    """Its name, where the system tells."""
    for line in _cpuinfo():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return str(import_module("platform").machine())


def _cpuinfo() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _blas_of_numpy() -> tuple[str, str]:
    """What NumPy was built with, and what OpenBLAS takes the processor for, where it can be asked."""
    built: Any = np.show_config(mode="dicts")
    blas = built.get("Build Dependencies", {}).get("blas", {})
    name = f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()
    for library in _loaded("openblas"):
        for prefix, suffix in product(("scipy_", ""), ("64_", "", "_")):
            if (ask := getattr(library, f"{prefix}openblas_get_corename{suffix}", None)) is not None:
                ask.restype = import_module("ctypes").c_char_p
                taken_for = ask().decode()
                return f"{name}, for {taken_for}", taken_for
    return name, ""


def _loaded(part: str) -> Iterator[Any]:
    """The libraries of this process with this in their path, NumPy's own first, where the system lists them."""
    try:
        mapped = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    paths = {line.split(maxsplit=5)[5] for line in mapped if line.count(" ") >= 5 and part in line}
    for path in sorted(paths, key=lambda path: "numpy" not in path):
        with suppress(OSError):
            yield import_module("ctypes").CDLL(path)


def _huge_pages() -> str:
    """Who gets huge pages of memory: "always", "never", or those who ask, "madvise"; nothing where no system tells."""
    with suppress(OSError):
        return HUGE_PAGES.read_text(encoding="utf-8").partition("[")[2].partition("]")[0]
    return ""


def _calibration() -> str:
    if (cost := measured()) is None:
        return "none: a typical machine is assumed"
    rates = f"{1e-9 / cost.macs:.3g} G multiply-adds and {1e-9 / cost.moved:.3g} G elements a second"
    return f"{rates}, {1e6 * cost.step:.2g} µs a call ({folder() / 'calibration.json'})"


def _hints(packages: dict[str, str], taken_for: str) -> list[str]:
    hints = []
    flags = next((set(line.split()) for line in _cpuinfo() if line.startswith("flags")), set[str]())
    if flags >= WIDE and taken_for.lower() in NARROW:
        hints.append(
            f"OpenBLAS takes this processor for a {taken_for}, but it has AVX-512: with OPENBLAS_CORETYPE=SkylakeX, "
            "set before Python starts, NumPy's matrix products may be quicker"
        )
    if packages.get("torch") and _huge_pages() == "madvise" and os.environ.get(TORCH_ASKS) != "1":
        hints.append(
            f"torch does not ask for huge pages: with {TORCH_ASKS}=1, set before Python starts, large results "
            "on the CPU may be written several times as quickly"
        )
    if not packages["numba"]:
        hints.append('no numba: pip install "einc[search]" finds better orders of large contractions in the same time')
    if measured() is None:
        hints.append('einc.calibrate() measures this machine, for Planner(minimize="time")')
    return hints
