"""Contractions that run in slices: what they compute, how much memory they take, and how they are found."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace

import numpy as np
import opt_einsum
import pytest
from conftest import needs_torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import networks, random_network
from problems import as_torch, problems
from test_search import make_walk, total  # noqa: F401

import einc
from einc.corridor import Order, make_plan
from einc.memory import peak
from einc.operands import admit, kind_of
from einc.options import Options
from einc.plan import Planner
from einc.plan.clock import Clock
from einc.plan.cost import FLOPS, TIME
from einc.plan.network import bits, largest, node_sets, weigher
from einc.plan.rotations import Walk
from einc.plan.search import Search
from einc.plan.slicing import Slicing, without
from einc.tree import macs, terms

PLAIN = ("bool", "int8", "int64", "uint8", "float16", "float32", "float64", "complex128")
MANY = "ab,bc,cd,de,ea->"  # a ring


def in_slices(text, operands, indices, options=None):
    """The plan for operands, with these indices sliced."""
    plan = einc.compile(text).plan(*operands)
    order = Order(plan.expression, plan.sizes, replace(plan.tree, sliced=tuple(indices)))
    return make_plan(order, kind_of(admit(operands)), options or Options())


def sliceable(plan):
    """The indices that a contraction has, and not one operand alone."""
    return sorted(frozenset().union(*terms(plan.expression)))


@settings(max_examples=500)
@given(problem=problems(dtypes=PLAIN, most_operands=4), data=st.data())
def test_slices_add_up(problem, data):
    f = einc.compile(problem.text)
    wanted = f(*problem.operands)
    if not (choices := sliceable(f)) or not f.tree.pairs or 0 in f._last.sizes.values():
        return
    chosen = data.draw(st.lists(st.sampled_from(choices), min_size=1, unique=True))
    with np.errstate(over="ignore"):
        plan = in_slices(problem.text, problem.operands, chosen)
        result = plan.function(*problem.operands)
    assert type(result) is type(wanted)
    problem.check(result, str(wanted.dtype))


@needs_torch
@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")  # float16 beside a 0-d complex number
@settings(max_examples=300)
@given(problem=problems(dtypes=PLAIN, most_operands=4), data=st.data())
def test_slices_of_tensors_add_up(problem, data):
    operands = [as_torch(operand) for operand in problem.operands]
    f = einc.compile(problem.text)
    wanted = f(*operands)
    if not (choices := sliceable(f)) or not f.tree.pairs or 0 in f._last.sizes.values():
        return
    chosen = data.draw(st.lists(st.sampled_from(choices), min_size=1, unique=True))
    result = in_slices(problem.text, operands, chosen).function(*operands)
    assert result.dtype == wanted.dtype
    wide = result.cfloat() if str(result.dtype) == "torch.complex32" else result  # which NumPy lacks
    problem.check(wide.resolve_conj().numpy(), str(wanted.dtype).removeprefix("torch."))


def test_what_no_slice_changes_runs_once():
    operands = np.ones((4, 5)), np.ones((5, 6)), np.ones((6, 7))
    plan = in_slices("ab,bc,cd->ad", operands, ["a"])
    before, loop = plan.source.split("def part")
    assert before.count("dot") == (1 if (1, 2) in plan.tree.pairs else 0)
    assert "for i0 in range(x0.shape[0]):" in loop


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # torch's own
class TestGradients:
    """A sliced contraction in PyTorch's hands."""

    TEXT = "ab,bc,cd->ad"

    @pytest.fixture(params=["b", "a", "bd"])
    def function(self, request, torch):
        shapes = [torch.empty(3, 4, dtype=torch.float64), torch.empty(4, 5).double(), torch.empty(5, 2).double()]
        return in_slices(self.TEXT, shapes, request.param).function

    @pytest.fixture
    def operands(self, torch):
        torch.manual_seed(0)
        return [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in ((3, 4), (4, 5), (5, 2))]

    def test_first_and_second_derivatives(self, function, operands, torch):
        assert torch.autograd.gradcheck(function, operands)
        assert torch.autograd.gradgradcheck(function, operands)

    def test_transformations(self, function, operands, torch):
        plain = [operand.detach() for operand in operands]
        whole = einc.compile(self.TEXT)
        for transform in (torch.func.jacrev, torch.func.jacfwd):
            torch.testing.assert_close(transform(function)(*plain), transform(whole)(*plain))
        batches = [operand.expand(6, *operand.shape).clone() for operand in plain]
        mapped = torch.func.vmap(function)(*batches)
        torch.testing.assert_close(mapped, whole(*plain).expand(6, -1, -1))
        only_last = torch.func.vmap(function, in_dims=(None, None, 0))(*plain[:2], batches[2])
        torch.testing.assert_close(only_last, mapped)

    def test_compiled(self, function, operands, torch):
        compiled = torch.compile(function, fullgraph=True, backend="aot_eager")
        torch.testing.assert_close(compiled(*operands), function(*operands))


def test_what_is_saved_for_gradients_is_bounded(torch):
    """Intermediates are computed anew, slice by slice: what is saved are operands."""
    operands = [torch.ones(64, 64, requires_grad=True) for _ in range(5)]
    saved = 0

    def pack(tensor):
        nonlocal saved
        base = tensor if tensor._base is None else tensor._base
        saved += base.nbytes if all(base is not operand for operand in operands) else 0
        return tensor

    counts = {}
    for name, plan in (("whole", einc.compile(MANY).plan(*operands)), ("sliced", in_slices(MANY, operands, "a"))):
        saved = 0
        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            plan.function(*operands).backward()
        counts[name] = saved
    assert counts["sliced"] < counts["whole"]


@pytest.mark.parametrize("limit", [10**6, 3 * 10**5, 10**5, 3 * 10**4])
def test_a_memory_limit_is_kept(limit):
    operands = [np.random.default_rng(n).standard_normal((150, 150)) for n in range(5)]
    f = einc.compile(MANY, optimize=Planner(0.2, memory_limit=limit))
    wanted = einc.compile(MANY)(*operands)
    np.testing.assert_allclose(f(*operands), wanted)  # which plans
    assert peak(f.program, f._last.sizes) <= limit
    tracemalloc.start()
    f(*operands)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most <= limit + 10_000  # Python's own objects
    report = einc.explain(MANY, *operands, optimize=Planner(0.2, memory_limit=limit))
    assert report.peak <= limit
    assert (f"in {report.slices:,} slices" in str(report)) == (report.slices > 1) == bool(f.tree.sliced)
    assert report.macs == macs(f.tree, f.expression, f._last.sizes)


def test_a_limit_that_does_not_bind_changes_nothing():
    f = einc.compile(MANY, *[(20, 20)] * 5, optimize=Planner(0.05, memory_limit=10**9))
    assert f.tree == einc.compile(MANY, *[(20, 20)] * 5, optimize=Planner(0.05)).tree
    assert not f.tree.sliced


def test_a_batch_is_sliced_at_no_cost():
    shapes = [(64, 50, 8)] * 3
    planner = Planner(0.1, memory_limit=64 * 50 * 8 * 8 + 50 * 50 * 8 * 4)
    f = einc.compile("bqd,bkd,bke->bqe", *shapes, optimize=planner)
    whole = einc.compile("bqd,bkd,bke->bqe", *shapes)
    assert f.tree.sliced == ("b",) or not f.tree.sliced
    assert macs(f.tree, f.expression, f._last.sizes) == macs(whole.tree, whole.expression, whole._last.sizes)
    operands = [np.random.default_rng(n).standard_normal(shape) for n, shape in enumerate(shapes)]
    np.testing.assert_allclose(f(*operands), whole(*operands))


def test_limits_that_nothing_keeps():
    with pytest.raises(einc.EincError) as told:
        einc.compile("ij,jk->ik", (100, 10), (10, 100), optimize=Planner(memory_limit=1000))
    assert str(told.value) == "memory_limit=1000 is too small: the result and one slice take 80008 bytes"
    f = einc.compile("ij,jk->ik", (100, 10), (10, 100), optimize=Planner(memory_limit=80008))
    np.testing.assert_allclose(f(np.ones((100, 10)), np.ones((10, 100))), np.full((100, 100), 10.0))


def test_a_path_keeps_a_limit_or_says_what_it_takes():
    shapes = [(2, 50), (50, 2), (2, 50), (50, 2)]
    text = "ab,bc,cd,de->ae"
    path, _ = opt_einsum.contract_path(text, *shapes, shapes=True, optimize=Planner(0.1), memory_limit=10)
    _, report = opt_einsum.contract_path(text, *shapes, shapes=True, optimize=path)
    assert report.largest_intermediate <= 10
    with pytest.raises(einc.EincError) as told:
        opt_einsum.contract_path("ab,bc,cd->ad", *[(9, 9)] * 3, shapes=True, optimize=Planner(0.1), memory_limit=80)
    assert str(told.value) == (
        "no order was found whose intermediates have at most 80 elements; the least that one needs is 81 "
        "(einc.compile slices indices where that must be)"
    )
    with pytest.raises(einc.EincError, match="at most 80 elements"):
        Planner(0.1, memory_limit=640)([{"a", "b"}, {"b", "c"}], {"a", "c"}, dict.fromkeys("abc", 9))


def test_a_path_with_what_to_slice():
    terms, sizes = [set("ab"), set("bc"), set("cd"), set("da")], dict.fromkeys("abcd", 4)
    path, sliced = Planner(0.1).sliced_path(terms, set(), sizes, 4)
    operands = [np.random.default_rng(n).standard_normal((4, 4)) for n in range(4)]
    wanted = np.einsum("ab,bc,cd,da", *operands)
    assert sliced
    names = ["".join(sorted(term, key="dabc".index if term == set("da") else None)) for term in terms]
    made = 0.0
    for places in np.ndindex(*[4] * len(sliced)):
        at = dict(zip(sliced, places))
        parts = [array[tuple(at.get(label, slice(None)) for label in name)] for name, array in zip(names, operands)]
        text = ",".join("".join(label for label in name if label not in at) for name in names)
        made += opt_einsum.contract(text + "->", *parts, optimize=path)
        assert opt_einsum.contract_path(text + "->", *parts, optimize=path)[1].largest_intermediate <= 4
    np.testing.assert_allclose(made, wanted)


def test_a_plan_that_keeps_the_limit_as_it_is_needs_no_slices():
    """Slices would need a little more than the result alone."""
    f = einc.compile("ij,jk->ik", (100, 10), (10, 100), optimize=Planner(memory_limit=80000))
    assert not f.tree.sliced


@pytest.mark.parametrize("limit", [0, -5, 1.5, "1"])
def test_limits_that_are_none(limit):
    with pytest.raises(einc.EincTypeError) as told:
        Planner(memory_limit=limit)
    assert str(told.value) == f"memory_limit={limit!r} is no number of bytes"


@settings(max_examples=60, deadline=None)
@given(network=networks(least=2, most=9), bits_left=st.integers(0, 6), cost=st.sampled_from([FLOPS, TIME]))
def test_what_is_found_fits(network, bits_left, cost):
    found = Slicing(Search(cost, Walk), bits_left)(network, Clock(0.0, 500))
    sub = without(network, found.indices)
    assert largest(sub, found.pairs) <= bits_left + 1e-6
    assert found.total == pytest.approx(weigher(network)(found.indices) + total(sub, found.pairs, cost))


@pytest.mark.parametrize("over", [1, 3])
def test_slices_cost_little(make_walk, over):  # noqa: F811
    """Random regular networks, to which slicing does little harm."""
    network = random_network(60, 1)
    free = Search(FLOPS, make_walk)(network, Clock(0.0, 300_000))
    limit = largest(network, free) - over
    found = Slicing(Search(FLOPS, make_walk), limit)(network, Clock(0.0, 1_000_000))
    assert largest(without(network, found.indices), found.pairs) <= limit + 1e-6
    assert found.total - total(network, free) < math.log2(1.5)
    again = Slicing(Search(FLOPS, make_walk), limit)(network, Clock(0.0, 1_000_000))
    assert again == found


def test_a_walk_knows_what_it_slices(make_walk):  # noqa: F811
    network = random_network(40, 2)
    pairs = Search(FLOPS, Walk)(network, Clock(0.0, 1000))
    limit = largest(network, pairs) - 4
    walk = make_walk(network, pairs, replace(FLOPS, most=limit), 3)
    walk.slice(0)
    walk.anneal(2.0, 10.0, 100_000)
    sliced = walk.sliced()
    assert sliced
    assert all(network.sizes[bit] > 1 for bit in bits(sliced))
    fresh = make_walk(without(network, sliced), walk.pairs(), replace(FLOPS, most=limit), 3)
    assert walk.total() == pytest.approx(fresh.total())
    copy = walk.again(5)
    copy.anneal(2.0, 3.0, 10_000)
    assert walk.sliced() == sliced
    assert node_sets(network, walk.pairs())
