"""The loops of `plan.compiled`, compiled by numba, which is imported only here, and kept on disk by it."""

from einc.plan.kernels.polish import polish
from einc.plan.kernels.reslice import anneal_and_slice
from einc.plan.kernels.rotate import anneal
from einc.plan.kernels.tree import Model, Nodes, Space, fill, model_of, total, weigh_all

__all__ = ["Model", "Nodes", "Space", "anneal", "anneal_and_slice", "fill", "model_of", "polish", "total", "weigh_all"]
