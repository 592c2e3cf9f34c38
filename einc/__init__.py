"""einc, an einsum expression compiler and optimizer."""

from typing import TYPE_CHECKING

from einc.errors import EincError, EincTypeError
from einc.later import Later, attribute

if TYPE_CHECKING:
    from einc.calibrating import calibrate
    from einc.compiler import Compiled, compile, einsum
    from einc.diagnosing import Diagnosis, doctor
    from einc.explaining import contract_path, explain
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

# Whose room is loaded when they are first asked for. A room has no name of these, as its import would take their place.
_ROOMS = {
    **dict.fromkeys(("Compiled", "compile", "einsum"), "compiler"),
    **dict.fromkeys(("contract_path", "explain"), "explaining"),
    **dict.fromkeys(("Cost", "Planner"), "plan"),
    **dict.fromkeys(("Diagnosis", "doctor"), "diagnosing"),
    "calibrate": "calibrating",
}

if not TYPE_CHECKING:  # so that type checkers know of no names but those above

    def __getattr__(name: str) -> object:
        """What a room offers, kept here from then on."""
        globals()[name] = found = attribute(__name__, _ROOMS, name)
        return found


def __dir__() -> list[str]:
    """All names, of what is not loaded yet, too."""
    return sorted({*globals(), *__all__})
