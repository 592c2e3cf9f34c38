"""A tour of einc: from a text to a function, on NumPy and torch, with what it did and why.

python examples/demo.py
"""

from __future__ import annotations

import numpy as np

import einc


def title(text: str) -> None:
    print(f"\n=== {text}\n")


def main() -> None:
    generator = np.random.default_rng(0)
    query, key, value = (generator.standard_normal((2, 8, 64, 32)) for _ in range(3))

    title("an expression becomes a function")
    scores = einc.compile("bhqd,bhkd->bhqk")
    print(scores, "of", query.shape, "and", key.shape, "has shape", scores(query, key).shape)
    print(f"\nThis is what ran:\n\n{scores.source}")

    title("three operands: the order matters")
    shapes = (8, 512), (512, 4), (4, 256)
    print(einc.explain("ij,jk,kl->il", *shapes))

    title("the same on torch")
    try:
        import torch
    except ImportError:
        print("torch is not installed; einc does without")
    else:
        mixed = einc.einsum("bhqk,bhkd->bqhd", torch.from_numpy(scores(query, key)), torch.from_numpy(value))
        print("attention output:", tuple(mixed.shape), mixed.dtype)
        print(f"\n{einc.explain('bhqk,bhkd->bqhd', (2, 8, 64, 64), value.shape, library='torch').source}")

    title("a mistake is shown where it is")
    try:
        scores(query, key[..., :16])
    except einc.EincError as complaint:
        print(complaint)


if __name__ == "__main__":
    main()
