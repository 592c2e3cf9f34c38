"""The contractions that are measured on a GPU, and the calls that a person would write for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

import torch

ByHand = Callable[..., Any]

FLOATS = ("float32", "tf32", "bfloat16")  # the modes: a type, and whether its products may round to TensorFloat32
BY_BYTES = ("float32", "bfloat16")  # where nothing is multiplied by matrix units, tf32 is float32
FLOAT = ("float32",)
COMPLEX = ("complex64",)
MODES = (*FLOATS, *COMPLEX)
DTYPES = {
    "float32": torch.float32,
    "tf32": torch.float32,
    "bfloat16": torch.bfloat16,
    "complex64": torch.complex64,
}

SMALL, SMALLER = 8, 4  # sizes of a smoke run, where few or many indices are
MANY = 6  # indices

# Two matrix product states of seven sites, one over the other.
OVERLAP = "ab,ac,bde,cdf,egh,fgi,hjk,ijl,kmn,lmo,npq,opr,qs,rs->"


@dataclass(frozen=True)
class Case:
    """A contraction of a certain size.

    Attributes:
        name: of the row.
        family: what it stands for.
        expression: in letters, with its output.
        sizes: `"i=4096 jk=64"`: each letter before the sign is as long as the number after it.
        modes: in which types it is measured.
        by_hand: the calls a person would write, where they are not einsum's own.
    """

    name: str
    family: str
    expression: str
    sizes: str
    modes: tuple[str, ...]
    by_hand: ByHand | None = None

    def long(self, smoke: bool = False) -> dict[str, int]:
        """The size of every index; in a smoke run few elements, and every index longer than one."""
        sizes = {index: int(size) for indices, size in re.findall(r"(\w+?)=(\d+)", self.sizes) for index in indices}
        most = SMALLER if len(sizes) > MANY else SMALL
        return {index: min(size, most) for index, size in sizes.items()} if smoke else sizes

    @property
    def terms(self) -> tuple[str, ...]:
        """The letters of each operand."""
        return tuple(self.expression.split("->")[0].split(","))

    @property
    def output(self) -> str:
        """The letters of the result."""
        return self.expression.split("->")[1]

    def shapes(self, sizes: Mapping[str, int]) -> list[tuple[int, ...]]:
        """Of the operands."""
        return [tuple(sizes[index] for index in term) for term in self.terms]


def cases() -> tuple[Case, ...]:
    """All, family by family."""
    return (*_products(), *_batches(), *_folds(), *_layouts(), *_elementwise(), *_tiny(), *_long(), *_paths())


def rows(chosen: tuple[Case, ...], modes: tuple[str, ...] = MODES) -> list[tuple[Case, str]]:
    """Each case in each of its modes, the families in turn, so that each is met early."""
    families: dict[str, list[tuple[Case, str]]] = {}
    for mode in modes:
        for case in chosen:
            if mode in case.modes:
                families.setdefault(case.family, []).append((case, mode))
    return [row for row in chain(*zip_longest(*families.values())) if row is not None]


def _products() -> tuple[Case, ...]:
    """One matrix product, or one of a matrix and a vector."""
    return (
        Case("mm", "GEMM", "ij,jk->ik", "ijk=4096", FLOATS, lambda a, b: a.mm(b)),
        Case("mm_nt", "GEMM", "ik,jk->ij", "ijk=4096", FLOATS, lambda a, b: a.mm(b.t())),
        Case("mm_out_t", "GEMM", "ij,jk->ki", "ijk=4096", FLOATS, lambda a, b: b.t().mm(a.t())),
        Case("mm_skinny", "GEMM", "ij,jk->ik", "i=262144 jk=64", FLOATS, lambda a, b: a.mm(b)),
        Case("matvec", "vector", "ij,j->i", "ij=16384", BY_BYTES, lambda a, x: a.mv(x)),
        Case("dot2d", "vector", "ij,ij->", "ij=8192", BY_BYTES, lambda a, b: a.flatten().dot(b.flatten())),
    )


def _batches() -> tuple[Case, ...]:
    """A batch of them."""
    return (
        Case("bmm", "bmm", "bik,bkj->bij", "b=64 ikj=512", FLOATS, lambda a, b: a.bmm(b)),
        Case("attn_bhqd", "bmm", "bhqd,bhkd->bhqk", "bh=16 qk=1024 d=64", FLOATS, lambda q, k: q @ k.mT),
        Case("bmm_c64", "bmm", "bik,bkj->bij", "b=64 ikj=512", COMPLEX, lambda a, b: a.bmm(b)),
    )


def _folds() -> tuple[Case, ...]:
    """Axes merge to those of one product, or of a batch of them, where they lie."""
    return (
        Case("proj_out", "fold", "bthd,hde->bte", "bh=16 te=1024 d=64", FLOATS, _projected_out),
        Case("proj_in", "fold", "btd,dhe->bhte", "bh=16 td=1024 e=64", FLOATS, _projected_in),
        Case("conv1x1", "fold", "kc,nchw->nkhw", "kc=256 n=32 hw=64", FLOATS, _convolved),
    )


def _layouts() -> tuple[Case, ...]:
    """Operands that lie otherwise than a product wants them, or results that do."""
    return (
        Case("bmm_inner_b", "layout", "ibk,kbj->ibj", "b=16 ikj=1024", FLOATS, _batch_inside),
        Case("attn_bqhd", "layout", "bqhd,bkhd->bhqk", "bh=16 qk=1024 d=64", FLOATS, _scores),
        Case("attn_out", "layout", "bhqk,bkhd->bqhd", "bh=16 qk=1024 d=64", FLOATS, _attended),
        Case("tccg_bda_dc", "layout", "bda,dc->abc", "abcd=312", FLOATS, lambda x, y: (x.mT @ y).transpose(0, 1)),
        Case("tccg_aebf", "layout", "aebf,dfce->abcd", "abcdef=72", FLOATS),
        Case("tccg_gdab", "layout", "gdab,efgc->abcdef", "abcdefg=24", FLOATS),
        Case("gate_qubit", "layout", "ia,xay->xiy", "ia=2 x=4096 y=16384", (*FLOAT, *COMPLEX), lambda g, s: g @ s),
    )


def _elementwise() -> tuple[Case, ...]:
    """Products element by element, sums of them, and copies: as long as their bytes take."""
    return (
        Case("outer", "Hadamard", "i,j->ij", "ij=16384", BY_BYTES, lambda a, b: a[:, None] * b),
        Case(
            "batch_outer", "Hadamard", "bi,bj->bij", "b=4096 ij=128", BY_BYTES, lambda a, b: a[:, :, None] * b[:, None]
        ),
        Case("batch_dot", "Hadamard", "bi,bi->b", "b=131072 i=256", BY_BYTES, torch.linalg.vecdot),
        Case("batch_trace", "Hadamard", "bij,bji->b", "b=8192 ij=64", BY_BYTES, lambda a, b: (a * b.mT).sum((1, 2))),
        Case("scale_rows", "Hadamard", "bid,bi->bid", "b=64 i=1024 d=512", BY_BYTES, lambda x, w: x * w[:, :, None]),
        Case("scale_permute", "copy", "abcd,c->dbca", "abcd=128", BY_BYTES, _scaled),
        Case("reduce_mid", "copy", "bhwc->bc", "b=64 hw=112 c=256", BY_BYTES, lambda x: x.sum((1, 2))),
    )


def _tiny() -> tuple[Case, ...]:
    """Many products of matrices that are smaller than the tiles of a kernel."""
    return (
        Case("mm_tiny_kn", "tiny", "ij,jk->ik", "i=1048576 jk=3", FLOATS, lambda a, b: a.mm(b)),
        Case("bmm_4x4", "tiny", "bik,bkj->bij", "b=262144 ikj=4", FLOATS, lambda a, b: a.bmm(b)),
        Case("bmm_16x16", "tiny", "bik,bkj->bij", "b=65536 ikj=16", FLOATS, lambda a, b: a.bmm(b)),
    )


def _long() -> tuple[Case, ...]:
    """Many steps of little work: as long as it takes to begin them."""
    return (
        Case("chain_small", "launch", "ij,jk,kl,lm->im", "ijklm=64", FLOATS, lambda a, b, c, d: a.mm(b).mm(c.mm(d))),
        Case("mps_overlap", "launch", OVERLAP, "abcefhiklnoqr=32 dgjmps=2", FLOAT),
    )


def _paths() -> tuple[Case, ...]:
    """The order of the steps decides."""
    return (
        Case("chain_vec", "path", "ij,jk,kl,l->i", "ijkl=4096", FLOATS, lambda a, b, c, x: a.mv(b.mv(c.mv(x)))),
        Case("sum_first", "path", "ij,jk->", "ijk=8192", BY_BYTES, lambda a, b: a.sum(0).dot(b.sum(1))),
        Case("bilinear", "path", "bi,oij,bj->bo", "b=8192 oij=128", FLOATS, _bilinear),
        Case("mttkrp", "path", "ijk,jr,kr->ir", "ijk=512 r=32", FLOATS, _khatri_rao_product),
        Case("khatri_rao3", "path", "ir,jr,kr->ijk", "ijk=512 r=64", FLOATS, _composed),
        Case("tucker", "path", "abc,ai,bj,ck->ijk", "abc=512 ijk=64", FLOATS, _projected_thrice),
    )


def _projected_out(heads: Any, weight: Any) -> Any:
    b, t, h, d = heads.shape
    return heads.view(b * t, h * d).mm(weight.view(h * d, -1)).view(b, t, -1)


def _projected_in(x: Any, weight: Any) -> Any:
    b, t, d = x.shape
    return x.view(b * t, d).mm(weight.view(d, -1)).view(b, t, *weight.shape[1:]).transpose(1, 2)


def _convolved(weight: Any, image: Any) -> Any:
    n, c, h, w = image.shape
    return torch.matmul(weight, image.view(n, c, h * w)).view(n, -1, h, w)


def _batch_inside(a: Any, b: Any) -> Any:
    return a.transpose(0, 1).bmm(b.transpose(0, 1)).transpose(0, 1)


def _scores(queries: Any, keys: Any) -> Any:
    return queries.transpose(1, 2) @ keys.permute(0, 2, 3, 1)


def _attended(weights: Any, values: Any) -> Any:
    return (weights @ values.transpose(1, 2)).transpose(1, 2)


def _scaled(x: Any, weight: Any) -> Any:
    return (x * weight[:, None]).permute(3, 1, 2, 0)


def _bilinear(x: Any, weight: Any, y: Any) -> Any:
    pairs = (x[:, :, None] * y[:, None, :]).flatten(1)
    return pairs.mm(weight.flatten(1).t())


def _khatri_rao_product(tensor: Any, b: Any, c: Any) -> Any:
    pairs = b[:, None, :] * c
    return tensor.flatten(1).mm(pairs.flatten(0, 1))


def _composed(a: Any, b: Any, c: Any) -> Any:
    pairs = (a[:, None, :] * b).flatten(0, 1)
    return pairs.mm(c.t()).view(len(a), len(b), len(c))


def _projected_thrice(core: Any, a: Any, b: Any, c: Any) -> Any:
    """Each product takes the first axis away and appends another; after three, they stand in their order."""
    for factor in (a, b, c):
        core = core.flatten(1).t().mm(factor).view(*core.shape[1:], -1)
    return core
