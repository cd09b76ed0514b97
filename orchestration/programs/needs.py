"""Columns that go together: filled in where something else asks for them, and only there."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.programs.problems import Problem
from orchestration.programs.rows import Row


def needed(row: Row, column: str, is_read: bool, reader: str) -> Iterator[Problem]:
    """A column that is empty though `reader` reads it, or filled in though nothing does."""
    if is_read and row[column] is None:
        yield row.problem(column, f"{reader} needs it", "Fill it in.")
    elif not is_read and row[column] is not None:
        yield row.problem(column, f"only {reader} reads it", "Leave it empty.")


def exactly_one(row: Row, columns: tuple[str, ...]) -> Iterator[Problem]:
    """Not one of the columns filled in, or more than one."""
    filled = [column for column in columns if row[column] is not None]
    if len(filled) != 1:
        what = f"{' and '.join(filled) or 'none of them'} filled in"
        remedy = f"Fill in exactly one of {', '.join(columns)}."
        yield row.problem(filled[-1] if filled else columns[0], what, remedy)
