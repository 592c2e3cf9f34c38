"""What einc stands on: the value, what is printed, and the hints."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

import einc
from einc import diagnosing as doctor
from einc.plan.measured import forget


@pytest.fixture(autouse=True)
def cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    forget()
    yield
    forget()


def test_it_prints_and_returns(capsys):
    found = einc.doctor()
    assert capsys.readouterr().out == f"{found}\n"
    assert found.packages["numpy"] == np.__version__
    assert found.packages["einc"]
    assert "NumPy" in found.blas
    assert found.python == sys.version.split()[0]
    assert int(found.threads["processors"]) >= 1
    assert json.loads(json.dumps(found.as_dict()))["packages"] == found.packages


def test_threads_that_are_set(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert doctor.diagnosis().threads["OMP_NUM_THREADS"] == "3"


def test_what_is_not_installed(monkeypatch):
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    monkeypatch.setattr(doctor, "PACKAGES", ("numpy", "numba", "no-such-package"))
    monkeypatch.setattr(doctor, "_version", lambda name: "1.0" if name == "numpy" else "")
    found = doctor.diagnosis()
    assert list(found.blas) == ["NumPy"]
    assert found.gpus == ()
    assert "not installed  numba, no-such-package" in str(found)
    assert any("einc[search]" in hint for hint in found.hints)


def test_a_version_that_is_none():
    assert doctor._version("no-such-package") == ""


def test_calibration():
    assert "typical" in doctor.diagnosis().calibration
    einc.calibrate()
    found = doctor.diagnosis()
    assert "G multiply-adds" in found.calibration
    assert not any("calibrate" in hint for hint in found.hints)


@pytest.mark.parametrize(
    ("flags", "taken_for", "hinted"),
    [
        ("fpu avx2 avx512f avx512dq avx512bw avx512vl avx512cd", "Haswell", True),
        ("fpu avx2 avx512f avx512dq avx512bw avx512vl avx512cd", "SkylakeX", False),
        ("fpu avx2", "Haswell", False),
        ("fpu avx2 avx512f", "Haswell", False),
    ],
)
def test_a_processor_taken_for_an_older_one(monkeypatch, flags, taken_for, hinted):
    monkeypatch.setattr(doctor, "_cpuinfo", lambda: ["model name : A Processor", f"flags : {flags}"])
    monkeypatch.setattr(doctor, "_blas_of_numpy", lambda: (f"openblas, for {taken_for}", taken_for))
    found = doctor.diagnosis()
    assert found.machine.startswith("A Processor, ")
    assert any("OPENBLAS_CORETYPE=SkylakeX" in hint for hint in found.hints) == hinted


@pytest.mark.parametrize(
    ("told", "asks", "torch", "hinted"),
    [
        ("always [madvise] never", "", "2.13", True),
        ("always [madvise] never", "0", "2.13", True),
        ("always [madvise] never", "1", "2.13", False),
        ("always [madvise] never", "", "", False),
        ("[always] madvise never", "", "2.13", False),
        ("always madvise [never]", "", "2.13", False),
        ("", "", "2.13", False),
    ],
)
def test_huge_pages_that_torch_does_not_ask_for(monkeypatch, tmp_path, told, asks, torch, hinted):
    file = tmp_path / "enabled"
    if told:
        file.write_text(told)
    monkeypatch.setattr(doctor, "HUGE_PAGES", file)
    monkeypatch.setenv(doctor.TORCH_ASKS, asks)
    monkeypatch.setattr(doctor, "_version", lambda name: torch if name == "torch" else "1.0")
    assert any("THP_MEM_ALLOC_ENABLE=1" in hint for hint in doctor.diagnosis().hints) == hinted


def test_systems_that_tell_nothing(monkeypatch):
    def unreadable(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr(doctor.Path, "read_text", unreadable)
    assert doctor._cpuinfo() == []
    assert doctor._huge_pages() == ""
    assert list(doctor._loaded("openblas")) == []
    assert doctor._processor()


def test_einc_itself_need_not_be_installed(monkeypatch):
    """As in a checkout, where it has no metadata."""
    monkeypatch.setattr(doctor, "import_module", pytest.fail)
    assert doctor._version("einc") == einc.__version__
