"""What is wrong with a program row, told so that its author can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


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
        return told([self])


def told(same: Sequence[Problem]) -> str:
    """One problem, or the same one on several lines."""
    first = same[0]
    lines = ", ".join(str(problem.line) for problem in same if problem.line)
    place = f"{first.file}.csv" + (f", line{'s' * (len(same) > 1)} {lines}" if lines else "")
    column = f", column {first.column}" if first.column else ""
    value = f" ({first.value})" if first.value else ""
    return f"{place}{column}{value}: {first.what}\n    {first.remedy}"


def listed(problems: Sequence[Problem], folder: str) -> str:
    """All problems as one message, by file and line; what is wrong on many lines is told once."""
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in sorted(problems):
        key = (problem.file, problem.column, problem.value, problem.what, problem.remedy)
        groups.setdefault(key, []).append(problem)
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return (
        f"The partner programs in {folder} have {count}, so nothing was built:\n"
        + "\n".join(f"  - {told(same)}" for same in groups.values())
        + "\nMend the rows and run again; `make programs` looks at nothing but them. "
        "docs/programs.md has every file and column."
    )


def closest(value: str, known: Iterable[str]) -> str:
    """A sentence that names the known value which is most like this one; empty without any."""
    found = get_close_matches(value, sorted(known), n=1)
    return f" Did you mean {found[0]}?" if found else ""
