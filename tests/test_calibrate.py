"""What a machine's time costs: measured, kept, and used."""

from __future__ import annotations

import json

import pytest

import einc
from einc.plan.cost import TIME
from einc.plan.measured import folder, forget, keep, time_cost


@pytest.fixture(autouse=True)
def cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    forget()
    yield tmp_path
    forget()


def test_what_is_measured_is_kept(cache_folder):
    assert time_cost() == TIME
    cost = einc.calibrate()
    assert min(cost.macs, cost.moved, cost.step) > 0
    assert cost.kept == 0
    assert time_cost() == cost
    forget()
    assert time_cost() == cost
    assert [file.name for file in (cache_folder / "einc").iterdir()] == ["calibration.json"]


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"macs": "many", "moved": 1, "step": 1})])
def test_what_cannot_be_read_does_not_count(text):
    folder().mkdir()
    (folder() / "calibration.json").write_text(text)
    assert time_cost() == TIME


def test_planners_ask_for_it():
    """Where a step costs nothing and memory all, the order follows memory."""
    keep(einc.Cost(moved=1.0))
    assert einc.Planner(minimize="time").cost == einc.Cost(moved=1.0)
    assert einc.Planner(minimize="cuda time").cost != einc.Cost(moved=1.0)


def test_folders_by_platform(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr("einc.plan.measured.Path.home", lambda: tmp_path)
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    for platform, place in {"linux": ".cache/einc", "darwin": "Library/Caches/einc", "win32": "local/einc"}.items():
        monkeypatch.setattr("einc.plan.measured.sys.platform", platform)
        assert folder() == tmp_path / place
