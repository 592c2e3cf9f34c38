"""What is decided for tensors on a GPU, found out without one: plans need shapes, dtypes and a device, no tensors."""

from __future__ import annotations

import re

import pytest
from conftest import needs_torch

import einc
from einc.backends import NUMPY, TORCH, backend
from einc.compiler import Compiled
from einc.guard import guarded_source
from einc.operands import Kind, kind_of, named_device
from einc.report import report

MPS = "ab,ac,bde,cdf,egh,fgi,hjk,ijl,kmn,lmo,npq,opr,qs,rs->"
# Of the GPU benchmark: the shapes, the calls that make new arrays, and the copies among what is reshaped.
DECIDED = {
    "ij,jk->ik": ([(4096, 4096)] * 2, "mm", 0),
    "ik,jk->ij": ([(4096, 4096)] * 2, "mm", 0),
    "ij,jk->ki": ([(4096, 4096)] * 2, "mm", 0),
    "ij,j->i": ([(16384, 16384), (16384,)], "mv", 0),
    "ij,ij->": ([(8192, 8192)] * 2, "dot", 0),
    "bik,bkj->bij": ([(64, 512, 512)] * 2, "bmm", 0),
    "bhqd,bhkd->bhqk": ([(16, 16, 1024, 64)] * 2, "matmul", 0),
    "bthd,hde->bte": ([(16, 1024, 16, 64), (16, 64, 1024)], "mm", 0),
    "btd,dhe->bhte": ([(16, 1024, 1024), (1024, 16, 64)], "mm", 0),
    "kc,nchw->nkhw": ([(256, 256), (32, 256, 64, 64)], "bmm", 0),
    "ibk,kbj->ibj": ([(1024, 16, 1024)] * 2, "bmm", 0),
    "bda,dc->abc": ([(312, 312, 312), (312, 312)], "bmm", 0),
    "aebf,dfce->abcd": ([(72, 72, 72, 72)] * 2, "mm", 2),  # no axis of a batch leaves both in one piece
    "gdab,efgc->abcdef": ([(24, 24, 24, 24)] * 2, "mm", 1),
    "ia,xay->xiy": ([(2, 2), (4096, 2, 16384)], "bmm", 0),
    "bi,bj->bij": ([(4096, 128)] * 2, "*", 0),
    "bi,bi->b": ([(131072, 256)] * 2, "bmm", 0),  # half the traffic of a product and its sum
    "bij,bji->b": ([(8192, 64, 64)] * 2, "* sum", 0),
    "bid,bi->bid": ([(64, 1024, 512), (64, 1024)], "*", 0),
    "abcd,c->dbca": ([(128,) * 4, (128,)], "*", 0),
    "bhwc->bc": ([(64, 112, 112, 256)], "sum", 0),
    "ij,jk,kl,lm->im": ([(64, 64)] * 4, "mm mm mm", 0),
    "ij,jk,kl,l->i": ([(4096, 4096)] * 3 + [(4096,)], "mv mv mv", 0),
    "ij,jk->": ([(8192, 8192)] * 2, "sum sum dot", 0),
    "bi,oij,bj->bo": ([(8192, 128), (128, 128, 128), (8192, 128)], "mm bmm", 0),
    "ijk,jr,kr->ir": ([(512, 512, 512), (512, 32), (512, 32)], "mm bmm", 0),
    "ir,jr,kr->ijk": ([(512, 64)] * 3, "* mm", 0),
    "abc,ai,bj,ck->ijk": ([(512, 512, 512)] + [(512, 64)] * 3, "mm mm mm", 0),
    MPS: (
        [tuple(2 if index in "dgjmps" else 32 for index in term) for term in MPS[:-2].split(",")],
        "mm " * 12 + "dot",
        0,
    ),
}


def on_cuda(text, shapes, dtype="float32"):
    return einc.compile(text).plan_for(shapes, [dtype] * len(shapes), "cuda")


def calls(source):
    """Those that make new arrays, if what is reshaped is not copied."""
    found = re.findall(r"(?:\.(mm|bmm|mv|dot|matmul|vecdot|sum)\()|= \w+ (\*)", source)
    return " ".join(name or sign for name, sign in found)


@pytest.mark.parametrize("text", DECIDED)
def test_calls(text):
    shapes, wanted, copies = DECIDED[text]
    plan = on_cuda(text, shapes)
    assert (calls(plan.source), sum(step.copies for step in report(plan, "auto").steps)) == (wanted, copies)


@pytest.mark.parametrize("shape", [(262144, 4, 4), (65536, 16, 16)])
def test_many_tiny_products_are_one_call(shape):
    """A product element by element would write, and read again, as many elements as there are multiply-adds."""
    for dtype in ("float32", "bfloat16"):
        assert calls(on_cuda("bik,bkj->bij", [shape] * 2, dtype).source) == "bmm"


@pytest.mark.parametrize(("shape", "wanted", "copies"), [((2048, 768, 4), "mm", 1), ((64, 768, 512), "bmm", 0)])
def test_one_matrix_for_a_batch(shape, wanted, copies):
    """With few columns a copy and one large product, with many a batch: on an A100, either lost by 3 to 9 times."""
    plan = on_cuda("ij,bjk->bik", [(768, 768), shape])
    assert (calls(plan.source), report(plan, "auto").steps[0].copies) == (wanted, copies)


def test_a_column_sum_is_not_a_batch_of_products():
    assert calls(on_cuda("ij,ij->j", [(4096, 512)] * 2).source) == "* sum"


def test_a_transposed_operand_costs_nothing():
    """A GPU's product reads tiles, and torch's on a CPU packs them first: rotations need no copies and no batches."""
    text, shapes, _ = "abc,ai,bj,ck->ijk", *DECIDED["abc,ai,bj,ck->ijk"][:2]
    for plan in (on_cuda(text, shapes), einc.compile(text).plan(*shapes, library="torch")):
        assert calls(plan.source) == "mm mm mm"
        assert ".contiguous(" not in plan.source


def test_integers_go_by_way_of_floats_wherever_that_is_exact():
    """As there are no matrix products of integers."""
    plan = on_cuda("ij,jk->ik", [(4, 5), (5, 6)], "int8")
    assert "torch.float32" in plan.source
    assert "torch.float64" in on_cuda("ij,jk->ik", [(4, 5), (5, 6)], "int16").source


def test_the_device_is_a_part_of_the_kind():
    cpu, cuda = Kind("torch", ((2,),), ("float32",)), Kind("torch", ((2,),), ("float32",), device="cuda")
    assert cpu != cuda
    assert cpu.backend is TORCH
    assert cuda.backend.rates != TORCH.rates
    assert backend("torch", "elsewhere").rates is TORCH.rates
    assert backend("numpy", "cuda") is NUMPY


@pytest.mark.parametrize(
    ("device", "name", "test"),
    [
        ("cpu", "", "x0.is_cpu and x1.is_cpu"),
        ("cuda", "cuda", "x0.is_cuda and x1.is_cuda"),
        ("mps", "elsewhere", "not x0.is_meta and not x1.is_meta"),
    ],
)
def test_products_are_run_on_the_device_that_they_are_planned_for(device, name, test):
    assert named_device("torch", device) == name
    assert named_device("numpy", device) == ""
    plan = einc.compile("ij,jk,->ik").plan_for([(4, 4), (4, 4), ()], ["float32"] * 3, device)
    source = guarded_source(plan.program, plan.kind, plan.sizes)
    assert test in source
    assert "x2.is_" not in source  # a number goes with tensors on any device


@needs_torch
def test_what_was_planned_for_a_gpu_is_planned_anew_on_a_cpu():
    import torch

    f = einc.compile("ij,jk->ik")
    x = torch.rand(4, 4)
    assert f.plan_for([(4, 4), (4, 4)], ["float32"] * 2, "cuda").guarded(x, x) is None
    assert f.plan_for([(4, 4), (4, 4)], ["float32"] * 2, "cpu").guarded(x, x) is not None


@needs_torch
def test_fake_tensors_tell_their_device():
    """And a number goes with tensors of any."""
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode():
        number, tensor = torch.empty(()), torch.empty(2, 3, device="cuda")
        assert kind_of([number, tensor]).device == "cuda"
        assert kind_of([number, torch.empty(2, 3)]).device == ""
        plan = einc.compile(",ij->ij").plan(number, tensor)
    assert plan.kind.device == "cuda"


@needs_torch
def test_compiled_calls_plan_for_the_device(monkeypatch):
    """`torch.compile` reads a call's code, and asks for a plan by shapes, dtypes and device."""
    import torch

    asked, plan_for = [], Compiled.plan_for
    monkeypatch.setattr(Compiled, "plan_for", lambda *given: asked.append(given[-1]) or plan_for(*given))
    number, x = torch.tensor(2.0), torch.rand(2, 3)
    result = torch.compile(einc.compile(",ij,jk->ik"), backend="eager", fullgraph=True)(number, x, x.t())
    torch.testing.assert_close(result, 2 * x @ x.t())
    assert asked == ["cpu"]
