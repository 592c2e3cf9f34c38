"""The corridor and the callable: what is planned when, what it remembers, and who may call it."""

from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest
from conftest import needs_torch

import einc
from einc.compiler import EXPRESSIONS, PLANS, _remembered


def test_every_doorway():
    f = einc.compile("ij,jk,kl->il", (8, 512), (512, 4), (4, 256))
    assert str(f.expression) == "ij, jk, kl -> il"
    assert f.tree.pairs == ((0, 1), (3, 2))
    assert [type(step.op).__name__ for step in f.program.steps] == ["Matmul", "Matmul"]
    assert "x0.dot(x1)" in f.source
    assert repr(f) == "einc.compile('ij,jk,kl->il')"


def test_doorways_show_what_was_planned_last():
    f = einc.compile("ij,jk")
    assert str(f.expression) == "ij, jk -> ik"
    f(np.ones((2, 3)), np.ones((1, 4)))
    assert str(f.expression) == "ij, 1k -> ik"
    plan = f.plan((2, 3), (3, 4), library="torch")
    assert f.source == plan.source
    assert "x0.mm(x1)" in f.source


def test_sources_run_without_einc():
    f = einc.compile("bhqd,bhkd->bhqk", (2, 3, 4, 5), (2, 3, 6, 5))
    code = f"{f.source}\nimport sys\nq, k = np.ones((2, 3, 4, 5)), np.ones((2, 3, 6, 5))\n"
    code += "assert contraction(q, k).shape == (2, 3, 4, 6)\nassert 'einc' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_sources_serve_every_size():
    f = einc.compile("abi,ij->abj", (2, 3, 4), (4, 5))
    namespace = {}
    exec(f.source, namespace)
    a, b = np.random.default_rng(0).uniform(size=(7, 0, 2)), np.ones((2, 6))
    assert namespace["contraction"](a, b).shape == (7, 0, 6)


def test_it_plans_once_per_kind_of_operands(monkeypatch):
    planned = []
    made = einc.compiler.make_plan
    monkeypatch.setattr(
        einc.compiler, "make_plan", lambda order, kind, options: planned.append(kind) or made(order, kind, options)
    )
    f = einc.compile("ij,jk->ik")
    for dtype in ("float32", "float64", "float32"):
        for n in (2, 3, 2):
            f(np.ones((n, n), dtype), np.ones((n, n), dtype))
    assert [(kind.shapes[0], kind.dtypes[0]) for kind in planned] == [
        ((2, 2), "float32"),
        ((3, 3), "float32"),
        ((2, 2), "float64"),
        ((3, 3), "float64"),
    ]


def test_what_it_remembers_has_a_bound():
    f = einc.compile("i->")
    for n in range(PLANS + 10):
        f(np.ones(n))
    assert len(f._plans) == PLANS
    assert len(f._orders) == PLANS
    assert _remembered.cache_info().maxsize == EXPRESSIONS


def test_texts_are_remembered_by_einsum():
    einc.einsum("ij,jk->ik", np.ones((2, 2)), np.ones((2, 2)))
    before = _remembered.cache_info().hits
    einc.einsum("ij,jk->ik", np.ones((2, 2)), np.ones((2, 2)), optimize=[(0, 1)])
    einc.einsum("ij,jk->ik", np.ones((2, 2)), np.ones((2, 2)), optimize=((0, 1),))
    einc.einsum("ij,jk->ik", np.ones((2, 2)), np.ones((2, 2)), optimize=True)
    assert _remembered.cache_info().hits == before + 2


def test_a_path_changed_afterwards_changes_nothing():
    path = [[0, 1], [0, 1]]
    f = einc.compile("ij,jk,kl->il", optimize=path)
    path.clear()
    assert f(np.ones((2, 2)), np.ones((2, 2)), np.ones((2, 2))).tolist() == [[4, 4], [4, 4]]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda f: pickle.loads(pickle.dumps(f))])
def test_copies(copied):
    f = einc.compile("ij,jk->ik", (2, 3), (3, 4), optimize=[(0, 1)])
    g = copied(f)
    assert g is not f
    assert g.source == f.source
    operands = np.ones((2, 3)), np.ones((3, 4))
    assert np.array_equal(f(*operands), g(*operands))
    assert np.array_equal(copied(f)(*operands), f(*operands))  # also after a call


def test_eight_threads_agree():
    f = einc.compile("ij,jk,kl->il")
    generator = np.random.default_rng(0)
    sets = [[generator.uniform(size=(n, n)) for _ in range(3)] for n in range(1, 9)]
    wanted = [np.linalg.multi_dot(operands) for operands in sets]
    failures = []
    start = threading.Barrier(8)

    def work(first):
        start.wait()
        for turn in range(300):
            at = (first + turn) % len(sets)
            result = f(*sets[at])
            if result.shape != wanted[at].shape or not np.allclose(result, wanted[at]):
                failures.append((first, turn))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_the_same_call_gives_the_same_bits(library, array):
    generator = np.random.default_rng(0)
    operands = [array(generator.uniform(size=(17, 17)).astype("float32")) for _ in range(4)]
    first = np.asarray(einc.einsum("ij,jk,kl,lm->im", *operands))
    for _ in range(5):
        assert np.array_equal(first, np.asarray(einc.compile("ij,jk,kl,lm->im")(*operands)))


def test_compiled_expressions_can_be_collected():
    f = einc.compile("ij,jk->ik")
    f(np.ones((2, 2)), np.ones((2, 2)))
    gone = weakref.ref(f)
    del f
    gc.collect()
    assert gone() is None


VIEWS = ["ij->ji", "ij->ij", "ii->i", "...->...", "iij->ji", "i...->...i"]


@pytest.mark.parametrize("text", VIEWS)
def test_permutations_and_diagonals_are_views(text):
    shape = (3, 3, 2) if text == "iij->ji" else (3, 3)
    x = np.arange(float(np.prod(shape))).reshape(shape)
    view = einc.einsum(text, x)
    assert view is not x
    assert np.shares_memory(view, x)
    view[...] = 7  # writable, as the operand is
    assert (x == 7).any()
    x.flags.writeable = False
    assert not einc.einsum(text, x).flags.writeable


@needs_torch
@pytest.mark.parametrize("text", VIEWS)
def test_permutations_and_diagonals_of_tensors_are_views(text):
    import torch

    x = torch.zeros((3, 3, 2) if text == "iij->ji" else (3, 3))
    view = einc.einsum(text, x)
    assert view is not x
    view.fill_(7)
    assert (x == 7).any()


@pytest.mark.parametrize("text", ["i->", "i,->i", "i,i->i", "ij->i"])
def test_everything_else_is_fresh(text, library, array):
    operands = [array(np.ones((2,) * len(term))) for term in text.split("->")[0].split(",")]
    result = einc.einsum(text, *operands)
    assert not any(np.shares_memory(np.asarray(result), np.asarray(operand)) for operand in operands)


@needs_torch
def test_gradients_flow():
    import torch

    operands = [torch.rand(3, 3, dtype=torch.float64, requires_grad=True) for _ in range(3)]
    for text in ("ij,jk,kl->il", "ij,ij,jk->", "ii,ij,jj->i", "ij,ik,il->jkl"):
        assert torch.autograd.gradcheck(einc.compile(text), operands)


@needs_torch
def test_gradients_of_empty_batches_flow():
    import torch

    x, w = torch.zeros(0, 3, requires_grad=True), torch.ones(3, 2, requires_grad=True)
    einc.einsum("bi,ij->bj", x, w).sum().backward()
    assert w.grad.tolist() == [[0, 0]] * 3


@needs_torch
def test_one_object_serves_both_libraries():
    import torch

    f = einc.compile("ij,jk->ik")
    a = np.arange(4.0).reshape(2, 2)
    for _ in range(2):
        assert isinstance(f(a, a), np.ndarray)
        assert torch.equal(f(torch.from_numpy(a), torch.from_numpy(a)), torch.from_numpy(a @ a))


@pytest.mark.cuda
@needs_torch
def test_cuda():
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    generator = np.random.default_rng(0)
    for text in ("ij,jk->ik", "bik,bkj->bij", "i,i->", "ij,ij->j", "ij,jk,kl->il", ",i->i", "ii->"):
        arrays = [generator.uniform(size=(3,) * len(term)) for term in text.split("->")[0].split(",")]
        tensors = [torch.from_numpy(array).cuda() for array in arrays]
        np.testing.assert_allclose(einc.einsum(text, *tensors).cpu().numpy(), np.einsum(text, *arrays))


IMPORT = """
import sys, time
import numpy
start = time.perf_counter()
import einc
assert not {"lark", "opt_einsum", "einc.compiler", "einc.plan"} & set(sys.modules)  # before anything is asked for
einc.compile
seconds = time.perf_counter() - start
assert einc.torch
heavy = {"torch", "rich", "matplotlib", "jax", "cotengra", "numpy.random", "statistics"} & set(sys.modules)
assert not heavy, heavy
surfaces = {"einc.report", "einc.verify", "einc.calibrating", "einc.diagnosing", "einc.draw"} & set(sys.modules)
assert not surfaces, surfaces
from einc.parse import grammar
assert grammar.cache_info().currsize == 0  # not before the first use
print(seconds)
"""


def test_the_import_is_light():
    """No array library but NumPy, and no grammar; half a second is far above what it takes, on any machine."""
    done = subprocess.run([sys.executable, "-c", IMPORT], check=True, capture_output=True, text=True)
    assert float(done.stdout) < 0.5
