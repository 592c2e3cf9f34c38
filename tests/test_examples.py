"""The examples run, in their short form, and do what they are there to show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


def printed(name: str, folder: Path, *needed: str, arguments: tuple[str, ...] = ()) -> str:
    """What an example prints in a folder; the test is skipped where a package is missing."""
    missing = [package for package in ("torch", "rich", *needed) if find_spec(package) is None]
    if missing:
        pytest.skip(f"{missing[0]} is not installed")
    command = [sys.executable, EXAMPLES / f"{name}.py", "--short", *arguments]
    utf8 = {**os.environ, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", cwd=folder, env=utf8)
    assert done.returncode == 0, done.stderr
    assert "training" in done.stdout
    return done.stdout


def accuracies(text: str) -> list[float]:
    return [float(number) for number in re.findall(r": ([\d.]+)%", text)]


def test_iris(tmp_path):
    (accuracy,) = accuracies(printed("iris", tmp_path, "sklearn"))
    assert accuracy >= 95


def test_digits(tmp_path):
    (accuracy,) = accuracies(printed("digits", tmp_path, "sklearn"))
    assert accuracy >= 85


def test_sequences(tmp_path):
    text = printed("sequences", tmp_path, "torchinfo")
    trained, restored = accuracies(text)
    assert trained == restored >= 90
    assert "Total params: 4,648" in text
    layers = "attention.query", "attention.key", "attention.value", "attention.merge", "classify"
    rows = {line.split("│")[1].strip(): line for line in text.splitlines() if line.count("│") == 4}
    assert tuple(rows) == layers
    assert not any("nan" in row for row in rows.values())


def test_gradients(tmp_path):
    text = printed("gradients", tmp_path, "matplotlib", arguments=("curves.png",))
    assert re.findall(r"step 15: the gradient behind layer (\d)", text) == ["8", "6", "4", "2", "0"]
    assert "the longest gradient of the clipped tensor: 1.00" in text
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
