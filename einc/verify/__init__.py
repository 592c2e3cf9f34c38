"""Is a compiled expression right? It is held to the definition on random operands."""

from einc.verify.definition import definition
from einc.verify.verification import Failure, Verification
from einc.verify.verifying import verification

__all__ = ["Failure", "Verification", "definition", "verification"]
