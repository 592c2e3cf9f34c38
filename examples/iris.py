"""Iris flowers told apart: a Dataset with transforms, and a classifier made of two einc layers.

python examples/iris.py [--short]
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import torch
from rich.progress import Progress
from sklearn.datasets import load_iris
from sklearn.model_selection import StratifiedKFold
from torch import nn
from torch.utils.data import DataLoader, Dataset

import einc


class Compose:
    """Transforms, one after the other."""

    def __init__(self, *transforms: Callable) -> None:
        self.transforms = transforms

    def __call__(self, sample):
        for transform in self.transforms:
            sample = transform(sample)
        return sample


class Standardize:
    """Features with the mean 0 and the deviation 1 that they have among the given flowers."""

    def __init__(self, flowers: np.ndarray) -> None:
        self.mean, self.deviation = flowers.mean(0), flowers.std(0)

    def __call__(self, flower: np.ndarray) -> np.ndarray:
        return (flower - self.mean) / self.deviation


class Jitter:
    """A little noise, as if the flower had been measured anew."""

    def __init__(self, deviation: float) -> None:
        self.deviation = deviation

    def __call__(self, flower: np.ndarray) -> np.ndarray:
        return flower + np.random.normal(0, self.deviation, flower.shape)


def to_tensor(flower: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(flower).float()


class Iris(Dataset):
    """Flowers, as four lengths in centimetres, and their species."""

    def __init__(self, flowers: np.ndarray, species: np.ndarray, transform: Callable) -> None:
        self.flowers, self.species, self.transform = flowers, species, transform

    def __len__(self) -> int:
        return len(self.flowers)

    def __getitem__(self, n: int) -> tuple[torch.Tensor, int]:
        return self.transform(self.flowers[n]), self.species[n]


def classifier(hidden: int = 16) -> nn.Module:
    return nn.Sequential(
        einc.nn.Einsum("flower length, length hidden -> flower hidden", parameters={1: (4, hidden)}, bias="hidden"),
        nn.Tanh(),
        einc.nn.Einsum("flower hidden, hidden species -> flower species", parameters={1: (hidden, 3)}, bias="species"),
    )


def fitted(flowers: Dataset, epochs: int, epoch_done: Callable) -> nn.Module:
    model = classifier()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.03)
    for _ in range(epochs):
        for x, y in DataLoader(flowers, batch_size=20, shuffle=True):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
        epoch_done()
    return model


def main(epochs: int, folds: int = 5) -> None:
    """Hold each flower out once, and tell it by a classifier fitted to the others."""
    torch.manual_seed(0)
    np.random.seed(0)
    flowers, species = load_iris(return_X_y=True)
    right = 0
    with Progress() as progress:
        task = progress.add_task("training", total=folds * epochs)
        for rest, held_out in StratifiedKFold(folds, shuffle=True, random_state=0).split(flowers, species):
            standardize = Standardize(flowers[rest])
            training = Iris(flowers[rest], species[rest], Compose(standardize, Jitter(0.02), to_tensor))
            testing = Iris(flowers[held_out], species[held_out], Compose(standardize, to_tensor))
            model = fitted(training, epochs, lambda: progress.advance(task))
            for x, y in DataLoader(testing, batch_size=10):
                right += (model(x).argmax(1) == y).sum().item()
    print(model)
    print(f"accuracy on held-out flowers: {right / len(flowers):.1%}")


if __name__ == "__main__":
    main(epochs=20 if "--short" in sys.argv else 40)
