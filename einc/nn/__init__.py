"""Layers for torch models, written as einsum expressions."""

from einc.nn.layer import Einsum

__all__ = ["Einsum"]
