"""`einc.torch.patch`: einc in the place of torch's einsum, and torch's own back again."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading

import pytest

import einc

torch = pytest.importorskip("torch")

from torch._dynamo.testing import CompileCounterWithBackend  # noqa: E402

import einc.torch  # noqa: E402

TORCH_EINSUM = torch.einsum


@pytest.fixture(autouse=True)
def _torch_gets_its_own_back():
    assert torch.einsum is torch.functional.einsum is TORCH_EINSUM
    yield
    assert torch.einsum is torch.functional.einsum is TORCH_EINSUM


@pytest.fixture
def texts(monkeypatch):
    """The texts that einc contracts."""
    met = []
    planned = einc.Compiled._run
    monkeypatch.setattr(
        einc.Compiled, "_run", lambda self, kind, arrays: met.append(self._written.text) or planned(self, kind, arrays)
    )
    einc.torch._letters.cache_clear()
    einc.compiler._remembered_lists.cache_clear()
    return met


class Attention(torch.nn.Module):
    """Heads of attention, all by einsum: a text, lists of labels, operands in a list."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.project = torch.nn.Parameter(torch.randn(3, width, heads, width // heads) / width**0.5)
        self.merge = torch.nn.Parameter(torch.randn(heads, width // heads, width) / width**0.5)

    def forward(self, x):
        q, k, v = torch.einsum("btw,cwhd->cbhtd", x, self.project)
        scores = torch.functional.einsum("bhqd,bhkd->bhqk", q, k) / q.shape[-1] ** 0.5
        mixed = torch.einsum(scores.softmax(-1), [0, 1, 2, 3], v, [0, 1, 3, 4], [0, 1, 2, 4])
        return torch.einsum("b h t d, h d w -> b t w", [mixed, self.merge])


TEXTS = {
    *("btw,cwhd->cbhtd", "bhqd,bhkd->bhqk", "[0, 1, 2, 3], [0, 1, 3, 4] -> [0, 1, 2, 4]"),
    *("b h t d, h d w -> b t w", "...w,wh->...h", "...h,hw->...w"),
}


class Block(torch.nn.Module):
    """Attention, and what comes after it."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.norms = torch.nn.ModuleList(torch.nn.LayerNorm(width) for _ in range(2))
        self.up = torch.nn.Parameter(torch.randn(width, 4 * width) / width**0.5)
        self.down = torch.nn.Parameter(torch.randn(4 * width, width) / width)

    def forward(self, x):
        x = x + self.attention(self.norms[0](x))
        hidden = torch.einsum("...w,wh->...h", self.norms[1](x), self.up).relu()
        return x + torch.einsum("...h,hw->...w", hidden, self.down)


@pytest.fixture
def transformer():
    torch.manual_seed(0)
    return torch.nn.Sequential(Block(24, 3), Block(24, 3)).double()


def outputs_and_gradients(model, x):
    model.zero_grad()
    result = model(x)
    result.square().mean().backward()
    return [result.detach(), *(parameter.grad.clone() for parameter in model.parameters())]


def test_a_transformer_computes_the_same(transformer, texts):
    x = torch.randn(2, 5, 24, dtype=torch.float64)
    wanted = outputs_and_gradients(transformer, x)
    with einc.torch.patch():
        found = outputs_and_gradients(transformer, x)
    torch.testing.assert_close(found, wanted)
    assert set(texts) == TEXTS
    texts.clear()
    outputs_and_gradients(transformer, x)
    assert texts == []


def test_under_autocast_too(transformer, texts):
    transformer = transformer.float()
    x = torch.randn(2, 5, 24)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        wanted = transformer(x)
        with einc.torch.patch():
            found = transformer(x)
    assert found.dtype == wanted.dtype
    torch.testing.assert_close(found, wanted, rtol=0.05, atol=0.05)
    assert set(texts) == TEXTS


@pytest.mark.parametrize("dynamic", [False, True])
def test_attention_that_is_compiled(dynamic):
    torch._dynamo.reset()
    torch.manual_seed(0)
    attention = Attention(6, 2).double()
    counter = CompileCounterWithBackend("aot_eager")
    compiled = torch.compile(attention, backend=counter, fullgraph=True, dynamic=dynamic)
    with einc.torch.patch():
        for length in (5, 7, 9) if dynamic else (5, 5):
            x = torch.randn(2, length, 6, dtype=torch.float64)
            torch.testing.assert_close(outputs_and_gradients(compiled, x), outputs_and_gradients(attention, x))
    assert counter.frame_count == 1
    torch.testing.assert_close(outputs_and_gradients(compiled, x), outputs_and_gradients(attention, x))
    assert counter.frame_count == 2  # anew, with torch's own


def test_dynamo_finds_torchs_own_again():
    """It looks torch's functions up by name, once: here for the first time while they are patched."""
    code = "import torch, einc.torch\nf = lambda x: torch.einsum('ij->ji', x)\nx = torch.ones(2, 3)\n"
    code += "with einc.torch.patch():\n    torch.compile(f, backend='eager', fullgraph=True)(x)\n"
    code += "assert torch.compile(f, backend='eager', fullgraph=True)(x).shape == (3, 2)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_as_a_function():
    patch = einc.torch.patch()
    assert torch.einsum is torch.functional.einsum is not TORCH_EINSUM
    patch.undo()
    assert torch.einsum is TORCH_EINSUM
    patch.undo()
    with patch:
        assert torch.einsum is not TORCH_EINSUM


def test_nested_and_left_by_an_exception():
    with contextlib.suppress(ZeroDivisionError), einc.torch.patch():
        with einc.torch.patch():
            assert torch.einsum is not TORCH_EINSUM
        assert torch.einsum is not TORCH_EINSUM
        raise ZeroDivisionError


def test_one_that_ends_before_the_other_does():
    first, second = einc.torch.patch(), einc.torch.patch()
    first.undo()
    assert torch.einsum is not TORCH_EINSUM
    second.undo()


def test_in_several_threads():
    x = torch.rand(4, 4, dtype=torch.float64)
    start, failures = threading.Barrier(6), []

    def work(seed):
        start.wait()
        for turn in range(200):
            if (turn + seed) % 3:
                result = torch.einsum("ij,jk->ik", x, x)
            else:
                with einc.torch.patch():
                    result = torch.einsum("ij,jk->ik", x, x)
                    if torch.einsum is TORCH_EINSUM:
                        failures.append("undone while in force")
            if not torch.allclose(result, x @ x):
                failures.append("wrong")

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_somebody_elses_patch_is_left_alone(monkeypatch, texts):
    patch = einc.torch.patch()
    ours = torch.einsum
    with monkeypatch.context() as other:
        other.setattr(torch, "einsum", lambda *operands: "theirs")
        patch.undo()
        assert torch.einsum() == "theirs"
    assert torch.functional.einsum is TORCH_EINSUM
    texts.clear()
    assert torch.einsum is ours  # as they found it
    assert torch.equal(ours("ij->ji", torch.ones(2, 3)), torch.ones(3, 2))
    assert texts == []
    torch.einsum = TORCH_EINSUM


X = torch.arange(6.0).reshape(2, 3)
LIKE_TORCH = [
    ("ab cd, cd ef -> ab ef", torch.rand(2, 3, 2, 2), torch.rand(2, 2, 3, 2)),  # white space means nothing
    ("ij->", X.int()),  # comes in a longer integer
    ("ij,jk->ik", X.int(), X.int().t()),
    ("ij->ji", X.bool()),
    ("i...->...", X),
    ("Zb,ba", X, X.t()),
    (X, [0, 1], [1, 0]),
    (X, [..., 1], [1, ...]),
    (X, [0, 1], X, [0, 1]),
    ("ij,ij->i", [X, X]),
    ("ij,ij->i", (X, X)),
    (",ij->ij", torch.tensor(2.0), X),
    ("i,j->ij", X[0].half(), X[1].half()),
]


@pytest.mark.parametrize("arguments", LIKE_TORCH, ids=lambda arguments: str(arguments[0])[:20])
def test_calls_mean_what_they_mean_to_torch(arguments):
    wanted = torch.einsum(*arguments)
    with einc.torch.patch():
        found = torch.einsum(*arguments)
    torch.testing.assert_close(found, wanted)


REFUSED = [
    ("ij,jk->ik", X, X),
    ("ij->ik", X),
    ("ij,jk->ik", X, X.t().double()),
    ("ij->i", [1, 2]),
    ("ij->i",),
    (),
    (X,),
    (X, [0]),
    (3, X),
]


@pytest.mark.parametrize("arguments", REFUSED, ids=lambda arguments: str(len(arguments)))
def test_complaints_are_torchs(arguments):
    wanted = raised_by(arguments)
    with einc.torch.patch():
        found = raised_by(arguments)
    assert (type(found), str(found)) == (type(wanted), str(wanted))


def raised_by(arguments):
    try:
        return torch.einsum(*arguments)
    except Exception as error:
        return error


def test_a_complaint_of_eincs_stands_behind_torchs():
    with einc.torch.patch(), pytest.raises(RuntimeError, match="einsum") as found:
        torch.einsum("ij,jk->ik", X, X)
    assert isinstance(found.value.__cause__, einc.EincError)
    assert "index 'j' has size 3 in operand 0 and size 2 in operand 1" in str(found.value.__cause__)


class Counted(torch.Tensor):
    """A tensor that counts what is done with it."""

    calls: list = []  # noqa: RUF012

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        cls.calls.append(function.__name__)
        return super().__torch_function__(function, types, args, kwargs or {})


def test_classes_that_override_einsum_see_it():
    with einc.torch.patch():
        result = torch.einsum("ij->i", X.as_subclass(Counted))
    assert isinstance(result, Counted)
    assert Counted.calls[0] == "einsum"


def test_a_default_device_does_not_matter(texts):
    with torch.device("cpu"), einc.torch.patch():
        torch.einsum("ij->i", X)
    assert texts == ["ij->i"]
