"""What the benchmarks make of what they measure: rows, tables and comparisons; and that a run of a suite works."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import needs_torch

from benchmarks import latency, networks, pages
from benchmarks.compare import changes
from benchmarks.plots import looks
from benchmarks.rows import Key, Ratio, Results, Row, load, row_of, save
from benchmarks.tables import DASH, markdown, summary
from einc.turns import REFERENCE_AGAIN, Timing

ROOT = Path(__file__).parent.parent
QUIET = Ratio(1.0, 0.98, 1.02)


def row(case: str, **ratios: Ratio) -> Row:
    key = Key("calls", case, "numpy", "float32", "1")
    return Row(key, "calls", 2.5, {"np.einsum": Ratio(2.0, 1.9, 2.1), **ratios, REFERENCE_AGAIN: QUIET})


def test_first_timing_is_eincs():
    timings = {"einc": Timing(3.0, 1.0, 1.0, 1.0), "peer": Timing(6.0, 2.0, 1.5, 2.5)}
    made = row_of(Key("calls", "ij->ji", "numpy", ""), "calls", timings, {"other": "another result"})
    assert (made.microseconds, made.ratios, made.missing) == (
        3.0,
        {"peer": Ratio(2.0, 1.5, 2.5)},
        {"other": "another result"},
    )


def test_best_peer_is_one_that_could_be_taken_instead():
    found = row("ij->ji", **{"by hand": Ratio(0.5, 0.4, 0.6), "opt_einsum": Ratio(1.5, 1.4, 1.6)})
    assert found.best == "opt_einsum"
    assert found.peers.keys() == {"np.einsum", "opt_einsum"}


def test_what_is_saved_is_loaded(tmp_path):
    results = Results({"date": "2026-01-01"}, (row("ij->ji"), row("ij->", jax=QUIET)))
    save(results, tmp_path / "results.json")
    assert load(tmp_path / "results.json") == results


def test_a_peer_that_is_missing_is_a_dash():
    with_jax, without = row("ij->", jax=Ratio(4.0, 3.0, 5.0)), replace(row("ij->ji"), missing={"sesum": "not there"})
    lines = markdown(Results({}, (with_jax, without))).splitlines()
    head = next(line for line in lines if "np.einsum" in line and "case" in line)
    cells = {line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")] for line in lines if "`ij" in line}
    columns = [cell.strip() for cell in head.split("|")]
    assert cells["`ij->`"][columns.index("jax")] == "4.00 (3.00–5.00)"
    assert cells["`ij->ji`"][columns.index("jax")] == DASH
    assert cells["`ij->ji`"][columns.index("sesum")] == cells["`ij->`"][columns.index("sesum")] == DASH


def test_no_two_peers_look_alike():
    names = [str(number) for number in range(30)]
    assert len(set(looks(names).values())) == len(names)


def test_summary_has_means_and_the_worst():
    rows = [row("a->a", opt_einsum=Ratio(1.0, 1.0, 1.0)), row("b->b", opt_einsum=Ratio(0.25, 0.2, 0.3))]
    table = summary(rows)
    cells = [next(iter(column.cells)) for column in table.columns]
    assert cells == ["calls", "numpy", "float32", "1", "2", "2.00", "0.50", "1", "0.25"]


@pytest.mark.skipif(sys.platform != "linux", reason="a setting of Linux's")
def test_who_switches_huge_pages_off_does_so_alone():
    before = pages._control(pages.GET)
    with pages.small_pages():
        assert pages._control(pages.GET) == 1
    assert pages._control(pages.GET) == before
    with pages.huge_pages_as_they_were():
        pages._control(pages.SET, 1 - before)
    assert pages._control(pages.GET) == before


@pytest.mark.parametrize(
    ("new", "noise", "factor"),
    [
        (Ratio(2.0, 1.9, 2.1), QUIET, None),
        (Ratio(1.0, 0.9, 1.1), QUIET, 0.5),
        (Ratio(4.0, 3.9, 4.1), QUIET, 2.0),
        (Ratio(1.8, 1.7, 1.95), QUIET, None),  # the quartiles touch
        (Ratio(1.0, 0.9, 1.1), Ratio(1.0, 0.4, 1.1), None),  # as far as einc was from itself
    ],
)
def test_changes_that_exceed_the_noise(new, noise, factor):
    old = Results({}, (row("ij->ji"), row("only->before")))
    changed = replace(row("ij->ji"), ratios={"np.einsum": new, REFERENCE_AGAIN: noise})
    found = [change.factor for change in changes(old, Results({}, (changed, row("only->now"))))]
    assert found == ([] if factor is None else [factor])


@pytest.mark.parametrize(("median", "changed"), [(1.7, False), (1.5, True)])
def test_what_ran_once_changes_by_more_than_a_quarter(median, changed):
    def once(ratio: float) -> Results:
        return Results({}, (replace(row("import"), ratios={"opt_einsum": Ratio(ratio, ratio, ratio)}),))

    assert bool(list(changes(once(2.0), once(median)))) is changed


@needs_torch
@pytest.mark.slow
def test_a_suite_runs(tmp_path):
    """From its command to files: a row for each library, everyone who is installed in it."""
    command = [sys.executable, "-m", "benchmarks", "--quick", "--suites", "calls", "--named=-ik,kj", "--rounds", "3"]
    done = subprocess.run(
        [*command, "--threads", "1", "--out", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = load(tmp_path / "results.json").rows
    assert [found.key[:4] for found in rows] == [
        ("calls", "ik,kj->ij", library, "float32") for library in ("numpy", "torch")
    ]
    assert rows[0].ratios.keys() == {"einc.einsum", "np.einsum", "opt_einsum", "by hand", REFERENCE_AGAIN}
    assert {file.name for file in tmp_path.glob("*.svg")} == {
        f"calls_{name}_float32_1.svg" for name in ("numpy", "torch")
    }
    assert (tmp_path / "results.md").read_text().startswith("# Measured")


@pytest.mark.parametrize(("busy", "threads"), [([2.0, 1.0, 2.0], 1.0), ([2.0, 1.9, 2.0], 1.9), ([1.0], 1.0)])
def test_threads_of_others_are_not_a_calls_own(monkeypatch, busy, threads):
    """By the time of processors in each call of a second."""
    seconds, processors = [0.0], [0.0]
    monkeypatch.setattr(networks, "perf_counter", lambda: seconds[0])
    monkeypatch.setattr(networks, "process_time", lambda: processors[0])
    left = iter(busy)

    def call():
        seconds[0] += 1.0
        processors[0] += next(left)
        return 3.0

    assert networks.watched(call) == (3.0, pytest.approx(threads))


def test_stages_of_a_compilation_add_up():
    """They are named after functions in other files, and one may call another."""
    spent = latency.stages(latency.chain(4))
    assert all(spent[stage] > 0 for stage in latency.STAGES)
    assert spent.pop("all") == pytest.approx(sum(spent.values()))
