"""What is measured on: its name and versions, and the settings that a row asks for."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import torch

import einc

TF32 = "tf32"
CPU, CUDA = "cpu", "cuda"


def present() -> str:
    """`"cuda"` where there is such a device; else `"cpu"`, for a smoke run."""
    return CUDA if torch.cuda.is_available() else CPU


@contextmanager
def precision(mode: str) -> Iterator[None]:
    """Products of float32 round their factors to TensorFloat32 in this mode, and in no other."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high" if mode == TF32 else "highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def cached_bytes(device: str) -> int:
    """How much the last cache holds."""
    return int(torch.cuda.get_device_properties(0).L2_cache_size) if device == CUDA else 0


def forget(device: str) -> None:
    """Give back the memory that nothing uses, and what was compiled for the row before."""
    torch.compiler.reset()
    if device == CUDA:
        torch.cuda.empty_cache()


def described(device: str) -> Mapping[str, str]:
    """Date, device, driver and versions."""
    name = torch.cuda.get_device_name() if device == CUDA else "no CUDA device"
    return {
        "date": date.today().isoformat(),
        "device": name,
        "driver": _driver() if device == CUDA else "none",
        "CUDA": str(torch.version.cuda),
        "torch": str(torch.__version__),
        "Python": platform.python_version(),
        "einc": einc.__version__,
    }


def _driver() -> str:
    """The version of the driver, as its own tool tells it."""
    if (tool := shutil.which("nvidia-smi")) is None:
        return "unknown"
    query = [tool, "--query-gpu=driver_version", "--format=csv,noheader"]
    told = subprocess.run(query, check=False, capture_output=True, text=True).stdout.split()
    return told[0] if told else "unknown"
