"""All program rows, and which of them are in force at once."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from orchestration.programs.contract import VERSION, FileContract, load_files
from orchestration.programs.metrics import PayableMetric, payable_metrics
from orchestration.programs.problems import Problem
from orchestration.programs.rows import NO_BEGIN, NO_END, Row, read_file

Key = TypeVar("Key")


@dataclass(frozen=True)
class Span:
    """Time that a version applies to, over all that is known of it."""

    begin: date
    end: date


@dataclass(frozen=True)
class Book:
    """Rows by file; `unread` are the problems with single fields."""

    folder: Path
    files: dict[str, FileContract]
    rows: dict[str, list[Row]]
    metrics: dict[str, PayableMetric]
    unread: list[Problem] = field(default_factory=list)

    def by_version(self, file: str) -> dict[str, list[Row]]:
        """Rows of a file by the version that they belong to."""
        return grouped(self.rows[file], lambda row: row.version)

    def find(self, file: str, version: str, column: str, value: str) -> list[Row]:
        """Rows of a version with a value."""
        return self._index(file, column).get((version, value), [])

    def _index(self, file: str, column: str) -> dict[tuple[str, str], list[Row]]:
        if (file, column) not in self._indexes:
            found = grouped(self.rows[file], lambda row: (row.version, row.text(column)))
            self._indexes[file, column] = found
        return self._indexes[file, column]

    @cached_property
    def _indexes(self) -> dict[tuple[str, str], dict[tuple[str, str], list[Row]]]:
        return {}

    @cached_property
    def spans(self) -> dict[str, Span]:
        """The time of every version, from where it reaches back to."""
        return {
            version: Span(
                min(
                    row.day("applies_retroactively_from", row.day("enforced_from", NO_BEGIN))
                    for row in rows
                ),
                max(row.day("enforced_to", NO_END) for row in rows),
            )
            for version, rows in grouped(
                self.rows["program_versions"], lambda row: row.text(VERSION)
            ).items()
        }


def read_book(folder: Path) -> Book:
    """All files of a folder, with what is wrong in single fields."""
    files = load_files()
    rows, unread = {}, []
    for name, contract in files.items():
        rows[name], problems = read_file(folder, contract)
        unread += problems
    unread += [
        Problem(path.stem, 0, "", "", "no such file is known", f"Files are {', '.join(files)}.")
        for path in sorted(folder.glob("*.csv"))
        if path.stem not in files
    ]
    return Book(folder, files, rows, payable_metrics(), unread)


def read_beside(folder: Path, name: str) -> list[dict[str, str]]:
    """Rows of a seed that is not a program file: it stands in the folder above."""
    with (folder.parent / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def grouped(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    """Rows by key, in their order."""
    found: dict[Key, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def are_together(one: Row, other: Row) -> bool:
    """Whether there is a day on which both are known and apply to one period."""
    return _meet(one.valid, other.valid) and _meet(one.known, other.known)


def in_force_at_once(rows: list[Row]) -> Iterator[list[Row]]:
    """Each different set of rows that are known and apply together at some time."""
    seen: set[frozenset[int]] = set()
    for known in sorted({row.known[0] for row in rows}):
        for valid in sorted({row.valid[0] for row in rows}):
            there = [
                row
                for row in rows
                if row.known[0] <= known < row.known[1] and row.valid[0] <= valid < row.valid[1]
            ]
            lines = frozenset(row.line for row in there)
            if there and lines not in seen:
                seen.add(lines)
                yield there


def _meet(one: tuple[date, date], other: tuple[date, date]) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])
