"""The best calls that we would write by hand, for a third of the cases of the lowering benchmark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Function = Callable[..., Any]


def _batched_late(m: Any, x: Any, product: Function) -> Any:
    """`jk,ijkl->il`: both summed axes merge where they stand, and `i` is a batch."""
    i, j, k, n = x.shape
    return product(m.reshape(1, 1, j * k), x.reshape(i, j * k, n))[:, 0]


# What both libraries spell alike; `product` is their matrix product for any ranks.
BOTH: Mapping[str, Callable[..., Any]] = {
    "ik,kj->ij": lambda a, b, product: product(a, b),
    "ki,kj->ij": lambda a, b, product: product(a.T, b),
    "ik,jk->ij": lambda a, b, product: product(a, b.T),
    "bik,bkj->bij": lambda a, b, product: product(a, b),
    "ij,j->i": lambda a, b, product: product(a, b),
    "bhqd,bhkd->bhqk": lambda a, b, product: product(a, b.mT),
    "bhqk,bhkd->bhqd": lambda a, b, product: product(a, b),
    "bqhd,bkhd->bhqk": lambda a, b, product: product(a.swapaxes(1, 2), b.swapaxes(1, 2).mT),
    "btd,df->btf": lambda a, b, product: product(a.reshape(-1, a.shape[2]), b).reshape(*a.shape[:2], -1),
    "btd,dhk->bthk": lambda a, b, product: product(a.reshape(-1, a.shape[2]), b.reshape(b.shape[0], -1)).reshape(
        *a.shape[:2], *b.shape[1:]
    ),
    "bthk,hkd->btd": lambda a, b, product: product(
        a.reshape(a.shape[0] * a.shape[1], -1), b.reshape(-1, b.shape[2])
    ).reshape(*a.shape[:2], -1),
    "bi,io->bo": lambda a, b, product: product(a, b),
    "ecd,edf->ecf": lambda a, b, product: product(a, b),
    "ij,jk,kl->il": lambda a, b, c, product: product(a, product(b, c)),
    "bi,oij,bj->bo": lambda x, w, y, product: product(
        (x[:, :, None] * y[:, None, :]).reshape(len(x), -1), w.reshape(len(w), -1).T
    ),
    "ijk,jr,kr->ir": lambda x, b, c, product: product(
        x.reshape(len(x), -1), (b[:, None] * c[None]).reshape(-1, b.shape[1])
    ),
    "ir,jr,kr->ijk": lambda a, b, c, product: product((a[:, None] * b).reshape(-1, a.shape[1]), c.T).reshape(
        len(a), len(b), len(c)
    ),
    "r,ir,jr->ij": lambda w, a, b, product: product(a * w, b.T),
    "pqrs,rs->pq": lambda a, b, product: product(a.reshape(-1, b.shape[0] * b.shape[1]), b.reshape(-1)).reshape(
        *a.shape[:2]
    ),
    "jk,ijkl->il": _batched_late,
    "Lpq,Lrs->pqrs": lambda a, b, product: product(a.reshape(len(a), -1).T, b.reshape(len(b), -1)).reshape(
        *a.shape[1:], *b.shape[1:]
    ),
    "bi,bi,i->b": lambda a, b, w, product: product(a * b, w),
    "ij,i->j": lambda a, b, product: product(b, a),
    "acd,db->abc": lambda a, b, product: product(a.reshape(-1, a.shape[2]), b).reshape(*a.shape[:2], -1).swapaxes(1, 2),
}

# What both libraries spell alike, without a product of matrices.
PLAIN: Mapping[str, Function] = {
    "i,j->ij": lambda a, b: a[:, None] * b,
    "ij,j->ij": lambda a, b: a * b,
    "i,i->i": lambda a, b: a * b,
    "i,i->": lambda a, b: a.dot(b),
    "ij,ij->": lambda a, b: a.reshape(-1).dot(b.reshape(-1)),
    "ij->ji": lambda a: a.T,
}

NUMPY: Mapping[str, Function] = {
    "ij,ij->j": lambda a, b: np.einsum("ij,ij->j", a, b),
    "bi,bi->b": np.vecdot,
    "ij,ij->i": np.vecdot,
    "ij->j": lambda a: np.add.reduce(a, 0),
    "ij->i": lambda a: a.dot(np.ones(a.shape[1], a.dtype)),
    "ii->": lambda a: a.trace(),
}

TORCH: Mapping[str, Function] = {
    "ij,ij->j": lambda a, b: (a * b).sum(0),
    "bi,bi->b": lambda a, b: a.unsqueeze(1).bmm(b.unsqueeze(1).mT).reshape(-1),
    "ij,ij->i": lambda a, b: a.unsqueeze(1).bmm(b.unsqueeze(1).mT).reshape(-1),
    "ij->j": lambda a: a.sum(0),
    "ij->i": lambda a: a.sum(1),
    "ii->": lambda a: a.trace(),
}


def by_hand(text: str, library: str) -> Function | None:
    """The calls for an expression in letters, if we know them."""
    own = {**PLAIN, **(NUMPY if library == "numpy" else TORCH)}.get(text)
    if own or text not in BOTH:
        return own
    if library == "numpy":
        return lambda *arrays: BOTH[text](*arrays, product=np.matmul)
    import torch

    return lambda *arrays: BOTH[text](*arrays, product=torch.matmul)
