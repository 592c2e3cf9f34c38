"""einc, an einsum expression compiler and optimizer."""

from einc.compiler import Compiled, compile, einsum
from einc.errors import EincError, EincTypeError
from einc.explain import contract_path, explain

__all__ = ["Compiled", "EincError", "EincTypeError", "compile", "contract_path", "einsum", "explain"]

__version__ = "0.1.0"
