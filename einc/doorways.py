"""The doorways of a compiled expression: where users stand and look at what was made of it."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from einc import later
from einc.corridor import Plan
from einc.keep import Source, kept, kind_for
from einc.operands import Kind
from einc.options import Options
from einc.program import Program
from einc.shown import Shown
from einc.tree import Tree

if TYPE_CHECKING:
    from einc.report import Explanation
    from einc.verify import Verification


class Doorways(Shown):
    """What a compiled expression shows of itself, for the operands planned for last."""

    _options: Options

    @abstractmethod
    def __call__(self, *operands: Any) -> Any:
        """Contract the operands."""

    @abstractmethod
    def plan(self, *operands: Any, library: str | None = None) -> Plan:
        """Plan for operands, without running anything."""

    @abstractmethod
    def _plan_for(self, kind: Kind) -> Plan: ...

    @property
    def tree(self) -> Tree:
        """In which order, for the operands planned for last."""
        return self._last.tree

    @property
    def program(self) -> Program:
        """How, for the operands planned for last."""
        return self._last.program

    @property
    def source(self) -> Source:
        """The function run for the operands planned for last, as Python source that needs no einc.

        Called, as in `f.source(library="torch", typed=True)`, it is a whole module to keep: with the shapes in
        its docstring, and for any library.
        """
        return kept(self._last, self._plan_for)

    def explain(self, *operands: Any, library: str | None = None) -> Explanation:
        """Say what is done with operands of these shapes, step by step, and what it costs.

        Args:
            *operands: one shape, or array, per term; without any, those planned for last.
            library: as in `plan`.

        Raises:
            EincError: where the operands do not fit.
        """
        plan = self.plan(*operands, library=library) if operands else self._latest_for(library)
        explanation: Explanation = later.report.report(plan, self._options.optimize)
        return explanation

    def verify(self, n: int = 100, *, seed: int = 0) -> Verification:
        """Compare with the definition (broadcast, multiply, sum) on random operands of several sizes and types.

        Operands are NumPy's, and torch's too where it is installed; there, gradients are compared with those of
        the definition in float64.

        Args:
            n: how many problems are drawn, one or more.
            seed: of all chances, 0 or more.

        Returns:
            What was found: true where nothing was wrong, and printed, a report.

        Raises:
            EincError: where sizes of indices cannot be told from shapes, and were not given; for another `n` or `seed`.
        """
        latest = self._latest
        try:
            found: Verification = later.verify.verification(self, self._written, self._options, n, seed)
            return found
        finally:
            self._latest = latest

    def _latest_for(self, library: str | None) -> Plan:
        """What was planned last, or the same for another library."""
        return self._plan_for(kind_for(self._last.kind, library))
