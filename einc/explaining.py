"""The verbs that say what einc would do, without doing it."""

from __future__ import annotations

from typing import Any

from einc.compiler import compiled
from einc.options import choose
from einc.report import Explanation, StepReport, report

__all__ = ["Explanation", "StepReport", "contract_path", "explain"]


def explain(expression: str, /, *operands: Any, library: str | None = None, **choices: Any) -> Explanation:
    """Say what einc would do with operands of these shapes, step by step, and what it costs.

    Args:
        expression: letters or words.
        *operands: one shape, or array, per term.
        library: `"numpy"` (the default) or `"torch"`, where shapes are given.
        **choices: as in `einc.compile`, sizes included.

    Raises:
        EincError: where the text is wrong, or the shapes do not fit it.
    """
    options = choose(choices)
    return report(compiled(expression, options).plan(*operands, library=library), options.optimize)


def contract_path(expression: str, /, *operands: Any, **choices: Any) -> tuple[list[tuple[int, ...]], Explanation]:
    """The order of contraction in opt_einsum's linear format, and a report of it that prints as a table.

    Args:
        expression: letters or words.
        *operands: one array, or shape, per term.
        **choices: as in `einc.compile`, sizes included.

    Raises:
        EincError: where the text is wrong, or the operands do not fit it.
    """
    explanation = explain(expression, *operands, **choices)
    return explanation.path, explanation
