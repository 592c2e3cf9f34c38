"""The GPU benchmark: every case runs small on the CPU, floors are worked out by hand, and bars are held."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from time import sleep

import pytest

torch = pytest.importorskip("torch")

from benchmarks.cuda import __main__ as program  # noqa: E402
from benchmarks.cuda.bars import judged  # noqa: E402
from benchmarks.cuda.cases import DTYPES, MODES, Case, cases, rows  # noqa: E402
from benchmarks.cuda.checking import error, truth, wrong  # noqa: E402
from benchmarks.cuda.contenders import EINC, EINSUM, GRAPH, HAND, names, replayed  # noqa: E402
from benchmarks.cuda.device import precision  # noqa: E402
from benchmarks.cuda.floors import Ceilings, Work, floor, measured, work  # noqa: E402
from benchmarks.cuda.rows import Row, measure, predicted, sets  # noqa: E402
from benchmarks.cuda.tables import BEGIN, END, SMOKE, page, put_into  # noqa: E402
from benchmarks.cuda.timing import FEWEST, Timing, timing, turns  # noqa: E402

CEILINGS = Ceilings(1e12, dict.fromkeys(MODES, 1e14), 4e-6)
BY_NAME = {case.name: case for case in cases()}
PRODUCT = Case("product", "GEMM", "ij,jk->ik", "ijk=8", ("float32", "tf32"), lambda a, b: a.mm(b))


@pytest.mark.parametrize("name", BY_NAME)
def test_everybody_agrees(name):
    """In every mode; who is missing has no way of their own."""
    case = BY_NAME[name]
    for mode in case.modes:
        row = measure(case, mode, "cpu", CEILINGS, compiles=mode == case.modes[0])
        assert (row.wrong, dict(row.refused)) == ((), {})
        missing = {GRAPH} | ({HAND} if case.by_hand is None else set())
        missing |= set() if mode == case.modes[0] else {"torch.compile", "einc, compiled"}
        assert set(row.timings) == set(row.errors) == set(names()) - missing
        assert all(found.low <= found.microseconds <= found.high for found in row.timings.values())


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_on_a_device():
    row = measure(BY_NAME["chain_small"], "float32", "cuda", measured("cuda"), compiles=True)
    assert (row.wrong, dict(row.refused), set(row.timings)) == ((), {}, set(names()))


def test_cases_are_what_they_are_called():
    assert len(BY_NAME) == len(cases()) == 37
    assert sum(len(case.modes) for case in cases()) == len(rows(cases())) == 96
    for case in cases():
        assert {*case.long()} == {*case.expression} - {*",->"}
        assert all(1 < size <= 8 for size in case.long(smoke=True).values())


def test_every_family_is_met_early():
    families = {case.family for case in cases()}
    assert {case.family for case, _ in rows(cases())[: len(families)]} == families
    assert all(mode == "tf32" for _, mode in rows(cases(), ("tf32",)))


FLOPS = {
    "mm": 2 * 4096**3,
    "matvec": 2 * 16384**2,
    "dot2d": 2 * 8192**2,
    "outer": 16384**2,  # no sum
    "batch_trace": 2 * 8192 * 64**2,
    "reduce_mid": 64 * 112 * 112 * 256,  # no product
    "chain_small": 3 * 2 * 64**3,
    "chain_vec": 3 * 2 * 4096**2,
    "sum_first": 8192**2 + 8192**2 + 2 * 8192,
    "mttkrp": 2 * 512**3 * 32 + 2 * 512**2 * 32,  # k away, then j
    "khatri_rao3": 512**2 * 64 + 2 * 512**3 * 64,
    "tucker": 2 * (512**3 * 64 + 512**2 * 64**2 + 512 * 64**3),
}


@pytest.mark.parametrize("name", FLOPS)
def test_operations(name):
    case = BY_NAME[name]
    assert work(case, case.long(), 4).flops == FLOPS[name]


@pytest.mark.parametrize(
    ("name", "itemsize", "elements"),
    [
        ("mm", 4, 3 * 4096**2),
        ("mm", 2, 3 * 4096**2),
        ("dot2d", 4, 2 * 8192**2 + 1),
        ("bmm_c64", 8, 3 * 64 * 512**2),
        ("scale_permute", 2, 2 * 128**4 + 128),
    ],
)
def test_bytes(name, itemsize, elements):
    case = BY_NAME[name]
    assert work(case, case.long(), itemsize).bytes == elements * itemsize


@pytest.mark.parametrize(
    ("own", "seconds", "bound"),
    [
        (Work(10**12, 10**6), 1e-2, "flops"),
        (Work(10**6, 10**9), 1e-3, "bytes"),
        (Work(10**6, 10**6), 4e-6, "launch"),
    ],
)
def test_floors(own, seconds, bound):
    found = floor(own, CEILINGS, "float32")
    assert found.seconds == pytest.approx(seconds)
    assert found.bound == bound


def test_ceilings_are_measured():
    found = measured("cpu")
    assert min(found.bandwidth, found.launch, *found.flops.values()) > 0
    assert set(found.flops) == set(MODES) == set(DTYPES)


def test_what_einc_expects_of_a_gpu():
    """Of a large product in bfloat16, less than in float32, as there are units for it."""
    case = BY_NAME["mm"]
    times = [predicted(case, case.shapes(case.long()), mode, "cuda") for mode in ("float32", "bfloat16")]
    assert times[0] > 5 * times[1]


def test_who_is_wrong_is_named():
    case = replace(PRODUCT, by_hand=lambda a, b: a.mm(b) * 1.001)
    assert measure(case, "float32", "cpu", CEILINGS, compiles=False).wrong == (HAND,)
    assert wrong({EINSUM: 1e-5, EINC: 3e-5, HAND: 5e-5}, "float32") == (HAND,)  # four times torch's error is allowed
    assert wrong({EINSUM: 0.0, EINC: float("nan")}, "bfloat16") == (EINC,)


def test_operands_are_fresh_when_results_are_checked():
    """A result that was kept from the first call is found out."""
    kept = []

    def from_memory(a, b):
        kept.append(a.mm(b))
        return kept[0]

    case = replace(PRODUCT, by_hand=from_memory)
    assert measure(case, "float32", "cpu", CEILINGS, compiles=False).wrong == (HAND,)


def test_errors_are_relative_to_the_truth():
    x = torch.tensor([3.0, 4.0])
    exact, size = truth("i->i", [x])
    assert size == 5
    assert error(x + torch.tensor([0.0, 5e-3]), exact, size) == pytest.approx(1e-3, rel=1e-3)
    assert error(x[:1], exact, size) == float("inf")


def test_a_number_has_the_size_of_what_is_summed():
    """Else there would be an error of any size where the terms happen to cancel."""
    exact, size = truth("i,i->", [torch.tensor([1.0, 1.0]), torch.tensor([1.0, -1.0])])
    assert (float(exact), size) == (0.0, pytest.approx(2**0.5))


@pytest.mark.parametrize(
    ("problem", "told"), [(torch.OutOfMemoryError("Tried to allocate"), "out of memory"), (ValueError("no\nway"), "no")]
)
def test_who_cannot_run_is_a_dash(problem, told):
    def refuses(*_):
        raise problem

    row = measure(replace(PRODUCT, by_hand=refuses), "float32", "cpu", CEILINGS, compiles=False)
    assert dict(row.refused) == {HAND: told}
    assert row.times(HAND, EINC) is None
    assert row.times(EINSUM, EINC) > 0
    assert f"{HAND}: {told}" in page([row], "cpu", {"date": "today"}, [])


def test_a_case_without_memory_is_recorded(monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError

    monkeypatch.setattr("benchmarks.cuda.rows.truth", full)
    row = measure(PRODUCT, "float32", "cpu", CEILINGS, compiles=False)
    assert (dict(row.refused), dict(row.timings)) == ({"all": "out of memory"}, {})
    assert row.of_floor(EINC) is None


def test_only_rows_that_ask_for_tf32_have_it():
    seen = {}
    before = torch.get_float32_matmul_precision()
    for mode in PRODUCT.modes:

        def watched(a, b, mode=mode):
            seen[mode] = torch.get_float32_matmul_precision()
            return a.mm(b)

        measure(replace(PRODUCT, by_hand=watched), mode, "cpu", CEILINGS, compiles=False)
    assert seen == {"float32": "highest", "tf32": "high"}
    with pytest.raises(RuntimeError), precision("tf32"):
        raise RuntimeError
    assert torch.get_float32_matmul_precision() == before


def test_turns():
    """Calls take other operands each time, and nobody's turn is always the same."""
    numbers, order = [], []
    turns({name: lambda number, name=name: (numbers.append(number), order.append(name)) for name in "abc"}, "cpu")
    timed = numbers[6 * 3 :]  # after the calls by which blocks are measured
    assert timed == list(range(len(timed)))
    assert sorted(order[18:24]) == list("aabbcc")
    assert timing([4e-6, 1e-6, 2e-6, 3e-6, 5e-6]) == Timing(*map(pytest.approx, (3.0, 2.0, 4.0)))


class Event:
    """What stands in for an event where there is no device: a call takes 50 µs on its own clock."""

    now = 0

    def __init__(self, enable_timing):
        assert enable_timing

    def record(self):
        self.at = Event.now

    def synchronize(self):
        assert self.at

    def elapsed_time(self, other):
        return (other.at - self.at) * 0.05  # in milliseconds


def test_blocks_between_events(monkeypatch):
    """Each round a block of calls is timed, the one before it is not, and as many calls as fill the block."""

    def call(_):
        Event.now += 1
        sleep(5e-5)

    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: None)
    found = turns({"one": call, "other": call}, "cuda")
    assert {name: timing.microseconds for name, timing in found.items()} == pytest.approx({"one": 50, "other": 50})
    assert Event.now > 2 * 2 * FEWEST  # several a block


def test_a_graph_holds_a_call_for_each_set(monkeypatch):
    class Stream:
        def wait_stream(self, other):
            assert isinstance(other, Stream)

    class Graph:
        replays = 0

        def replay(self):
            Graph.replays += 1

    seen = []
    stubs = {
        "Stream": Stream,
        "current_stream": Stream,
        "stream": nullcontext,
        "graph": nullcontext,
        "CUDAGraph": Graph,
    }
    for name, stub in stubs.items():
        monkeypatch.setattr(torch.cuda, name, stub)
    made = replayed(lambda x: seen.append(x) or x, [("first",), ("second",), ("third",)])
    assert seen == ["first", "first", "first", "second", "third"]  # twice to get ready, then once each
    assert made.runs == 3
    made.call(7)
    assert (made.result(), Graph.replays, len(seen)) == ("first", 2, 5)


def test_sets_are_more_than_a_cache_holds(monkeypatch):
    monkeypatch.setattr("benchmarks.cuda.rows.cached_bytes", lambda _: 50_000_000)
    row = row_of("mine", "GEMM", "flops", 8.0)
    assert [sets(replace(row, bytes=size), "cuda") for size in (10**9, 10**7, 10**3)] == [2, 20, 64]


def row_of(name, family, bound, floor_us, **times):
    """A row with these microseconds."""
    called = {"einc": EINC, "einsum": EINSUM, "hand": HAND}
    timings = {called[who]: Timing(time, time, time) for who, time in times.items()}
    return Row(name, family, "ij->ij", "i=1 j=1", "float32", 1, 1, floor_us, bound, 12.5, timings)


def test_bars():
    found = [
        row_of("good", "GEMM", "flops", 8.0, einc=10.0, einsum=10.0, hand=9.5),
        row_of("bad", "GEMM", "flops", 8.0, einc=10.0, einsum=9.0, hand=8.0),
        row_of("near", "layout", "bytes", 7.0, einc=10.0, einsum=10.0),
        row_of("far", "layout", "bytes", 5.0, einc=10.0, einsum=40.0),
        row_of("slow", "launch", "launch", 4.0, einc=10.0, einsum=49.0),
        row_of("none", "launch", "launch", 4.0, einsum=49.0),
    ]
    by_hand, by_bytes, layouts, launches, never = judged(found)
    assert (by_hand.rows, by_hand.found, by_hand.missing) == (2, 0.8, ("bad float32 (0.80)",))
    assert (by_bytes.rows, by_bytes.found, by_bytes.missing) == (2, 0.5, ("far float32 (0.50)",))
    assert (layouts.rows, layouts.found, layouts.missing) == (2, pytest.approx(2.0), ())  # a mean of 1 and 4
    assert (launches.rows, launches.found, launches.missing) == (1, 4.9, ("slow float32 (4.90)",))
    assert (never.rows, never.found, never.missing) == (5, 0.9, ("bad float32 (0.90)",))
    assert [verdict.found for verdict in judged([])] == [None] * 5


def test_a_mean_that_misses_names_the_rows_below():
    found = [row_of("slower", "layout", "flops", 1.0, einc=10.0, einsum=11.0)]
    assert judged(found)[2].missing == ("slower float32 (1.10)",)


def test_pages():
    found = [row_of("mine", "GEMM", "flops", 8.0, einc=10.0, einsum=20.0)]
    smoke, real = (page(found, device, {"date": "2026-01-01"}, ["other tf32"]) for device in ("cpu", "cuda"))
    assert SMOKE in smoke
    assert SMOKE not in real
    assert "asked for" in real
    assert "asked for" not in smoke  # nothing was measured, nothing is judged
    line = next(line for line in real.splitlines() if line.startswith("| mine"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[4:6] == ["8.0", "20.0"]
    assert cells[-4:] == ["12.5", "0.80", "2.00", "–"]
    assert "not run, as the time was up: other tf32" in real


def test_tables_go_into_a_document(tmp_path):
    document = tmp_path / "page.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    put_into(document, "new\n")
    assert document.read_text() == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    document.write_text("nothing")
    with pytest.raises(ValueError, match="no place for tables"):
        put_into(document, "new\n")


def test_the_command(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(program, "present", lambda: "cpu")
    saved, document = tmp_path / "results" / "cuda.json", tmp_path / "page.md"
    arguments = ["--only", "GEMM:mm_nt", "--modes", "float32", "--save", str(saved), "--tables", str(document)]
    assert program.main(arguments) == 0
    told = capsys.readouterr().out
    assert SMOKE in told
    assert "stays as it is" in told
    assert not document.exists()
    data = json.loads(saved.read_text())
    assert [row["name"] for row in data["rows"]] == ["mm_nt"]
    assert set(data["rows"][0]["timings"][EINC]) == {"microseconds", "low", "high"}
    assert data["where"]["device"] == "no CUDA device"


def test_what_there_was_no_time_for_is_named(capsys, monkeypatch):
    monkeypatch.setattr(program, "present", lambda: "cpu")
    assert program.main(["--only", "GEMM:mm$", "--budget", "0"]) == 0
    assert "not run, as the time was up: mm float32, mm tf32, mm bfloat16" in capsys.readouterr().out


def test_a_wrong_result_is_a_failure(monkeypatch):
    monkeypatch.setattr(program, "present", lambda: "cpu")
    monkeypatch.setattr(program, "cases", lambda: (replace(PRODUCT, by_hand=lambda a, b: b.mm(a)),))
    assert program.main(["--modes", "float32"]) == 1
