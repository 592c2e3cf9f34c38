"""What comes before a first result: imports, a new text, an expression compiled with nothing remembered."""

from __future__ import annotations

import pytest

from benchmarks.latency import FAMILIES, calls, import_seconds, in_turns, parsing
from benchmarks.rows import Key, Ratio, Row

SHORT = 200  # operands, up to which whole rounds are timed as everything else is
OPERANDS = (2, 3, 5, 8, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
QUICK = {2, 5, 20, 100}
PATIENT = 2000  # operands, from which cotengra takes minutes
IMPORTS = 9  # of each library


def counts(least: int, most: int) -> list:
    return [
        pytest.param(count, marks=[pytest.mark.quick] if count in QUICK else [])
        for count in OPERANDS
        if least <= count <= most
    ]


@pytest.mark.quick
def test_import(record):
    record(imported)


def imported() -> list[Row]:
    """Of the libraries in processes of their own, which have NumPy."""
    seconds = import_seconds(IMPORTS)
    own = seconds.pop("einc")
    ratios = {name: Ratio(*[others / own] * 3) for name, others in seconds.items()}
    return [Row(Key("latency", "import", "", ""), "import", own * 1e6, ratios)]


@pytest.mark.parametrize("operands", counts(2, 10_000))
def test_parse(race, operands):
    race(Key("latency", f"{operands:,}", "", "parse"), "parse", parsing(operands))


@pytest.mark.parametrize("operands", counts(2, SHORT))
@pytest.mark.parametrize("family", FAMILIES)
def test_compile(race, family, operands):
    race(Key("latency", f"{operands:,}", "", f"compile {family}"), family, calls(operands, family))


@pytest.mark.parametrize("operands", counts(SHORT + 1, 10_000))
def test_compile_many(record, operands):
    record(compiled_once, "chain", operands)


def compiled_once(family: str, operands: int) -> list[Row]:
    """By everyone, one after another, as a call takes from a tenth of a second to a minute."""
    everyone = calls(operands, family)
    if operands > PATIENT:
        everyone.pop("cotengra", None)
    seconds = in_turns(everyone, 1)
    ratios = {name: Ratio(*[seconds[name] / seconds["einc"]] * 3) for name in seconds if name != "einc"}
    return [Row(Key("latency", f"{operands:,}", "", f"compile {family}"), family, seconds["einc"] * 1e6, ratios)]
