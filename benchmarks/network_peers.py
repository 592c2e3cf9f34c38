"""Networks contracted by einc and by its peers: planned, compiled and run, or only run again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeAlias

import numpy as np

import einc
from benchmarks.instances import Instance
from benchmarks.network_cases import operands, text
from benchmarks.pages import huge_pages_as_they_were, small_pages

Call: TypeAlias = Callable[[], Any]
Make: TypeAlias = Callable[[str, Sequence[Any]], Call]


@dataclass(frozen=True, slots=True)
class Competitor:
    """Who contracts arrays of a library, and the calls for the first time and for every other.

    Attributes:
        needs: the modules that have to be installed.
        arrays: from NumPy's.
        cold: the call by which a user contracts a network for the first time.
        further: the call that a user keeps who contracts it many times.
    """

    needs: tuple[str, ...]
    arrays: Callable[[Any], Any]
    cold: Make
    further: Make

    @property
    def is_here(self) -> bool:
        """Whether all that it needs is installed."""
        return all(find_spec(module) for module in self.needs)


def cold(instance: Instance, names: Iterable[str] | None = None) -> dict[str, Call]:
    """For each competitor that is installed, einc's first, the first contraction; `caches.forget` goes before."""
    return {name: one.cold(text(instance), _arrays(one, instance)) for name, one in _here(names)}


def further(instance: Instance, names: Iterable[str] | None = None) -> dict[str, Call]:
    """For each competitor, the contractions after the first, planned and compiled here or by their first call."""
    return {name: one.further(text(instance), _arrays(one, instance)) for name, one in _here(names)}


def _here(names: Iterable[str] | None) -> list[tuple[str, Competitor]]:
    """Those of the competitors named, or of all, that are installed."""
    return [(name, one) for name, one in COMPETITORS.items() if one.is_here and (names is None or name in names)]


def _arrays(competitor: Competitor, instance: Instance) -> list[Any]:
    return [competitor.arrays(array) for array in operands(instance)]


def _torch(array: Any) -> Any:
    torch = import_module("torch")
    torch.set_num_threads(1)
    return torch.from_numpy(array)


def _jax(array: Any) -> Any:
    import_module("jax").config.update("jax_enable_x64", True)
    return import_module("jax.numpy").asarray(array)


def _at_each_call(module: str, function: str, **options: Any) -> Make:
    """A function that is given the text with the arrays."""
    return lambda expression, arrays: partial(getattr(import_module(module), function), expression, *arrays, **options)


def _told_once(module: str, function: str) -> Make:
    """A function that is given the text and the shapes, and makes one of the arrays."""

    def make(expression: str, arrays: Sequence[Any]) -> Call:
        compiled = getattr(import_module(module), function)(expression, *(array.shape for array in arrays))
        return partial(compiled, *arrays)

    return make


def _einc_compiled(expression: str, arrays: Sequence[Any]) -> Call:
    return partial(einc.compile(expression), *arrays)


def _jax_einsum(expression: str, arrays: Sequence[Any]) -> Call:
    contract = import_module("jax.numpy").einsum
    return lambda: contract(expression, *arrays).block_until_ready()


def _jax_compiled(expression: str, arrays: Sequence[Any]) -> Call:
    compiled = import_module("jax").jit(partial(import_module("jax.numpy").einsum, expression))
    return lambda: compiled(*arrays).block_until_ready()


def _sesum(expression: str, arrays: Sequence[Any]) -> Call:
    with huge_pages_as_they_were():
        contract = import_module("sesum").sesum

    def call() -> Any:
        with small_pages():  # as it has them in a process of its own
            return contract(expression, *arrays)

    return call


_EINC = _at_each_call("einc", "einsum"), _einc_compiled
_OPT_EINSUM = _at_each_call("opt_einsum", "contract"), _told_once("opt_einsum", "contract_expression")
_COTENGRA = _at_each_call("cotengra", "einsum"), _told_once("cotengra", "einsum_expression")
_TORCH_EINSUM = _at_each_call("torch", "einsum")
_NUMPY_EINSUM = _at_each_call("numpy", "einsum", optimize=True)

EINC = ("einc, torch", "einc, NumPy")
COMPETITORS: Mapping[str, Competitor] = {
    "einc, torch": Competitor(("torch",), _torch, *_EINC),
    "einc, NumPy": Competitor((), np.asarray, *_EINC),
    "opt_einsum, torch": Competitor(("opt_einsum", "torch"), _torch, *_OPT_EINSUM),
    "opt_einsum, NumPy": Competitor(("opt_einsum",), np.asarray, *_OPT_EINSUM),
    "cotengra, torch": Competitor(("cotengra", "torch"), _torch, *_COTENGRA),
    "cotengra, NumPy": Competitor(("cotengra",), np.asarray, *_COTENGRA),
    "torch.einsum": Competitor(("torch",), _torch, _TORCH_EINSUM, _TORCH_EINSUM),
    "np.einsum": Competitor((), np.asarray, _NUMPY_EINSUM, _NUMPY_EINSUM),
    "jax": Competitor(("jax",), _jax, _jax_einsum, _jax_compiled),
    "sesum": Competitor(("sesum",), np.asarray, _sesum, _sesum),
}
