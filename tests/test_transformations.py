"""einc inside torch: every transformation, for one operand to five, for fixed sizes and for all."""

from __future__ import annotations

import subprocess
import sys

import pytest

import einc

torch = pytest.importorskip("torch")

from torch.fx.experimental.proxy_tensor import make_fx  # noqa: E402
from torch.profiler import ProfilerActivity, profile  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402
from transformations import BATCHES, CASES, CHECKS, Case, Module, compiled_once, cuda_graph, same  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")  # which torch itself uses
each_case = pytest.mark.parametrize("operands", list(CASES))
fixed_or_any = pytest.mark.parametrize("dynamic", [False, True], ids=["static", "dynamic"])


def met_others(case: Case) -> einc.Compiled:
    """The compiled expression, after calls with plain tensors: of these sizes, and of others."""
    f = einc.compile(case.text)
    for batch in (*BATCHES, BATCHES[0]):
        f(*case.operands(batch))
    return f


@pytest.mark.parametrize("check", list(CHECKS))
@each_case
@fixed_or_any
def test_transformation(check, operands, dynamic):
    CHECKS[check](met_others(CASES[operands]), CASES[operands], dynamic)


@pytest.mark.cuda
@each_case
@fixed_or_any
def test_cuda_graph(operands, dynamic):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device, so no CUDA graph was captured")
    cuda_graph(met_others(CASES[operands]), CASES[operands], dynamic)


@each_case
@fixed_or_any
@pytest.mark.parametrize("met", [False, True], ids=["new", "met"])
def test_einsum_is_compiled_as_well(operands, dynamic, met):
    case = CASES[operands]
    if met:
        einc.einsum(case.text, *case.operands(BATCHES[0]))
    einc.compiler._remembered.cache_clear()
    with compiled_once(lambda *x: einc.einsum(case.text, *x).sin(), "aot_eager", dynamic) as function:
        for batch in BATCHES if dynamic else BATCHES[:1]:
            given = case.operands(batch)
            same(function(*given), torch.as_tensor(case.meant(given)).sin())


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
@fixed_or_any
def test_every_form_of_a_call_is_compiled(backend, dynamic):
    x, w = torch.rand(6, 12), torch.rand(3, 4, 5)

    def forms(x, w):
        return (
            einc.einsum("batch (h d), h d out -> batch out", x, w, h=3),
            einc.einsum("batch (h d), h d out -> batch out", x, w, sizes={"h": 3}, optimize="exact"),
            einc.einsum("...i,->...i", x, 2.5),
            einc.einsum(x, [0, 1], [1, 0]),
            einc.einsum(x, [..., 1], x, [..., 1], [...]),
            einc.einsum("ij,ij->i", x, x, dtype="float64"),
        )

    wanted = forms(x, w)
    with compiled_once(forms, backend, dynamic) as function:
        for found, meant in zip(function(x, w), wanted):
            torch.testing.assert_close(found, meant)


def test_a_compiled_expression_is_compiled_itself():
    f = einc.compile("bij,bkj->bik")
    with compiled_once(f, "aot_eager", True) as function:
        for batch in BATCHES:
            given = CASES[2].operands(batch)
            same(function(*given), CASES[2].meant(given))


def test_the_order_suits_the_sizes_that_were_met_first():
    f = einc.compile("qd,kd,kv->qv")

    def largest(*sizes):
        torch._dynamo.reset()
        graph = make_fx(f, tracing_mode="symbolic")(*(torch.ones(shape) for shape in sizes))
        made = [node.meta["val"].shape for node in graph.graph.nodes if "mm" in str(node.target)]
        return max(size.node.hint if isinstance(size, torch.SymInt) else size for shape in made[:1] for size in shape)

    assert largest((100, 4), (101, 4), (101, 6)) < 10  # keys with values first
    assert largest((4, 100), (5, 100), (5, 101)) < 10  # queries with keys first


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_an_axis_of_size_one_meets_any_batch(backend):
    f = einc.compile("bi,bi,ij->bj")
    one, w = torch.rand(1, 3), torch.rand(3, 4)
    with compiled_once(lambda x: f(x, one, w), backend, True) as function:
        for batch in BATCHES:
            x = torch.rand(batch, 3)
            torch.testing.assert_close(function(x), torch.einsum("bi,i,ij->bj", x, one[0], w))


def test_sizes_of_which_nothing_is_shown():
    case = CASES[3]
    given = case.operands(BATCHES[0])
    for operand in (given[0], given[2]):
        torch._dynamo.decorators.mark_unbacked(operand, 0)
    f = einc.compile(case.text)
    with compiled_once(lambda *x: f(*x) * 2, "eager", None) as function:
        same(function(*given), 2 * case.meant(given))
        for batch in (1, *BATCHES):
            same(function(*case.operands(batch)), 2 * case.meant(case.operands(batch)))


def test_a_view_that_is_compiled_does_not_overlap_itself():
    f = einc.compile("ij->ji")
    row = torch.arange(3.0).expand(2, 3)
    with compiled_once(f, "aot_eager", False) as function:
        turned = function(row)
    assert 0 not in turned.stride()
    assert torch.equal(turned, row.t())


def test_slices_are_compiled():
    f = einc.compile("ij,jk,ki->", optimize=einc.Planner(0.2, memory_limit=2000))
    given = [torch.rand(30, 30) for _ in range(3)]
    with compiled_once(f, "eager", False) as function:
        torch.testing.assert_close(function(*given), (given[0] @ given[1] @ given[2]).trace())
    assert f.tree.sliced


def test_mistakes_are_told_while_compiling():
    with (
        pytest.raises(Exception, match="index 'j' has size 3 in operand 0 and size 4 in operand 1"),
        compiled_once(lambda *x: einc.einsum("ij,jk->ik", *x), "eager", False) as function,
    ):
        function(torch.ones(2, 3), torch.ones(4, 5))


def test_plain_calls_after_a_trace():
    f = einc.compile("bi,ij->bj")
    for mode in ("real", "fake", "symbolic"):
        make_fx(f, tracing_mode=mode)(torch.ones(3, 4), torch.ones(4, 5))
        assert f(torch.ones(3, 4), torch.ones(4, 5)).tolist() == [[4.0] * 5] * 3
        assert f.source.count("(") > 0
        assert all(type(size) is int for shapes in f._by_shapes for shape in shapes for size in shape)


AUTOCAST = [
    *("ij,jk->ik", "bik,bkj->bij", "bi,bi->b", "i,i->", "ij,j->i", "ij,jk,k->i", "ij,jk,kl->il", "ii,ij->j"),
    *("ij->i", "ij->ji", "ii->", "i,j->ij", "ij,ij->ij", "ij,k->k", "bij,bjk,bk->bi", "bi,ij,bj->b"),
]


@pytest.mark.parametrize("text", AUTOCAST)
@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_types_under_autocast(text, dtype):
    """Those of torch's own einsum, before and after a call without autocast, and in autocast of another type."""
    operands = [torch.rand((3,) * len(term), dtype=getattr(torch, dtype)) for term in text.split("->")[0].split(",")]
    f, met = einc.compile(text), einc.compile(text)
    wide = met(*operands)
    for lower in (torch.bfloat16, torch.float16):
        with torch.autocast("cpu", dtype=lower):
            wanted = torch.einsum(text, *operands)
            for result in (f(*operands), met(*operands), met(*operands)):
                assert result.dtype == wanted.dtype
                torch.testing.assert_close(result, wide.to(wanted.dtype), rtol=0.05, atol=0.05)
    assert met(*operands).dtype == wide.dtype
    assert torch.equal(met(*operands), wide)


@pytest.mark.parametrize("text", ["ij,jk->ik", "bi,bi->b", "ij,jk,k->i"])
def test_a_type_that_was_chosen_is_kept_under_autocast(text):
    operands = [torch.rand((3,) * len(term)) for term in text.split("->")[0].split(",")]
    f = einc.compile(text, dtype="float32")
    wanted = f(*operands)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        for _ in range(2):
            assert torch.equal(f(*operands), wanted)


def test_gradients_under_autocast():
    x, w = torch.rand(4, 3, requires_grad=True), torch.rand(4, 3, requires_grad=True)
    f = einc.compile("bi,bi->b")
    with torch.autocast("cpu", dtype=torch.bfloat16):
        f(x, w).sum().backward()
    assert x.grad.dtype == torch.float32
    torch.testing.assert_close(x.grad, w.detach(), rtol=0.02, atol=0.02)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("way", ["compile", "einsum"])
def test_autocast_is_exported(strict, way):
    f = einc.compile("bi,ij,j->b")

    def lowered(*x):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return f(*x) if way == "compile" else einc.einsum("bi,ij,j->b", *x)

    x = torch.rand(7, 3), torch.rand(3, 4), torch.rand(4)
    result = torch.export.export(Module(lowered), x, strict=strict).module()(*x)
    assert result.dtype == torch.bfloat16
    torch.testing.assert_close(result.float(), f(*x), rtol=0.05, atol=0.05)


def test_activations_are_made_anew():
    """A checkpoint ends the call within, by an exception, as soon as it has what it needs."""
    f = einc.compile("bi,ij,jk->bk")
    x, w, v = (torch.rand(3, 3, dtype=torch.float64, requires_grad=True) for _ in range(3))
    wanted = torch.autograd.grad(f(x, w, v).sin().sum(), (x, w, v))
    for _ in range(2):
        result = torch.utils.checkpoint.checkpoint(f, x, w, v, use_reentrant=False)
        torch.testing.assert_close(torch.autograd.grad(result.sin().sum(), (x, w, v)), wanted)


@pytest.mark.parametrize(
    ("text", "shapes", "flops"),
    [
        ("ij,jk->ik", [(3, 4), (4, 5)], 2 * 3 * 4 * 5),
        ("bij,bjk->bik", [(2, 3, 4), (2, 4, 5)], 2 * 2 * 3 * 4 * 5),
        ("ij,j->i", [(3, 4), (4,)], 2 * 3 * 4),
        ("i,i->", [(7,), (7,)], 2 * 7),
        ("bi,bi->b", [(3, 4), (3, 4)], 2 * 3 * 4),
        ("i,j->ij", [(3,), (4,)], 3 * 4),
        ("ij->ji", [(3, 4)], 0),
    ],
)
def test_flops_are_counted(text, shapes, flops):
    """Also those of products with vectors, which torch's counter knows only as they come from einc."""
    f = einc.compile(text)
    operands = [torch.ones(shape) for shape in shapes]
    for _ in range(2):
        with FlopCounterMode(display=False) as counter:
            f(*operands)
        assert counter.get_total_flops() == flops
        f(*operands)
    with FlopCounterMode(display=False) as counter:
        f(*operands)
        torch.mv(torch.ones(2, 2), torch.ones(2))
    assert counter.get_total_flops() == flops


def test_a_profiler_shows_expressions():
    f = einc.compile("ij,jk,k->i")
    operands = torch.ones(3, 4), torch.ones(4, 5), torch.ones(5)
    wanted = f(*operands)
    with profile(activities=[ProfilerActivity.CPU]) as told:
        for _ in range(3):
            assert torch.equal(f(*operands), wanted)
        einc.einsum("i,i->", operands[2], operands[2])
    counts = {event.key: event.count for event in told.key_averages()}
    assert counts["ij,jk,k->i"] == 3
    assert counts["i,i->"] == 1
    assert counts["aten::mv"] == 6


def test_without_a_profiler_nothing_is_labelled(monkeypatch):
    f = einc.compile("ij,jk,k->i")
    operands = torch.ones(3, 4), torch.ones(4, 5), torch.ones(5)
    monkeypatch.setattr(torch.profiler, "record_function", None)  # which fails when it is called
    for _ in range(3):
        f(*operands)


def test_the_first_call_of_a_process_may_be_compiled():
    """What torch.compile reads is loaded while it reads."""
    code = "import torch, einc\nf = einc.compile('bi,ij->bj')\n"
    code += "g = torch.compile(lambda x, y: f(x, y), backend='eager', fullgraph=True, dynamic=True)\n"
    code += "assert g(torch.ones(3, 2), torch.ones(2, 4)).tolist() == [[2.0] * 4] * 3"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_is_loaded_later_may_be_asked_for_while_a_call_is_compiled():
    """`einc.einsum` comes from its room when it is first read, here by torch's compiler."""
    code = "import torch, einc\nassert 'einsum' not in vars(einc)\n"
    code += "g = torch.compile(lambda x, y: einc.einsum('bi,ij->bj', x, y), backend='eager', fullgraph=True)\n"
    code += "for n in (3, 3, 5):\n    assert g(torch.ones(n, 2), torch.ones(2, 4)).tolist() == [[2.0] * 4] * n"
    subprocess.run([sys.executable, "-c", code], check=True)
