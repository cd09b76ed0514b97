"""`make programs`: judge the program rows and show what there is.

python -m orchestration.programs             the project's rows
python -m orchestration.programs <folder>    rows that stand somewhere else
"""

from __future__ import annotations

import sys
from pathlib import Path

from orchestration.cli import run_command
from orchestration.programs.book import Book
from orchestration.programs.contract import PROGRAMS_DIR, VERSION
from orchestration.programs.rows import NO_END, Row
from orchestration.programs.validation import require_valid_programs
from orchestration.query import rows_table, terminal_console

COLUMNS = [
    "program", "version", "status", "applies from", "to", "known since", "levers", "rules",
    "verified",
]  # fmt: skip


def main() -> None:
    """Print a line a version; raises PartnerMetricsError that lists what is wrong."""
    folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else PROGRAMS_DIR
    book = require_valid_programs(folder)
    console = terminal_console()
    console.print(rows_table(COLUMNS, summary(book), "Partner programs"))
    total = sum(len(rows) for rows in book.rows.values())
    console.print(
        f"{total:,} rows in {folder}, without a problem. `verified` is the share of a version's "
        "rules that a public source stands behind; the others are illustrative.",
        highlight=False,
    )


def summary(book: Book) -> list[tuple[str, ...]]:
    """A line a version as it is known last, by program and the day it applies from."""
    versions = {row.text(VERSION): row for row in book.rows["program_versions"]}
    lines = [_line(book, name, row) for name, row in versions.items()]
    return sorted(lines, key=lambda line: (line[0], line[3]))


def _line(book: Book, version: str, row: Row) -> tuple[str, ...]:
    rules = [one for rows in book.rows.values() for one in rows if one.version == version]
    verified = sum(one["verification"] == "verified" for one in rules)
    levers = {one["lever_id"] for one in book.rows["levers"] if one.version == version}
    span = book.spans[version]
    return (
        row.text("program_id"),
        row.text("version_name"),
        row.text("status"),
        str(span.begin),
        "" if span.end == NO_END else str(span.end),
        row.text("recorded_on"),
        str(len(levers)),
        str(len(rules)),
        f"{100 * verified // len(rules)} %",
    )


if __name__ == "__main__":
    run_command(main)
