"""The life of a model made of einc layers: trained, saved, moved, summed up, hooked and initialised."""

from __future__ import annotations

import io

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

import einc  # noqa: E402


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


class Classifier(nn.Module):
    """Positions added in, heads mixed, classes told apart; 4 x 6 features a sample."""

    def __init__(self):
        super().__init__()
        self.position = einc.nn.Einsum("b t d, t d -> b t d", buffers={1: torch.rand(4, 6)})
        self.mix = einc.nn.Einsum("b t (h d), h d o -> b t o", parameters={1: (2, 3, 8)}, bias="o", h=2)
        self.classify = einc.nn.Einsum("b t o, t o c -> b c", parameters={1: (4, 8, 3)}, bias="c")

    def forward(self, x):
        return self.classify(torch.relu(self.mix(self.position(x))))


PARAMETERS = {"mix": 2 * 3 * 8 + 8, "classify": 4 * 8 * 3 + 3}
OUTPUTS = {"position": (5, 4, 6), "mix": (5, 4, 8), "classify": (5, 3)}
INPUTS = {"position": (5, 4, 6), "mix": (5, 4, 6), "classify": (5, 4, 8)}
X = (5, 4, 6)


# Parameters, buffers, and tensors that are neither


class Three(nn.Module):
    """One operand of each sort."""

    def __init__(self):
        super().__init__()
        self.layer = einc.nn.Einsum("b i, i o, o -> b o", parameters={1: (3, 4)}, buffers={2: torch.rand(4)})
        self.register_buffer("shift", torch.rand(4))
        self.plain = torch.rand(4)
        self.scale = einc.compile("bo, o -> bo")

    def forward(self, x):
        return self.scale(self.layer(x) + self.shift, self.plain)


def test_parameters_are_trained_and_nothing_else():
    model = Three()
    model.plain.requires_grad_()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    plain = model.plain.clone()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        model(torch.rand(5, 3)).square().sum().backward()
        optimizer.step()
    changed = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {"layer.weight"}
    assert model.layer.buffer.grad is None
    assert model.plain.grad is not None  # it has a gradient, but no optimizer that knows of it
    assert torch.equal(model.plain, plain)


def test_parameters_and_buffers_are_saved_and_loaded():
    model, other = Three(), Three()
    assert list(model.state_dict()) == ["shift", "layer.weight", "layer.buffer"]
    assert [name for name, _ in model.named_parameters()] == ["layer.weight"]
    assert [name for name, _ in model.named_buffers()] == ["shift", "layer.buffer"]
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    x = torch.rand(5, 3)
    assert not torch.equal(other(x), model(x))
    other.plain = model.plain
    assert torch.equal(other(x), model(x))


def test_parameters_and_buffers_are_moved():
    model = Three().to(torch.float64)
    assert {tensor.dtype for tensor in model.state_dict().values()} == {torch.float64}
    assert model.plain.dtype == torch.float32
    assert model.to("meta").plain.device.type == "cpu"
    assert {tensor.device.type for tensor in model.state_dict().values()} == {"meta"}


# Summaries


def test_torchinfo():
    torchinfo = pytest.importorskip("torchinfo")
    for device in ("cpu", None):
        summary = torchinfo.summary(Classifier(), X, device=device, verbose=0)
        layers = {info.var_name: info for info in summary.summary_list[1:]}
        assert {name: tuple(info.output_size) for name, info in layers.items()} == OUTPUTS
        assert {name: info.num_params for name, info in layers.items() if info.num_params} == PARAMETERS
        assert summary.total_params == summary.trainable_params == sum(PARAMETERS.values())
    assert "Einsum: 1-3" in str(summary)


def test_torchinfo_counts_every_parameter_of_a_layer():
    torchinfo = pytest.importorskip("torchinfo")
    layer = einc.nn.Einsum("b i, i r, r o -> b o", parameters={1: (30, 2), 2: (2, 50)}, bias="o")
    assert torchinfo.summary(layer, (5, 30), device="cpu", verbose=0).total_params == 30 * 2 + 2 * 50 + 50


@pytest.mark.parametrize("choice", [{"device": "cpu"}, {}], ids=["cpu", "default"])
def test_torchsummary(choice, capsys):
    torchsummary = pytest.importorskip("torchsummary")
    torchsummary.summary(
        Classifier().to("cuda" if not choice and torch.cuda.is_available() else "cpu"), X[1:], **choice
    )
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    rows = {line[0]: (" ".join(line[1:-1]), line[-1]) for line in lines if line and line[0].startswith("Einsum-")}
    assert rows == {
        "Einsum-1": ("[-1, 4, 6]", "0"),
        "Einsum-2": ("[-1, 4, 8]", str(PARAMETERS["mix"])),
        "Einsum-3": ("[-1, 3]", str(PARAMETERS["classify"])),
    }
    total = str(sum(PARAMETERS.values()))
    assert ["Total", "params:", total] in lines
    assert ["Trainable", "params:", total] in lines


# Hooks


def test_tensor_hooks_on_operands_parameters_and_intermediate_results():
    scores, mix = einc.compile("bqd,bkd->bqk"), einc.compile("bqk,bkd->bqd")
    layer = einc.nn.Einsum("b q d, d o -> b q o", parameters={1: (3, 4)}, bias="o")
    q, k = torch.rand(2, 5, 3, requires_grad=True), torch.rand(2, 6, 3, requires_grad=True)
    seen = {}

    def hook(name):
        return lambda grad: seen.setdefault(name, grad.clone())

    weights = scores(q, k)
    tensors = {"operand": k, "weight": layer.weight, "bias": layer.bias, "intermediate": weights}
    for name, tensor in tensors.items():
        tensor.register_hook(hook(name))
    result = layer(mix(weights, k))
    result.register_hook(hook("result"))
    weights.retain_grad()
    result.square().sum().backward()
    assert {name: tuple(grad.shape) for name, grad in seen.items()} == {
        "operand": (2, 6, 3),
        "weight": (3, 4),
        "bias": (4,),
        "intermediate": (2, 5, 6),
        "result": (2, 5, 4),
    }
    assert torch.equal(seen["result"], 2 * result)
    assert torch.equal(seen["intermediate"], weights.grad)
    assert torch.equal(seen["operand"], k.grad)  # of both its uses together
    assert torch.equal(seen["weight"], layer.weight.grad)


def test_a_tensor_hook_changes_a_gradient():
    layer = einc.nn.Einsum("b i, i o -> b o", parameters={1: (3, 4)}, bias="o")
    layer.weight.register_hook(lambda grad: grad.clamp(-1, 1))
    layer(torch.full((5, 3), 100.0)).sum().backward()
    assert torch.equal(layer.weight.grad, torch.ones(3, 4))
    assert torch.equal(layer.bias.grad, torch.full((4,), 5.0))


def test_module_hooks_fire_with_the_right_shapes():
    model = Classifier()
    entered, left, back = {}, {}, {}

    def shapes(tensors):
        return tuple(None if tensor is None else tuple(tensor.shape) for tensor in tensors)

    for name, layer in model.named_children():
        layer.register_forward_pre_hook(lambda _, inputs, name=name: entered.update({name: shapes(inputs)}))
        layer.register_forward_hook(lambda _, inputs, output, name=name: left.update({name: tuple(output.shape)}))
        layer.register_full_backward_hook(
            lambda _, into, out, name=name: back.update({name: (shapes(into), shapes(out))})
        )
    model(torch.rand(X, requires_grad=True)).sum().backward()
    assert entered == {name: (shape,) for name, shape in INPUTS.items()}
    assert left == OUTPUTS
    assert back == {name: ((INPUTS[name],), (OUTPUTS[name],)) for name in OUTPUTS}


def test_module_hooks_change_what_passes():
    layer = einc.nn.Einsum("b i, i o -> b o", parameters={1: (3, 4)})
    x = torch.rand(2, 3, requires_grad=True)
    plain = layer(x)
    handles = [
        layer.register_forward_pre_hook(lambda _, inputs: (2 * inputs[0],)),
        layer.register_forward_hook(lambda _, inputs, output: output + 1),
        layer.register_full_backward_pre_hook(lambda _, out: (out[0] * 0,)),
    ]
    hooked = layer(x)
    torch.testing.assert_close(hooked, 2 * plain + 1)
    hooked.sum().backward()
    assert not x.grad.any()
    for handle in handles:
        handle.remove()
    assert torch.equal(layer(x), plain)


def test_hooks_on_a_layer_of_several_inputs():
    layer = einc.nn.Einsum("b q d, d e, b k e -> b q k", parameters={1: (3, 4)})
    shapes = []
    layer.register_full_backward_hook(lambda _, into, out: shapes.extend(tuple(grad.shape) for grad in (*into, *out)))
    layer(torch.rand(2, 5, 3, requires_grad=True), torch.rand(2, 6, 4, requires_grad=True)).sum().backward()
    assert shapes == [(2, 5, 3), (2, 6, 4), (2, 5, 6)]


# Initialisation by apply


def by_type(module):
    if isinstance(module, einc.nn.Einsum):
        for parameter in module.parameters():
            nn.init.constant_(parameter, 2.0)


def by_name(module):
    if type(module).__name__ == "Einsum" and hasattr(module, "weight"):
        nn.init.constant_(module.weight, 2.0)
        nn.init.constant_(module.bias, 2.0)


@pytest.mark.parametrize("init", [by_type, by_name])
def test_apply_initialises_layers(init):
    model = nn.Sequential(Classifier(), nn.Linear(3, 1))
    buffer, other = model[0].position.buffer.clone(), model[1].weight.clone()
    assert model.apply(init) is model
    assert all((parameter == 2).all() for parameter in model[0].parameters())
    assert torch.equal(model[0].position.buffer, buffer)
    assert torch.equal(model[1].weight, other)


def test_kaiming_by_the_fan_in_of_the_expression():
    layer = einc.nn.Einsum("b t o, t o c -> b c", parameters={1: (20, 20, 100)})
    with torch.no_grad():
        layer.weight.normal_(0, (2 / layer.fan_in[1]) ** 0.5)
    activations = torch.relu(layer(torch.randn(50, 20, 20)))
    assert 0.7 < activations.square().mean() < 1.4


# What else is done to models


def test_a_small_model_learns():
    model = Classifier()
    x, y = torch.randn(60, 4, 6), torch.arange(60) % 3
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.05, weight_decay=0)
    for _ in range(100):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    assert (model(x).argmax(1) == y).float().mean() > 0.95


def test_parametrizations():
    layer = einc.nn.Einsum("b i, i o -> b o", parameters={1: (3, 4)})
    x = torch.rand(2, 3)
    expected = layer(x)
    nn.utils.parametrizations.weight_norm(layer)
    torch.testing.assert_close(layer(x), expected)
    layer.parametrizations.weight.original0.data.mul_(2)
    torch.testing.assert_close(layer(x), 2 * expected)


def test_pruning():
    from torch.nn.utils import prune

    layer = einc.nn.Einsum("b i, i o -> b o", parameters={1: (3, 4)}, bias="o")
    prune.random_unstructured(layer, "weight", 0.5)
    assert (layer.weight == 0).sum() == 6
    torch.testing.assert_close(layer(torch.eye(3)), layer.weight + layer.bias)


def test_averaged_models():
    model = Classifier()
    average = torch.optim.swa_utils.AveragedModel(model)
    average.update_parameters(model)
    x = torch.rand(X)
    torch.testing.assert_close(average(x), model(x))


def test_tied_weights():
    embed = einc.nn.Einsum("b v, v d -> b d", parameters={1: (7, 3)})
    unembed = einc.nn.Einsum("b d, v d -> b v", parameters={1: (7, 3)})
    unembed.weight = embed.weight
    model = nn.Sequential(embed, unembed)
    assert len(list(model.parameters())) == 1
    model(torch.rand(2, 7)).sum().backward()
    assert embed.weight.grad is unembed.weight.grad


class Rows(torch.utils.data.Dataset):
    """Samples made by an expression, in the worker that asks for them."""

    def __init__(self, matrix):
        self.matrix, self.square = matrix, einc.compile("i, j -> i j")

    def __len__(self):
        return len(self.matrix)

    def __getitem__(self, n):
        return self.square(self.matrix[n], self.matrix[n])


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # is multi-threaded, as Python says of any fork
@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # as JAX says, where another test has loaded it
@pytest.mark.parametrize("workers", [0, 2])
def test_expressions_in_the_workers_of_a_loader(workers):
    matrix = torch.rand(6, 3)
    loader = torch.utils.data.DataLoader(Rows(matrix), batch_size=4, num_workers=workers)
    batches = list(loader)
    assert [tuple(batch.shape) for batch in batches] == [(4, 3, 3), (2, 3, 3)]
    torch.testing.assert_close(torch.cat(batches), matrix[:, :, None] * matrix[:, None])


def test_compiled_by_torch_as_one_graph():
    model = Classifier()
    x = torch.rand(X)
    expected = model(x)
    expected.sum().backward()
    gradients = [parameter.grad.clone() for parameter in model.parameters()]
    model.zero_grad()
    result = torch.compile(model, fullgraph=True, backend="aot_eager")(x)
    torch.testing.assert_close(result, expected)
    result.sum().backward()
    torch.testing.assert_close([parameter.grad for parameter in model.parameters()], gradients)


def test_exported():
    model = Classifier()
    x = torch.rand(X)
    torch.testing.assert_close(torch.export.export(model, (x,)).module()(x), model(x))
