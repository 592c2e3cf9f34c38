"""Source to keep: a plan as a module that says what it is for and runs alone."""

from __future__ import annotations

from collections.abc import Callable

from einc.backends import Backend
from einc.corridor import Plan
from einc.emit import FUNCTION, emit
from einc.expression import show
from einc.operands import Kind, described
from einc.program import Value
from einc.stages import views_only

WIDE = 100  # columns of a signature on one line


class Source(str):
    """The source of a function; called, it is a whole module, also for another library."""

    __slots__ = ("_planned", "_replan")
    _planned: Plan
    _replan: Callable[[Kind], Plan]

    def __call__(self, library: str | None = None, *, typed: bool = False) -> str:
        """A module to keep: a docstring with the shapes, the function, nothing of einc.

        Args:
            library: `"numpy"`, `"torch"` or an array API namespace; that of the operands where None.
            typed: whether the function has type hints.

        Returns:
            The text of the module.

        Raises:
            EincError: for a library that einc does not write for.
        """
        return module(self._replan(kind_for(self._planned.kind, library)), typed=typed)

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)


def kept(plan: Plan, replan: Callable[[Kind], Plan]) -> Source:
    """The source of a plan, which knows how to plan the same for another kind of operands."""
    source = Source(plan.source)
    source._planned, source._replan = plan, replan
    return source


def module(plan: Plan, *, typed: bool = False) -> str:
    """A self-contained module that runs a plan: its docstring says what for."""
    backend = plan.kind.backend
    if not typed:
        return f"{_docstring(plan)}\n\n{emit(plan.outlined, backend)}"
    standard = "".join(f"{line}\n\n" for line in backend.hint_tools)
    source = emit(plan.outlined, backend, backend.hint_imports, signature=_signature(plan))
    return f"{_docstring(plan)}\n\n{standard}{source}"


def _docstring(plan: Plan) -> str:
    operands = [
        (x.name, show(x.layout) or "scalar", "x".join(map(str, shape)) or "()", x.dtype)
        for x, shape in zip(plan.program.operands, plan.kind.shapes)
    ]
    widths = [max(map(len, column)) for column in zip(*operands)]
    rows = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)) for row in operands]
    given = ", with " + ", ".join(f"{index}={size}" for index, size in plan.program.given)
    return "\n".join(
        [
            f'"""{plan.expression}',
            "",
            f"Made by einc for {plan.kind.library}. `{FUNCTION}` takes operands of these shapes and types"
            f"{given if plan.program.given else ''}:",
            "",
            *(f"    {row}" for row in rows),
            "",
            "It tests nothing. Other sizes are as right, if axes of size 1 stay where they are, and nowhere else.",
            '"""',
        ]
    )


def _signature(plan: Plan) -> str:
    """The line that defines the function, with type hints; a line for each operand where they are many."""
    operands, (result, *_) = plan.program.operands, plan.program.results
    backend = plan.kind.backend
    scalar = not result.layout and not views_only(plan.program)
    hints = [f"{x.name}: {_hint(backend.hint, x, backend)}" for x in operands]
    returned = _hint(backend.scalar_hint if scalar else backend.hint, result, backend)
    line = f"def {FUNCTION}({', '.join(hints)}) -> {returned}:"
    if len(line) <= WIDE:
        return line
    return "\n".join([f"def {FUNCTION}(", *(f"    {hint}," for hint in hints), f") -> {returned}:"])


def _hint(hint: str, x: Value, backend: Backend) -> str:
    return hint.format(dtype=backend.names.get(x.dtype, x.dtype))


def kind_for(kind: Kind, library: str | None) -> Kind:
    """The same operands in another library: in its default type, if they were in their library's."""
    if library is None or library == kind.library:
        return kind
    other = described(kind.shapes, library)
    default = set(kind.dtypes) <= {kind.backend.default_dtype}
    return other if default else Kind(other.library, kind.shapes, kind.dtypes)
