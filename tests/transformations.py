"""What torch does to functions, each as a check that a contraction goes through it and still means the definition.

A check takes a function of tensors, the case it computes, and whether sizes may vary: then one trace, compilation
or program has to serve several batches. The function may be anybody's; the documentation has a table of torch's, too.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import definition
import numpy as np
import torch
from torch._dynamo.source import ConstantSource
from torch._dynamo.testing import CompileCounterWithBackend
from torch._subclasses import FakeTensorMode
from torch.fx.experimental.proxy_tensor import make_fx
from torch.fx.experimental.symbolic_shapes import DimDynamic, ShapeEnv, StatelessSymbolicContext

Function = Callable[..., Any]
Check = Callable[[Function, "Case", bool], None]

SIZES = {"i": 2, "j": 3, "k": 4, "l": 5}  # all different: torch takes sizes that are equal at first to stay so
BATCHES = (7, 9, 6)  # of these, the first where sizes are fixed


@dataclass(frozen=True)
class Case:
    """A contraction with a batch `b`, as a text of letters."""

    text: str

    @property
    def inputs(self) -> list[str]:
        """The terms of the operands."""
        return self.text.split("->")[0].split(",")

    def operands(self, batch: int, dtype: Any = torch.float64) -> list[Any]:
        """Random tensors."""
        generator = torch.Generator().manual_seed(batch)
        shapes = [[batch if index == "b" else SIZES[index] for index in term] for term in self.inputs]
        return [torch.randn(shape, dtype=dtype, generator=generator) for shape in shapes]

    def meant(self, operands: Sequence[Any]) -> Any:
        """What the definition says of the operands."""
        return definition.einsum(self.inputs, self.text.split("->")[1], operands, np.float64)

    def slopes(self, operands: Sequence[Any], position: int) -> Any:
        """The derivative of every element of the result by every element of one operand: it is linear in each."""
        shape = operands[position].shape
        rows = []
        for place in np.ndindex(*shape):
            unit = np.zeros(shape)
            unit[place] = 1
            rows.append(self.meant([*operands[:position], unit, *operands[position + 1 :]]))
        rows = np.stack(rows, -1)
        return rows.reshape(*rows.shape[:-1], *shape)


CASES = {1: Case("bij->bj"), 2: Case("bij,bkj->bik"), 3: Case("bi,ij,bj->b"), 5: Case("bi,ij,jk,kl,bl->b")}


def same(result: Any, meant: Any, **tolerances: float) -> None:
    """Hold a result to the definition's."""
    torch.testing.assert_close(result.detach().double(), torch.as_tensor(meant, dtype=torch.float64), **tolerances)


@contextmanager
def compiled_once(function: Function, backend: str, dynamic: bool) -> Iterator[Function]:
    """The function compiled as a whole, once, whatever it is then called with."""
    torch._dynamo.reset()
    counter = CompileCounterWithBackend(backend)
    yield torch.compile(function, fullgraph=True, dynamic=dynamic, backend=counter)
    assert counter.frame_count == 1, f"compiled {counter.frame_count} times"


@contextmanager
def fixed_or_compiled(function: Function, dynamic: bool) -> Iterator[Function]:
    """The function itself, or where sizes vary, one compilation of it."""
    if not dynamic:
        yield function
        return
    with compiled_once(function, "eager", dynamic) as once:
        yield once


def batches(case: Case, dynamic: bool, dtype: Any = torch.float64) -> Iterator[list[Any]]:
    """Operands for each batch."""
    for batch in BATCHES if dynamic else BATCHES[:1]:
        yield case.operands(batch, dtype)


def recording(operands: Sequence[Any]) -> list[Any]:
    """The operands, their gradients wanted."""
    return [operand.clone().requires_grad_() for operand in operands]


def gradcheck(f: Function, case: Case, dynamic: bool) -> None:
    """First derivatives, against differences."""
    with fixed_or_compiled(f, dynamic) as function:
        for operands in batches(case, dynamic):
            assert torch.autograd.gradcheck(function, recording(operands))
            same(function(*recording(operands)), case.meant(operands))


def gradgradcheck(f: Function, case: Case, dynamic: bool) -> None:
    """Second derivatives, against differences."""
    with fixed_or_compiled(f, dynamic) as function:
        for operands in batches(case, dynamic):
            assert torch.autograd.gradgradcheck(function, recording(operands))


def vmap(f: Function, case: Case, dynamic: bool) -> None:
    """Examples side by side, along the last axis of the first operand and the first of all others."""
    places = (-1, *(0 for _ in case.inputs[1:]))
    with fixed_or_compiled(torch.func.vmap(f, in_dims=places), dynamic) as function:
        for operands in batches(case, dynamic):
            others = [operand.flip(0) * 2 for operand in operands]
            stacked = [torch.stack(pair, place) for pair, place in zip(zip(operands, others), places)]
            same(function(*stacked), np.stack([case.meant(operands), case.meant(others)]))


def grad(f: Function, case: Case, dynamic: bool) -> None:
    """The gradient of a sum, by every operand."""
    everything = tuple(range(len(case.inputs)))
    with fixed_or_compiled(torch.func.grad(lambda *x: f(*x).sum(), argnums=everything), dynamic) as function:
        for operands in batches(case, dynamic):
            for position, found in enumerate(function(*operands)):
                slopes = case.slopes(operands, position)
                same(found, slopes.sum(tuple(range(slopes.ndim - found.ndim))))


def jvp(f: Function, case: Case, dynamic: bool) -> None:
    """The derivative along a direction."""
    with fixed_or_compiled(lambda x, t: torch.func.jvp(f, tuple(x), tuple(t)), dynamic) as function:
        for operands in batches(case, dynamic):
            along = [operand.sin() for operand in operands]
            value, slope = function(operands, along)
            moved = ([*operands[:n], along[n], *operands[n + 1 :]] for n in range(len(operands)))
            same(value, case.meant(operands))
            same(slope, sum(map(case.meant, moved)))


def jacrev(f: Function, case: Case, dynamic: bool) -> None:
    """The whole derivative, by the last operand."""
    last = len(case.inputs) - 1
    with fixed_or_compiled(torch.func.jacrev(f, argnums=last), dynamic) as function:
        for operands in batches(case, dynamic):
            same(function(*operands), case.slopes(operands, last))


def compiling(backend: str) -> Check:
    """What a back end of torch.compile makes of it, with its backward pass."""

    def check(f: Function, case: Case, dynamic: bool) -> None:
        with compiled_once(lambda *x: f(*x) * 2, backend, dynamic) as function:
            for operands in batches(case, dynamic):
                given = recording(operands)
                result = function(*given)
                same(result, 2 * case.meant(operands))
                slopes = case.slopes(operands, 0)
                (found,) = torch.autograd.grad(result.sum(), given[:1])
                same(found, 2 * slopes.sum(tuple(range(slopes.ndim - found.ndim))))

    return check


class Module(torch.nn.Module):
    """A function as a module."""

    def __init__(self, function: Function) -> None:
        super().__init__()
        self.function = function

    def forward(self, *operands: Any) -> Any:
        """Call it."""
        return self.function(*operands)


def exporting(strict: bool) -> Check:
    """The program that torch.export makes of it, for any batch."""

    def check(f: Function, case: Case, dynamic: bool) -> None:
        torch._dynamo.reset()
        batch = torch.export.Dim("batch", min=2, max=64)
        varying = tuple({0: batch} if term[0] == "b" else {} for term in case.inputs) if dynamic else None
        program = torch.export.export(
            Module(f), tuple(case.operands(BATCHES[0])), dynamic_shapes=varying and {"operands": varying}, strict=strict
        )
        for operands in batches(case, dynamic):
            same(program.module()(*operands), case.meant(operands))

    return check


def tracing(f: Function, case: Case, dynamic: bool) -> None:
    """The graph that make_fx traces."""
    graph = make_fx(f, tracing_mode="symbolic" if dynamic else "real")(*case.operands(BATCHES[0]))
    for operands in batches(case, dynamic):
        same(graph(*operands), case.meant(operands))


def autocast(f: Function, case: Case, dynamic: bool) -> None:
    """The type that torch's own einsum has under autocast."""

    def lowered(*operands: Any) -> Any:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return f(*operands)

    with fixed_or_compiled(lowered, dynamic) as function:
        for operands in batches(case, dynamic, torch.float32):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                wanted = torch.einsum(case.text, *operands).dtype
            result = function(*operands)
            assert result.dtype == wanted
            same(result, case.meant(operands), rtol=0.05, atol=0.2)


def meta(f: Function, case: Case, dynamic: bool) -> None:
    """Tensors without values."""
    for operands in batches(case, dynamic):
        result = f(*(operand.to("meta") for operand in operands))
        assert result.is_meta
        assert result.shape == case.meant(operands).shape


def fake(f: Function, case: Case, dynamic: bool) -> None:
    """Tensors that pretend to values, of one size or of any."""
    symbols = ShapeEnv() if dynamic else None
    real = case.operands(BATCHES[0])
    with FakeTensorMode(shape_env=symbols) as mode:
        pretended = [
            mode.from_tensor(
                operand,
                static_shapes=not dynamic,
                source=ConstantSource(f"operand {n}"),
                symbolic_context=StatelessSymbolicContext([DimDynamic.DUCK] * operand.ndim) if dynamic else None,
            )
            for n, operand in enumerate(real)
        ]
        result = f(*pretended)
    if dynamic:
        assert str(result.shape[0]) == str(pretended[0].shape[0])
        assert not isinstance(result.shape[0], int)
        assert not symbols.guards
    assert [size if isinstance(size, int) else size.node.hint for size in result.shape] == list(case.meant(real).shape)


def distributed(f: Function, case: Case, dynamic: bool) -> None:
    """Tensors spread over a mesh of processes, here of one: whole ones, and parts of the batch."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Replicate, Shard, distribute_tensor

    with one_process():
        mesh = init_device_mesh("cpu", (1,))
        for operands, split in itertools.product(batches(case, dynamic), (False, True)):
            places = [[Shard(0) if split and term[0] == "b" else Replicate()] for term in case.inputs]
            spread = [distribute_tensor(operand, mesh, place) for operand, place in zip(operands, places)]
            same(f(*spread).full_tensor(), case.meant(operands))


@contextmanager
def one_process() -> Iterator[None]:
    """A group of this process alone."""
    torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)
    try:
        yield
    finally:
        torch.distributed.destroy_process_group()


def cuda_graph(f: Function, case: Case, dynamic: bool) -> None:
    """A recording of the kernels of a call, played again for other values."""
    for operands in batches(case, dynamic):
        placed = [operand.cuda() for operand in operands]
        f(*placed)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            result = f(*placed)
        for operand in placed:
            operand.mul_(2)
        graph.replay()
        torch.cuda.synchronize()
        same(result.cpu(), case.meant([2 * operand for operand in operands]))


CHECKS: Mapping[str, Check] = {
    "gradcheck": gradcheck,
    "gradgradcheck": gradgradcheck,
    "vmap": vmap,
    "grad": grad,
    "jvp": jvp,
    "jacrev": jacrev,
    "compile, eager": compiling("eager"),
    "compile, aot_eager": compiling("aot_eager"),
    "compile, inductor": compiling("inductor"),
    "export": exporting(strict=False),
    "export, strict": exporting(strict=True),
    "make_fx": tracing,
    "autocast": autocast,
    "meta tensors": meta,
    "fake tensors": fake,
    "DTensor": distributed,
}
