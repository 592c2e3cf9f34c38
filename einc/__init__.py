"""einc, an einsum expression compiler and optimizer."""

from einc.calibrate import calibrate
from einc.compiler import Compiled, compile, einsum
from einc.doctor import Diagnosis, doctor
from einc.errors import EincError, EincTypeError
from einc.explain import contract_path, explain
from einc.later import Later
from einc.plan import Cost, Planner

__all__ = [
    "Compiled",
    "Cost",
    "Diagnosis",
    "EincError",
    "EincTypeError",
    "Planner",
    "calibrate",
    "compile",
    "contract_path",
    "doctor",
    "einsum",
    "explain",
]

__version__ = "0.1.0"

torch = Later("torch")
nn = Later("nn")
