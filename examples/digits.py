"""Handwritten digits read from patches: images rescaled and cropped by transforms, and a model of two einc layers.

python examples/digits.py [--short]
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import torch
from rich.progress import track
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
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


class Rescale:
    """An image of another size, interpolated along both axes."""

    resample = einc.compile("row col, down row, across col -> down across")

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, image: np.ndarray) -> np.ndarray:
        return self.resample(image, *(self.weights(size) for size in image.shape))

    def weights(self, size: int) -> np.ndarray:
        """How much of each old pixel is in each new one."""
        places = np.linspace(0, size - 1, self.size)
        return np.maximum(0, 1 - np.abs(places[:, None] - np.arange(size)))


class RandomCrop:
    """A square part of an image, anywhere in it."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, image: np.ndarray) -> np.ndarray:
        top, left = (np.random.randint(size - self.size + 1) for size in image.shape)
        return image[top : top + self.size, left : left + self.size]


class CenterCrop:
    """The square part in the middle of an image."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, image: np.ndarray) -> np.ndarray:
        top, left = ((size - self.size) // 2 for size in image.shape)
        return image[top : top + self.size, left : left + self.size]


class ToTensor:
    """Grey levels from 0 to 16 as a tensor from 0 to 1."""

    def __call__(self, image: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(image).float() / 16


class Digits(Dataset):
    """Images of 8 x 8 grey levels, and the digits they show."""

    def __init__(self, images: np.ndarray, digits: np.ndarray, transform: Callable) -> None:
        self.images, self.digits, self.transform = images, digits, transform

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, n: int) -> tuple[torch.Tensor, int]:
        return self.transform(self.images[n]), self.digits[n]


def reader(hidden: int = 64) -> nn.Module:
    """A reader of 12 x 12 pixels: 3 x 3 patches of 4 x 4 pixels, each seen alone, then all together."""
    return nn.Sequential(
        einc.nn.Einsum(
            "image (row y) (col x), y x hidden -> image row col hidden",
            parameters={1: (4, 4, hidden)},
            bias="hidden",
        ),
        nn.ReLU(),
        einc.nn.Einsum(
            "image row col hidden, row col hidden digit -> image digit",
            parameters={1: (3, 3, hidden, 10)},
            bias="digit",
        ),
    )


def main(epochs: int) -> None:
    torch.manual_seed(0)
    np.random.seed(0)
    parts = train_test_split(*load_digits(return_X_y=True), test_size=1 / 4, random_state=0)
    images, held_out = (part.reshape(-1, 8, 8) for part in parts[:2])
    training = Digits(images, parts[2], Compose(Rescale(14), RandomCrop(12), ToTensor()))
    testing = Digits(held_out, parts[3], Compose(Rescale(14), CenterCrop(12), ToTensor()))

    model = reader()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.003)
    for _ in track(range(epochs), "training"):
        for x, y in DataLoader(training, batch_size=50, shuffle=True):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()

    x, y = next(iter(DataLoader(testing, batch_size=len(testing))))
    print(model)
    print(f"accuracy on {len(testing)} held-out images: {(model(x).argmax(1) == y).float().mean():.1%}")


if __name__ == "__main__":
    main(epochs=5 if "--short" in sys.argv else 40)
