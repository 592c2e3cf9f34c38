"""Layers: what they compute, keep, draw, fold, save and refuse."""

from __future__ import annotations

import copy
import io
import math
import pickle
import subprocess
import sys

import definition
import numpy as np
import pytest

torch = pytest.importorskip("torch")

import einc  # noqa: E402

EXPRESSION = "batch (h d), h d out -> batch out"


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def heads(**choices):
    return einc.nn.Einsum(EXPRESSION, parameters={1: (8, 4, 16)}, bias="out", h=8, **choices)


def chain(size=6, **choices):
    """Three matrices that stay: all of them fold into one."""
    buffers = {n: torch.rand(size, size) for n in (1, 2, 3)}
    return einc.nn.Einsum("b i, i r, r s, s o -> b o", buffers=buffers, **choices)


def by_definition(layer, *inputs):
    """The layer's expression, without groups, ellipses and bias, in float64."""
    terms, _, output = layer.expression.partition("->")
    given = iter(inputs)
    operands = [next(given) if name is None else getattr(layer, name) for name in layer._design.names]
    inputs = [term.split() for term in terms.split(",")]
    arrays = [operand.detach().double().numpy() for operand in operands]
    return torch.from_numpy(definition.einsum(inputs, output.split(), arrays, np.float64))


def assert_defined(layer, *inputs):
    torch.testing.assert_close(layer(*inputs).double(), by_definition(layer, *inputs), rtol=1e-4, atol=1e-5)


# What it computes


def test_a_parameter_and_a_bias():
    layer, x = heads(), torch.rand(3, 32)
    expected = torch.nn.functional.linear(x, layer.weight.reshape(32, 16).T, layer.bias)
    torch.testing.assert_close(layer(x), expected)
    assert [(name, tuple(p.shape)) for name, p in layer.named_parameters()] == [("weight", (8, 4, 16)), ("bias", (16,))]


def test_a_buffer():
    table = torch.rand(10, 4)
    layer, x = einc.nn.Einsum("b t d, t d -> b t d", buffers={1: table}), torch.rand(2, 10, 4)
    assert torch.equal(layer(x), x * table)
    assert list(layer.parameters()) == []
    assert layer.buffer is table


@pytest.mark.parametrize(
    ("text", "parameters", "buffers", "inputs"),
    [
        ("i o, b i -> b o", {0: (3, 4)}, {}, [(2, 3)]),
        ("b i, c j, i j o -> b c o", {2: (3, 4, 5)}, {}, [(2, 3), (6, 4)]),
        ("b i, i r, r o -> b o", {1: (3, 2), 2: (2, 5)}, {}, [(4, 3)]),
        ("a i, b j, a k, k b -> i j", {1: (2, 3), 3: (5, 2)}, {0: (4, 3)}, [(4, 5)]),
        ("b i, i i -> b", {1: (3, 3)}, {}, [(2, 3)]),
        ("b i, -> b i", {1: ()}, {}, [(2, 3)]),
        ("b i, b i, i -> b", {2: (3,)}, {}, [(2, 3), (2, 3)]),
    ],
)
def test_operands_in_all_roles(text, parameters, buffers, inputs):
    layer = einc.nn.Einsum(text, parameters=parameters, buffers={n: torch.rand(shape) for n, shape in buffers.items()})
    assert_defined(layer, *(torch.rand(shape) for shape in inputs))


def test_attributes_are_named_by_position_where_there_are_several():
    table = torch.rand(3)
    layer = einc.nn.Einsum(
        "b i, i r, r o, i, o -> b o", parameters={1: (3, 2), 2: (2, 4)}, buffers={3: table, 4: table[:1]}
    )
    assert list(dict(layer.named_parameters())) == ["weight1", "weight2"]
    assert list(dict(layer.named_buffers())) == ["buffer3", "buffer4"]


def test_letters_and_an_implicit_output():
    layer = einc.nn.Einsum("bi,io", parameters={1: (3, 4)}, bias="o")
    torch.testing.assert_close(layer(torch.eye(3)), layer.weight + layer.bias)


def test_choices_reach_the_compiler():
    layer = einc.nn.Einsum("ab, b -> ab", parameters={1: (3,)}, notation="letters", broadcast="never")
    with pytest.raises(einc.EincError, match="index 'b' has size 1 in operand 0 and size 3 in operand 1"):
        layer(torch.rand(2, 1))
    path = [(1, 2), (0, 1)]
    layer = einc.nn.Einsum("bi,ij,jo->bo", parameters={1: (3, 3), 2: (3, 3)}, optimize=path)
    layer(torch.rand(2, 3))
    assert layer.contraction.tree.pairs[0] == (1, 2)


# Where a bias goes

BIASES = [
    ("b i, i o -> b o", {1: (3, 4)}, "o", (2, 3), (4,), lambda bias: bias),
    ("b i, i o -> o b", {1: (3, 4)}, "o", (2, 3), (4,), lambda bias: bias[:, None]),
    ("b i, i o p -> b o p", {1: (3, 4, 5)}, "o p", (2, 3), (4, 5), lambda bias: bias),
    ("b i, i o p -> b o p", {1: (3, 4, 5)}, "p o", (2, 3), (5, 4), lambda bias: bias.T),
    ("b i, i o p -> p b o", {1: (3, 4, 5)}, "o p", (2, 3), (4, 5), lambda bias: bias.T[:, None]),
    ("b i, i o p -> b (o p)", {1: (3, 4, 5)}, "o p", (2, 3), (4, 5), lambda bias: bias.reshape(20)),
    ("b i, i o p -> b (o p)", {1: (3, 4, 5)}, "p o", (2, 3), (5, 4), lambda bias: bias.T.reshape(20)),
    ("b i, i o p -> (o p) b 1", {1: (3, 4, 5)}, "o p", (2, 3), (4, 5), lambda bias: bias.reshape(20, 1, 1)),
    ("... i, i o -> ... o", {1: (3, 4)}, "o", (2, 5, 3), (4,), lambda bias: bias),
    ("... i, i o -> o ...", {1: (3, 4)}, "o", (2, 5, 3), (4,), lambda bias: bias[:, None, None]),
    ("... i, i o -> o ...", {1: (3, 4)}, "o", (3,), (4,), lambda bias: bias),
    ("... i, i o p -> o ... p", {1: (3, 4, 5)}, "o p", (2, 3), (4, 5), lambda bias: bias[:, None]),
    ("b i, i o -> b o", {1: (3, 4)}, "", (2, 3), (), lambda bias: bias),
    ("bi,io", {1: (3, 4)}, "o", (2, 3), (4,), lambda bias: bias),
    ("...i,io", {1: (3, 4)}, "o", (2, 5, 3), (4,), lambda bias: bias),
]


@pytest.mark.parametrize(("text", "parameters", "bias", "given", "shape", "aligned"), BIASES)
def test_a_bias_is_added_along_its_axes(text, parameters, bias, given, shape, aligned):
    layer, x = einc.nn.Einsum(text, parameters=parameters, bias=bias), torch.rand(given)
    assert tuple(layer.bias.shape) == shape
    without = layer.contraction(x, layer.weight)
    assert torch.equal(layer(x), without + aligned(layer.bias))
    assert layer(x).shape == without.shape


def test_a_bias_of_a_given_size():
    layer = einc.nn.Einsum("b i, b i -> b", bias="b", b=3)
    assert torch.equal(layer.bias, torch.zeros(3))
    assert layer(torch.ones(3, 2), torch.ones(3, 2)).tolist() == [2, 2, 2]


# What it draws


@pytest.mark.parametrize(
    ("text", "parameters", "fan_in", "sizes"),
    [
        (EXPRESSION, {1: (8, 4, 16)}, {1: 32}, {}),
        ("b i, i o -> b o", {1: (3, 4)}, {1: 3}, {}),
        ("b d, d -> b d", {1: (3,)}, {1: 1}, {}),
        ("b i, i r, r o -> b o", {1: (30, 2), 2: (2, 5)}, {1: 30, 2: 2}, {}),  # as two layers
        ("b i, b j, i r, j r, r o -> b o", {2: (7, 2), 3: (5, 2), 4: (2, 3)}, {2: 7, 3: 5, 4: 2}, {}),
        ("b h, (h d) o -> b d o", {1: (12, 5)}, {1: 3}, {"h": 3}),
        ("b, b i i -> b", {1: (2, 3, 3)}, {1: 3}, {}),
        ("... i, i ... o -> ... o", {1: (3, 2, 4)}, {1: 3}, {}),
        ("i, i ... o -> o", {1: (3, 2, 4)}, {1: 6}, {}),  # an ellipsis that is summed
        ("b i, i o -> b o", {1: (0, 4)}, {1: 0}, {}),
    ],
)
def test_fan_in(text, parameters, fan_in, sizes):
    assert einc.nn.Einsum(text, parameters=parameters, **sizes).fan_in == fan_in


def test_parameters_are_drawn_as_those_of_linear():
    layer = einc.nn.Einsum("b i, i o -> b o", parameters={1: (400, 300)}, bias="o")
    linear = torch.nn.Linear(400, 300)
    for drawn, expected in ((layer.weight, linear.weight), (layer.bias, linear.bias)):
        assert drawn.abs().max() <= 1 / 20
        assert math.isclose(drawn.detach().std(), expected.detach().std(), rel_tol=0.1)
        assert drawn.requires_grad


def test_parameters_are_drawn_anew():
    layer = heads()
    before = layer.weight.clone()
    torch.manual_seed(1)
    layer.reset_parameters()
    assert not torch.equal(layer.weight, before)
    torch.manual_seed(1)
    assert torch.equal(layer.weight, heads().weight)


def test_it_shows_what_made_it():
    layer = einc.nn.Einsum("b i, i o, o -> b o", parameters={1: (3, 4)}, buffers={2: torch.rand(4)}, bias="o")
    assert repr(layer) == "Einsum('b i, i o, o -> b o', parameters={1: (3, 4)}, buffers={2: (4,)}, bias='o')"
    assert repr(heads()) == f"Einsum({EXPRESSION!r}, parameters={{1: (8, 4, 16)}}, bias='out', h=8)"


# Devices, types and copies


def test_made_on_a_device_in_a_type():
    layer = einc.nn.Einsum(
        "b i, i o, o, o -> b o",
        parameters={1: (3, 4)},
        buffers={2: torch.rand(4), 3: torch.arange(4)},
        bias="o",
        device="meta",
        dtype=torch.float64,
    )
    types = [(tensor.device.type, tensor.dtype) for tensor in layer.state_dict().values()]
    assert types == [("meta", torch.float64)] * 3 + [("meta", torch.int64)]
    assert layer(torch.rand(2, 3, device="meta", dtype=torch.float64)).shape == (2, 4)
    assert heads(dtype=torch.complex64)(torch.rand(2, 32)).dtype == torch.complex64


def test_made_without_memory_and_filled_later():
    layer = heads(device="meta").to_empty(device="cpu")
    layer.reset_parameters()
    assert layer(torch.rand(2, 32)).isfinite().all()


def test_moved_to_a_type_and_a_device():
    layer = heads().to(torch.float64)
    assert layer(torch.rand(2, 32, dtype=torch.float64)).dtype == torch.float64
    assert layer.to("meta")(torch.rand(2, 32, dtype=torch.float64, device="meta")).device.type == "meta"


def test_autocast_has_the_type_of_linear():
    x = torch.rand(2, 32)
    with torch.autocast("cpu", torch.bfloat16):
        assert heads()(x).dtype == torch.nn.Linear(32, 16)(x).dtype == torch.bfloat16


@pytest.mark.parametrize("make", [heads, chain])
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))], ids=["deepcopy", "pickle"]
)
def test_copies_are_their_own(make, copied):
    layer = make()
    x = torch.rand(2, 32 if make is heads else 6)
    expected = layer(x).clone()
    other = copied(layer)
    assert torch.equal(other(x), expected)
    with torch.no_grad():
        for tensor in other.state_dict().values():
            tensor.zero_()
    assert torch.equal(other(x), torch.zeros_like(expected))
    assert torch.equal(layer(x), expected)


@pytest.mark.parametrize("make", [heads, chain])
def test_state_is_saved_and_loaded(make):
    layer, other = make(), make()
    x = torch.rand(2, 32 if make is heads else 6)
    assert not torch.equal(layer(x), other(x))
    file = io.BytesIO()
    torch.save(layer.state_dict(), file)
    file.seek(0)
    assert not other.load_state_dict(torch.load(file, weights_only=True)).missing_keys
    assert torch.equal(layer(x), other(x))


def test_a_state_holds_what_is_kept_and_no_more():
    layer = chain()
    layer(torch.rand(2, 6))
    assert list(layer.state_dict()) == ["buffer1", "buffer2", "buffer3"]
    assert list(heads().state_dict()) == ["weight", "bias"]


def test_derivatives():
    layer = heads(dtype=torch.float64)
    x = torch.rand(2, 32, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, *_: layer(x), (x, *layer.parameters()))
    assert torch.autograd.gradgradcheck(lambda x, *_: layer(x), (x, *layer.parameters()))


def test_functional_calls_and_ensembles():
    layers = [heads() for _ in range(3)]
    parameters, buffers = torch.func.stack_module_state(layers)
    x = torch.rand(2, 32)

    def call(parameters, buffers):
        return torch.func.functional_call(layers[0], (parameters, buffers), (x,))

    result = torch.func.vmap(call)(parameters, buffers)
    torch.testing.assert_close(result, torch.stack([layer(x) for layer in layers]))


@pytest.mark.filterwarnings("ignore")
def test_onnx():
    """By way of torch.export."""
    pytest.importorskip("onnxscript")
    onnx = pytest.importorskip("onnx")
    for layer, x in ((heads().eval(), torch.rand(2, 32)), (chain(), torch.rand(2, 6))):
        program = torch.onnx.export(layer, (x,), dynamo=True, verbose=False)
        onnx.checker.check_model(program.model_proto)
        from onnx.reference import ReferenceEvaluator

        model = ReferenceEvaluator(program.model_proto)
        (result,) = model.run(None, {model.input_names[0]: x.numpy()})
        torch.testing.assert_close(torch.from_numpy(result), layer(x).detach())


def test_torch_is_imported_on_demand():
    code = "import sys, einc; assert 'torch' not in sys.modules; einc.nn.Einsum; assert 'torch' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match=r"^module 'einc' has no attribute 'nm'$"):
        _ = einc.nm
