"""Words of different lengths: padded, masked, and read by attention whose every product is an einc expression.

The model is to say which letter a word has most often; no letter of the padding may count.

python examples/sequences.py [--short]
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from functools import partial
from pathlib import Path

import torch
import torchinfo
from rich.console import Console
from rich.progress import track
from rich.table import Table
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset

import einc

LETTERS = 8
FEATURES = 32
HEADS = 4


class Words(Dataset):
    """Random words of 5 to 20 letters, in each of which one letter is the most frequent."""

    def __init__(self, number: int, seed: int) -> None:
        self.number, self.seed = number, seed

    def __len__(self) -> int:
        return self.number

    def __getitem__(self, n: int) -> tuple[Tensor, int]:
        chance = torch.Generator().manual_seed(self.seed + n)  # the same word in every worker and epoch
        while True:
            word = torch.randint(LETTERS, (int(torch.randint(5, 21, (), generator=chance)),), generator=chance)
            first, second = torch.bincount(word, minlength=LETTERS).topk(2).values
            if first > second:
                return word, int(torch.bincount(word).argmax())


def collate(samples: list[tuple[Tensor, int]]) -> tuple[Tensor, Tensor, Tensor]:
    """Words as one tensor, padded at the end, and a mask that tells their letters from the padding."""
    words, answers = zip(*samples)
    mask = pad_sequence([torch.ones_like(word) for word in words], batch_first=True).bool()
    return pad_sequence(words, batch_first=True), mask, torch.tensor(answers)


class Attention(nn.Module):
    """Every letter of a word gathers from all others; padding is seen by none."""

    scores = einc.compile("word q head d, word k head d -> word head q k")
    gather = einc.compile("word head q k, word k head d -> word q head d")

    def __init__(self) -> None:
        super().__init__()
        into_heads, size = "word letter feature, feature head d -> word letter head d", FEATURES // HEADS
        self.query = einc.nn.Einsum(into_heads, parameters={1: (FEATURES, HEADS, size)})
        self.key = einc.nn.Einsum(into_heads, parameters={1: (FEATURES, HEADS, size)})
        self.value = einc.nn.Einsum(into_heads, parameters={1: (FEATURES, HEADS, size)})
        self.merge = einc.nn.Einsum(
            "word letter head d, head d out -> word letter out", parameters={1: (HEADS, size, FEATURES)}, bias="out"
        )

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        scores = self.scores(self.query(x), self.key(x)) / (FEATURES // HEADS) ** 0.5
        weights = scores.masked_fill(~mask[:, None, None, :], -torch.inf).softmax(-1)
        return self.merge(self.gather(weights, self.value(x)))


class Reader(nn.Module):
    """Letters embedded, one attention, and the mean of a word's letters classified."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(LETTERS, FEATURES)
        self.attention = Attention()
        self.classify = einc.nn.Einsum(
            "word letter feature, word letter, feature answer -> word answer",
            parameters={2: (FEATURES, LETTERS)},
            bias="answer",
        )

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        x = self.embedding(words)
        x = x + self.attention(x, mask)
        return self.classify(x, mask / mask.sum(1, keepdim=True))


def init(module: nn.Module) -> None:
    """Weights of einc layers as Glorot and Bengio draw them; biases zero."""
    if isinstance(module, einc.nn.Einsum):
        (terms,) = module.fan_in.values()
        results = module.weight.numel() / terms
        nn.init.normal_(module.weight, 0, (2 / (terms + results)) ** 0.5)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


class Watch:
    """Norms of what layers return, and of its gradients, by hooks on every einc layer of a model."""

    def __init__(self, model: nn.Module) -> None:
        self.outputs, self.gradients = defaultdict(list), defaultdict(list)
        for name, layer in model.named_modules():
            if isinstance(layer, einc.nn.Einsum):
                layer.register_forward_hook(partial(self.forward, name))
                layer.register_full_backward_hook(partial(self.backward, name))

    def forward(self, name: str, _layer: nn.Module, _inputs: tuple, output: Tensor) -> None:
        self.outputs[name].append(output.detach().norm())

    def backward(self, name: str, _layer: nn.Module, _into: tuple, out: tuple) -> None:
        self.gradients[name].append(out[0].norm())

    def table(self) -> Table:
        table = Table("layer", "mean norm of its output", "and of the gradient")
        for name in self.outputs:
            means = (torch.stack(norms[name]).mean() for norms in (self.outputs, self.gradients))
            table.add_row(name, *(f"{mean:.3g}" for mean in means))
        return table


@torch.no_grad()
def accuracy(model: nn.Module, loader: DataLoader) -> float:
    right = [(model(words, mask).argmax(1) == answers).float() for words, mask, answers in loader]
    return torch.cat(right).mean().item()


def main(steps: int) -> None:
    torch.manual_seed(0)
    choices = {"batch_size": 64, "collate_fn": collate, "num_workers": 2}
    training = DataLoader(Words(64 * steps, seed=0), **choices)
    testing = DataLoader(Words(512, seed=10**6), **choices)

    model = Reader().apply(init)
    words, mask, _ = next(iter(testing))
    torchinfo.summary(model, input_data=[words, mask], device="cpu")
    watch = Watch(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    for words, mask, answers in track(training, "training"):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(words, mask), answers).backward()
        optimizer.step()
    Console().print(watch.table())

    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Path(folder) / "reader.pt"
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, checkpoint)
        restored = Reader()
        restored.load_state_dict(torch.load(checkpoint, weights_only=True)["model"])
    print(f"accuracy on {len(testing.dataset)} other words: {accuracy(model, testing):.1%}")
    print(f"and of the model restored from its checkpoint: {accuracy(restored, testing):.1%}")


if __name__ == "__main__":
    main(steps=60 if "--short" in sys.argv else 400)
