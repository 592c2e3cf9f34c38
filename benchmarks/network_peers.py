"""Networks contracted by einc and by its peers: planned, compiled and run, or only run again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeAlias

import numpy as np

import einc
from benchmarks.instances import Instance
from benchmarks.network_cases import operands, text
from einc import compiler, load
from einc.interleaved import written
from einc.parse import parse
from einc.plan.planner import STORE
from einc.read import read

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
    """For each competitor that is installed, einc's first, the first contraction of a network; `forget` goes before."""
    return {name: one.cold(text(instance), _arrays(one, instance)) for name, one in _here(names)}


def further(instance: Instance, names: Iterable[str] | None = None) -> dict[str, Call]:
    """For each competitor, the contractions after the first, planned and compiled here or by their first call."""
    return {name: one.further(text(instance), _arrays(one, instance)) for name, one in _here(names)}


def _here(names: Iterable[str] | None) -> list[tuple[str, Competitor]]:
    """Those of the competitors named, or of all, that are installed."""
    return [(name, one) for name, one in COMPETITORS.items() if one.is_here and (names is None or name in names)]


def forget() -> None:
    """Leave nothing in memory of any plan; modules stay loaded, and einc's search compiled."""
    for cached in (compiler._remembered, compiler._remembered_lists, parse, read, written):
        cached.cache_clear()
    STORE.clear()
    load._functions._values.clear()
    if "cotengra" in sys.modules:
        interface = import_module("cotengra.interface")
        interface._PATH_CACHE.clear()
        interface._CONTRACT_EXPR_CACHE.clear()
        import_module("cotengra.presets").get_auto_optimizer.cache_clear()
    if "jax" in sys.modules:
        import_module("jax").clear_caches()


def _arrays(competitor: Competitor, instance: Instance) -> list[Any]:
    return [competitor.arrays(array) for array in operands(instance)]


def _torch(array: Any) -> Any:
    torch = import_module("torch")
    torch.set_num_threads(1)
    return torch.from_numpy(array)


def _jax(array: Any) -> Any:
    import_module("jax").config.update("jax_enable_x64", True)
    return import_module("jax.numpy").asarray(array)


def _einc(expression: str, arrays: Sequence[Any]) -> Call:
    return lambda: einc.einsum(expression, *arrays)


def _einc_compiled(expression: str, arrays: Sequence[Any]) -> Call:
    compiled = einc.compile(expression)
    return lambda: compiled(*arrays)


def _opt_einsum(expression: str, arrays: Sequence[Any]) -> Call:
    contract = import_module("opt_einsum").contract
    return lambda: contract(expression, *arrays)


def _opt_einsum_compiled(expression: str, arrays: Sequence[Any]) -> Call:
    compiled = import_module("opt_einsum").contract_expression(expression, *(array.shape for array in arrays))
    return lambda: compiled(*arrays)


def _cotengra(expression: str, arrays: Sequence[Any]) -> Call:
    contract = import_module("cotengra").einsum
    return lambda: contract(expression, *arrays)


def _cotengra_compiled(expression: str, arrays: Sequence[Any]) -> Call:
    compiled = import_module("cotengra").einsum_expression(expression, *(array.shape for array in arrays))
    return lambda: compiled(*arrays)


def _torch_einsum(expression: str, arrays: Sequence[Any]) -> Call:
    contract = import_module("torch").einsum
    return lambda: contract(expression, *arrays)


def _numpy_einsum(expression: str, arrays: Sequence[Any]) -> Call:
    return lambda: np.einsum(expression, *arrays, optimize=True)


def _jax_einsum(expression: str, arrays: Sequence[Any]) -> Call:
    contract = import_module("jax.numpy").einsum
    return lambda: contract(expression, *arrays).block_until_ready()


def _jax_compiled(expression: str, arrays: Sequence[Any]) -> Call:
    contract = import_module("jax.numpy").einsum
    compiled = import_module("jax").jit(lambda *operands: contract(expression, *operands))
    return lambda: compiled(*arrays).block_until_ready()


def _sesum(expression: str, arrays: Sequence[Any]) -> Call:
    contract = import_module("sesum").sesum
    return lambda: contract(expression, *arrays)


EINC = ("einc, torch", "einc, NumPy")
COMPETITORS: Mapping[str, Competitor] = {
    "einc, torch": Competitor(("torch",), _torch, _einc, _einc_compiled),
    "einc, NumPy": Competitor((), np.asarray, _einc, _einc_compiled),
    "opt_einsum, torch": Competitor(("opt_einsum", "torch"), _torch, _opt_einsum, _opt_einsum_compiled),
    "opt_einsum, NumPy": Competitor(("opt_einsum",), np.asarray, _opt_einsum, _opt_einsum_compiled),
    "cotengra, torch": Competitor(("cotengra", "torch"), _torch, _cotengra, _cotengra_compiled),
    "cotengra, NumPy": Competitor(("cotengra",), np.asarray, _cotengra, _cotengra_compiled),
    "torch.einsum": Competitor(("torch",), _torch, _torch_einsum, _torch_einsum),
    "np.einsum": Competitor((), np.asarray, _numpy_einsum, _numpy_einsum),
    "jax": Competitor(("jax",), _jax, _jax_einsum, _jax_compiled),
    "sesum": Competitor(("sesum",), np.asarray, _sesum, _sesum),
}
