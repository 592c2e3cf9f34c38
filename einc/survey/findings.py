"""What a survey has found."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from typing import Any

from einc.errors.picture import counted


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one call.

    Attributes:
        path: of the file.
        line: in it, from 1.
        column: from 1.
        kind: `"invalid"`, `"count"`, `"unused"` or `"order"`.
        message: what it is, in one line.
        picture: the expression with carets.
    """

    path: str
    line: int
    column: int
    kind: str
    message: str
    picture: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.kind}: {self.message}\n{self.picture}"


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found in all files.

    Attributes:
        findings: in the order of files and lines.
        files: that were read.
        calls: whose expression is known, and was judged.
        unknown: calls whose expression is made when the program runs.
        expected: calls that are expected to fail, as tests have them; they were not judged.
        unreadable: files that are no Python of this version.
    """

    findings: tuple[Finding, ...]
    files: int
    calls: int
    unknown: int
    expected: int
    unreadable: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """All fields, as `json` can write them."""
        return asdict(self)

    def __str__(self) -> str:
        told = [str(finding) for finding in self.findings]
        where = f"{counted(self.calls, 'einsum call')} of {counted(self.files, 'file')}"
        others = f"({self.unknown} more are not constant, {self.expected} are expected to fail)"
        told.append(f"{counted(len(self.findings), 'finding')} in {where} {others}")
        if self.unreadable:
            python = ".".join(map(str, sys.version_info[:2]))
            told.append(f"not readable as Python {python}: {', '.join(self.unreadable)}")
        return "\n".join(told)
