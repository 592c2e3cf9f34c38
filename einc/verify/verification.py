"""What a verification has found."""

from __future__ import annotations

from dataclasses import dataclass

from einc.expression import Shape

MOST = 5  # failures that are told


@dataclass(frozen=True, slots=True)
class Failure:
    """One problem whose answer was wrong.

    Attributes:
        library: of the operands, whose shapes and dtypes follow.
        shapes: of the operands.
        dtypes: of the operands, by name.
        what: was wrong.
        seed: with which `verify` draws this problem first.
    """

    library: str
    shapes: tuple[Shape, ...]
    dtypes: tuple[str, ...]
    what: str
    seed: int

    def __str__(self) -> str:
        operands = ", ".join(f"{dtype}[{'x'.join(map(str, shape))}]" for dtype, shape in zip(self.dtypes, self.shapes))
        return f"{self.what}: {self.library}, {operands} (seed={self.seed})"


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` has found; true where nothing was wrong.

    Attributes:
        expression: as it was written.
        values: how many results were compared with the definition.
        gradients: how many gradients were, of an operand each.
        libraries: whose operands were drawn.
        dtypes: of operands that were drawn.
        worst: the largest error, as a fraction of what rounding may do.
        failures: what was wrong.
    """

    expression: str
    values: int
    gradients: int
    libraries: tuple[str, ...]
    dtypes: tuple[str, ...]
    worst: float
    failures: tuple[Failure, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was wrong."""
        return not self.failures

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        compared = f"{self.values} results and {self.gradients} gradients"
        verdict = "as the definition has it" if self.ok else f"{len(self.failures)} WRONG"
        lines = [
            f"{self.expression}: {compared}, {verdict}",
            f"libraries: {', '.join(self.libraries)}",
            f"types: {', '.join(self.dtypes)}",
            f"largest error: {self.worst:.2g} of what rounding may do",
            *map(str, self.failures[:MOST]),
        ]
        if len(self.failures) > MOST:
            lines.append(f"and {len(self.failures) - MOST} more")
        return "\n".join(lines)
