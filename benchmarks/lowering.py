"""Who computes a case of the lowering benchmark: einc, its peers that are installed, and calls written by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from math import prod
from typing import Any

import numpy as np
import opt_einsum
import torch

import einc
from benchmarks.by_hand import by_hand
from benchmarks.lowering_cases import Case

Call = Callable[[], Any]
LONG = 1e8  # points of a loop that takes np.einsum minutes


def competitors(case: Case, library: str, dtype: str, large: bool) -> dict[str, Call]:
    """Everyone who computes a case, einc first."""
    generator = np.random.default_rng(0)
    arrays: list[Any] = [generator.standard_normal(shape).astype(dtype) for shape in case.shapes(large)]
    if library == "torch":
        arrays = [torch.from_numpy(array) for array in arrays]
    compiled = einc.compile(case.text)
    hand = by_hand(case.text, library)
    return {
        "einc": lambda: compiled(*arrays),
        **_einsums(case, library, arrays),
        **_expressions(case, arrays),
        **_in_jax(case, dtype, arrays),
        **({"by hand": lambda: hand(*arrays)} if hand else {}),
    }


def _einsums(case: Case, library: str, arrays: Sequence[Any]) -> dict[str, Call]:
    """Those that are given the text at every call. One loop over all indices takes too long for some cases."""
    calls: dict[str, Call] = {}
    slow = case.text.count(",") > 1 or prod(float(size) for _, size in case.sizes) > LONG
    if library == "torch":
        calls["torch.einsum"] = lambda: torch.einsum(case.text, *arrays)
    else:
        calls["np.einsum, optimized"] = lambda: np.einsum(case.text, *arrays, optimize=True)
        if not slow:
            calls["np.einsum"] = lambda: np.einsum(case.text, *arrays)
    repeats = any(len(set(term)) < len(term) for term in re.split(",|->", case.text))  # which einops refuses
    if find_spec("einops") and not repeats and (library == "torch" or not slow):
        words = " ".join(case.text.replace("->", ">")).replace(">", "->")
        calls["einops"] = partial(import_module("einops").einsum, *arrays, words)
    return calls


def _expressions(case: Case, arrays: Sequence[Any]) -> dict[str, Call]:
    """Those that are given the text and the shapes once."""
    shapes = [tuple(array.shape) for array in arrays]
    calls: dict[str, Call] = {"opt_einsum": partial(opt_einsum.contract_expression(case.text, *shapes), *arrays)}
    if find_spec("cotengra") and len(arrays) > 1:
        calls["cotengra"] = partial(import_module("cotengra").einsum_expression(case.text, *shapes), *arrays)
    return calls


def _in_jax(case: Case, dtype: str, arrays: Sequence[Any]) -> dict[str, Call]:
    """The same compiled by XLA, on arrays of its own."""
    if dtype != "float32" or not find_spec("jax"):
        return {}
    jax = import_module("jax")
    compiled = jax.jit(partial(jax.numpy.einsum, case.text))
    own = [jax.numpy.asarray(np.asarray(array)) for array in arrays]
    return {"jax, jitted": lambda: compiled(*own).block_until_ready()}
