"""Constants are contracted once, and never stay what they no longer are."""

from __future__ import annotations

import copy

import pytest

torch = pytest.importorskip("torch")

import einc  # noqa: E402


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def chain(**choices):
    """Two matrices that stay, and fold into one."""
    buffers = {n: torch.rand(4, 4) for n in (1, 2)}
    return einc.nn.Einsum("b i, i r, r o -> b o", buffers=buffers, **choices)


X = torch.eye(4)  # so that a layer of matrices returns their product


def product(layer):
    return layer.buffer1 @ layer.buffer2


def is_folded(layer):
    """Whether something was made that the next call may use."""
    return layer._folds is not None and layer._folds._made is not None


def groups(text, shapes):
    layer = einc.nn.Einsum(text, buffers={n: torch.rand(shape) for n, shape in shapes.items()})
    return [] if layer._folds is None else list(layer._folds.folding.groups)


@pytest.mark.parametrize(
    ("text", "shapes", "folded"),
    [
        ("b i, i r, r o -> b o", {1: (4, 4), 2: (4, 4)}, [(1, 2)]),
        ("i r, b i, r o -> b o", {0: (4, 4), 2: (4, 4)}, [(0, 2)]),
        ("b i, i r, r o -> b o", {1: (9, 2), 2: (2, 9)}, []),  # a low rank is kept
        ("b i, i r, r o -> b o", {1: (2, 9), 2: (9, 2)}, [(1, 2)]),
        ("b i, i r, r s, s o -> b o", {1: (4, 4), 2: (4, 4), 3: (4, 4)}, [(1, 2, 3)]),
        ("b i, i r, r s, s o -> b o", {1: (9, 2), 2: (2, 2), 3: (2, 9)}, [(1, 2)]),
        ("b t d, t d, t -> b t d", {1: (5, 4), 2: (5,)}, [(1, 2)]),
        ("b i j, i, j -> b i j", {1: (5,), 2: (4,)}, []),  # an outer product is larger
        ("b i, i, j, i j -> b j", {1: (5,), 2: (4,)}, []),
        ("b i, i r, r -> b i r", {1: (5, 4)}, []),
        ("a i, i j, b k, k l -> a b", {1: (4, 4), 3: (3, 3)}, []),
        (
            "a i, i j, j p, b k, k l, l q -> a b p q",
            {1: (4, 4), 2: (4, 4), 4: (3, 3), 5: (3, 3)},
            [(1, 2), (4, 5)],
        ),
        ("... i, i r, r ... -> ...", {1: (4, 4), 2: (4, 2)}, []),  # an ellipsis stays
    ],
)
def test_what_is_no_larger_together_is_folded(text, shapes, folded):
    assert groups(text, shapes) == folded


@pytest.mark.parametrize(
    ("text", "buffers", "given"),
    [
        ("i r, b i, r o -> b o", {0: (4, 3), 2: (3, 2)}, (2, 4)),
        ("b i, i i, i r, r -> b r", {1: (4, 4), 2: (4, 3), 3: (3,)}, (2, 4)),
        ("b t d, t d, t -> b t d", {1: (5, 4), 2: (5,)}, (2, 5, 4)),
        ("b t d, t d, t d -> b t d", {1: (5, 4), 2: (1, 4)}, (2, 5, 4)),
        ("b t d, t d, t d -> b t d", {1: (1, 4), 2: (1, 4)}, (2, 5, 4)),
        ("b t d, t d, t d -> b t d", {1: (5, 4), 2: (5, 4)}, (2, 1, 4)),
        ("b t d, t d, t d, u, u -> b t", {1: (5, 4), 2: (5, 4), 3: (3,), 4: (3,)}, (2, 5, 4)),
        ("b t, t, t -> t t b", {1: (5,), 2: (5,)}, (2, 5)),
        ("b (t d), t d, (t d) -> b (d t)", {1: (5, 4), 2: (20,)}, (2, 20)),
        ("b ..., b c, c b -> ... c", {1: (3, 4), 2: (4, 3)}, (3, 2, 5)),
        ("bi,io,op", {1: (4, 4), 2: (4, 4)}, (2, 4)),
        ("...i,io,op", {1: (4, 4), 2: (4, 4)}, (2, 3, 4)),
    ],
)
def test_folded_or_not_it_is_the_same(text, buffers, given):
    layer = einc.nn.Einsum(text, buffers={n: torch.rand(shape, dtype=torch.float64) for n, shape in buffers.items()})
    x = torch.rand(given, dtype=torch.float64)
    operands = [x if name is None else getattr(layer, name) for name in layer._design.names]
    torch.testing.assert_close(layer(x), einc.einsum(text, *operands), rtol=1e-12, atol=1e-12)
    assert is_folded(layer)


def test_it_is_done_once():
    layer = chain()
    assert torch.allclose(layer(X), product(layer))
    made = layer._folds._made
    layer(torch.rand(7, 4))
    assert layer._folds._made is made


def written_to(layer):
    layer.buffer1.mul_(2)


def written_in_part(layer):
    layer.buffer2[1:, :2] = 7


def written_through_a_view(layer):
    layer.buffer1.view(-1)[3] = 5


def written_through_a_detached_tensor(layer):
    layer.buffer1.detach().zero_()


def written_in_inference_mode(layer):
    with torch.inference_mode():
        layer.buffer1.add_(1)


def replaced(layer):
    layer.buffer2 = torch.rand(4, 4)


def replaced_by_data(layer):
    layer.buffer2.data = torch.rand(4, 4)


def swapped(layer):
    torch.utils.swap_tensors(layer.buffer2, torch.rand(4, 4))


def loaded(layer):
    layer.load_state_dict(chain().state_dict())


def loaded_by_assignment(layer):
    layer.load_state_dict(chain().state_dict(), assign=True)


def emptied_and_filled(layer):
    layer.to_empty(device="cpu")
    layer.load_state_dict(chain().state_dict())


def shared(layer):
    layer.share_memory()
    layer.buffer1.zero_()


def moved_there_and_back(layer):
    layer.to(torch.float64).to(torch.float32)
    layer.buffer1.zero_()


def behind_its_back(layer):
    layer.buffer1.data.zero_()
    layer.refold()


CHANGES = [
    written_to,
    written_in_part,
    written_through_a_view,
    written_through_a_detached_tensor,
    written_in_inference_mode,
    replaced,
    replaced_by_data,
    swapped,
    loaded,
    loaded_by_assignment,
    emptied_and_filled,
    shared,
    moved_there_and_back,
    behind_its_back,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_is_noticed(change):
    layer = chain()
    before = layer(X)
    assert is_folded(layer)
    change(layer)
    after = layer(X)
    assert not torch.allclose(after, before)
    torch.testing.assert_close(after, product(layer))


def test_a_copy_is_not_the_original():
    layer = chain()
    layer(X)
    other = copy.deepcopy(layer)
    assert not is_folded(other)
    other.buffer1.zero_()
    assert not other(X).any()
    torch.testing.assert_close(layer(X), product(layer))


def test_what_is_moved_leaves_nothing_behind():
    layer = chain()
    layer(X)
    assert not is_folded(layer.to(torch.float64))
    torch.testing.assert_close(layer(X.double()), product(layer))
    assert layer.to("meta")(X.to("meta", torch.float64)).device.type == "meta"


def test_gradients_of_buffers_are_not_lost():
    layer = chain()
    layer(X)
    layer.buffer1.requires_grad_()
    layer(X).sum().backward()
    torch.testing.assert_close(layer.buffer1.grad, layer.buffer2.sum(1).expand(4, 4))
    layer.buffer1.requires_grad_(False)
    assert not layer(X).requires_grad


def test_gradients_of_inputs_go_through():
    layer = chain(dtype=torch.float64)
    x = torch.rand(2, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,))
    assert is_folded(layer)


def call(layer):
    def called(buffers, x=X):
        return torch.func.functional_call(layer, buffers, (x,))

    return called


@pytest.mark.filterwarnings("ignore:.torch.jit.script.")  # in what torch imports for forward mode
def test_transformations_of_buffers_see_each_of_them():
    layer = chain()
    expected = layer(X)
    buffers = {name: buffer.clone() for name, buffer in layer.named_buffers()}
    several = {name: torch.stack([buffer, 2 * buffer]) for name, buffer in buffers.items()}
    mapped = torch.func.vmap(call(layer))(several)
    torch.testing.assert_close(mapped, torch.stack([expected, 4 * expected]))

    def summed(buffers):
        return call(layer)(buffers).sum()

    ones = torch.ones(4, 4)
    grad = torch.func.grad(summed)(buffers)
    torch.testing.assert_close(grad["buffer1"], ones @ buffers["buffer2"].T)
    each = torch.func.grad(lambda several: torch.func.vmap(call(layer))(several).sum())(several)
    torch.testing.assert_close(each["buffer2"][1], 2 * buffers["buffer1"].T @ ones)
    _, tangent = torch.func.jvp(call(layer), (buffers,), ({name: torch.ones(4, 4) for name in buffers},))
    torch.testing.assert_close(tangent, ones @ buffers["buffer2"] + buffers["buffer1"] @ ones)
    torch.testing.assert_close(layer(X), expected)


@pytest.mark.filterwarnings("ignore:.torch.jit.script.")  # in what torch imports for forward mode
def test_a_first_call_inside_a_transformation_leaves_plain_data():
    layer = chain()
    x = torch.rand(3, 4)
    torch.testing.assert_close(torch.func.grad(lambda x: layer(x).sum())(x), product(layer).sum(1).expand(3, 4))
    torch.testing.assert_close(torch.func.vmap(layer)(x[:, None])[:, 0], x @ product(layer))
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(x, torch.ones_like(x))
        tangent = torch.autograd.forward_ad.unpack_dual(layer(dual)).tangent
    torch.testing.assert_close(tangent, torch.ones_like(x) @ product(layer))
    torch.testing.assert_close(layer(x), x @ product(layer))
    assert layer._folds._made.results[0].untyped_storage().nbytes() == 64


def test_fake_tensors_leave_nothing_behind():
    from torch._subclasses.fake_tensor import FakeTensorMode

    layer = chain()
    with FakeTensorMode(allow_non_fake_inputs=True):
        assert layer(torch.rand(2, 4)).shape == (2, 4)
    torch.testing.assert_close(layer(X), product(layer))


@pytest.mark.filterwarnings("ignore")
def test_a_trace_reads_the_buffers_themselves():
    layer = chain()
    layer.contraction(X, layer.buffer1, layer.buffer2)
    layer(X)
    traced = torch.jit.trace(layer, (X,))
    layer.buffer1.mul_(3)
    torch.testing.assert_close(traced(X), product(layer))


def test_autocast_and_inference_mode_leave_nothing_behind():
    layer = chain()
    x = torch.rand(2, 4, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16), torch.inference_mode():
        layer(x)
    result = layer(x)
    torch.testing.assert_close(result, x @ product(layer))
    result.sum().backward()
    with torch.inference_mode():
        made_there = chain()
        torch.testing.assert_close(made_there(X), product(made_there))
    assert not is_folded(made_there)  # such tensors do not count what is written to them
    assert layer.train()(x).requires_grad


def test_a_wider_input_is_promoted_before_anything_is_summed():
    layer = chain()
    for buffer in layer.buffers():
        buffer.mul_(1e30)
    assert not layer(X).isfinite().any()
    wide = layer(X.double())
    torch.testing.assert_close(wide, layer.buffer1.double() @ layer.buffer2.double())
    counts = {n: torch.full((2, 2), 100, dtype=torch.int8) for n in (1, 2)}
    counting = einc.nn.Einsum("b i, i r, r o -> b o", buffers=counts)
    assert counting(torch.eye(2, dtype=torch.int64)).tolist() == [[20000, 20000], [20000, 20000]]


def test_an_order_that_was_asked_for_is_kept():
    assert chain(optimize=[(0, 1), (0, 1)])._folds is None
    assert chain(optimize=einc.Planner(0.1))._folds is None
    assert chain(optimize="greedy")._folds is not None


def test_complaints_are_about_the_whole_expression():
    layer = chain()
    layer(X)
    with pytest.raises(einc.EincError) as caught:
        layer(torch.rand(2, 3))
    assert str(caught.value) == (
        "index 'i' has size 3 in operand 0 and size 4 in operand 1\n  b i, i r, r o -> b o\n    ^  ^"
    )


def test_buffers_replaced_by_what_does_not_fit():
    for other, message in [
        (
            torch.rand(4, 3),
            "index 'r' has size 3 in operand 1 and size 4 in operand 2\n  b i, i r, r o -> b o\n         ^  ^",
        ),
        (
            torch.rand(4),
            "operand 1 is written with 2 axes, but has 1: its shape is (4,)\n  b i, i r, r o -> b o\n       ^^^",
        ),
        (None, "operand 1 is a value of type 'NoneType': an operand is an array of NumPy, torch or the array API"),
    ]:
        layer = chain()
        layer(X)
        layer.buffer1 = other
        with pytest.raises(einc.EincError) as caught:
            layer(X)
        assert str(caught.value) == message
    layer.buffer1, layer.buffer2 = torch.rand(4, 1), torch.rand(7, 5)
    torch.testing.assert_close(layer(X), layer.buffer1 @ layer.buffer2.sum(0, keepdim=True))
    strict = chain(broadcast="never")
    strict.buffer1 = torch.rand(4, 1)
    with pytest.raises(einc.EincError, match="index 'r' has size 1 in operand 1 and size 4 in operand 2"):
        strict(X)


def test_parameters_are_not_folded():
    layer = einc.nn.Einsum("b i, i r, r o -> b o", parameters={1: (4, 4)}, buffers={2: torch.rand(4, 4)})
    assert layer._folds is None


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_captured_graph_reads_the_buffers_themselves():
    layer, x = chain(device="cuda"), X.cuda()
    layer(x)
    graph = torch.cuda.CUDAGraph()
    layer.contraction(x, layer.buffer1, layer.buffer2)
    with torch.cuda.graph(graph):
        captured = layer(x)
    layer.buffer1.mul_(3)
    graph.replay()
    torch.testing.assert_close(captured, product(layer))
    torch.testing.assert_close(layer(x), product(layer))
