"""What is wrong with a program row, told so that its author can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One finding; `line` is that of the file, the header being 1. 0: the file as a whole."""

    file: str
    line: int
    column: str
    value: str
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}.csv" + (f", line {self.line}" if self.line else "")
        column = f", column {self.column}" if self.column else ""
        value = f" ({self.value})" if self.value else ""
        return f"{place}{column}{value}: {self.what}\n    {self.remedy}"


def listed(problems: Sequence[Problem], folder: str) -> str:
    """All problems as one message, by file and line."""
    lines = [f"  - {problem}" for problem in sorted(problems)]
    rows = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return (
        f"The partner programs in {folder} have {rows}, so nothing was built:\n"
        + "\n".join(lines)
        + "\nMend the rows and run again; `make programs` looks at nothing but them. "
        "docs/programs.md has every file and column."
    )
