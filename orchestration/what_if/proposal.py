"""The rows that are tried: the project's program files, with those of a folder in their place."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.errors import PartnerMetricsError
from orchestration.programs.book import Book, read_book
from orchestration.programs.contract import PROGRAMS_DIR, VERSION, load_files
from orchestration.programs.problems import listed
from orchestration.programs.rows import Row
from orchestration.programs.validation import problems_in
from orchestration.raw_sources import literal
from orchestration.settings import shown

DRAFT = "draft"


@dataclass(frozen=True)
class Proposal:
    """Program files that are whole and valid, in `files`.

    `changed` names the files that differ from the project's, `drafts` the draft versions that are
    new or of which a rule changed: those count, as if they were approved. `known_on` is the newest
    day on which a changed row is recorded or superseded.
    """

    files: Path
    changed: list[str]
    drafts: list[str]
    known_on: date | None


def read_proposal(folder: Path, work: Path, programs: Path = PROGRAMS_DIR) -> Proposal:
    """Lay the files of `folder` over those of `programs`, in `work`, and judge all rows.

    A file that is there stands for the whole of the project's; the others stay as they are. Raises
    PartnerMetricsError for a folder without program files, and for rows that have a problem.
    """
    mine = sorted(folder.glob("*.csv"))
    if not mine:
        raise PartnerMetricsError(
            f"There is no program file in {folder}. Copy those that you want to change from "
            f"{shown(programs)}, change their rows, and simulate again:\n"
            f"  make simulate PROGRAMS={folder}\ndocs/programs.md has every file and column."
        )
    files = work / "seeds" / "programs"
    shutil.rmtree(work, ignore_errors=True)
    files.mkdir(parents=True)
    for path in [*programs.parent.glob("*.csv")]:
        shutil.copy(path, files.parent)
    for path in [*programs.glob("*.csv"), *mine]:
        shutil.copy(path, files)
    book = read_book(files)
    if problems := problems_in(book):
        raise PartnerMetricsError(listed(problems, f"{folder} (over those of the project)"))
    return _proposal(book, read_book(programs))


def _proposal(book: Book, present: Book) -> Proposal:
    """What differs from the rows that count now."""
    differing: list[Row] = []
    changed = []
    for name, rows in book.rows.items():
        there = present.rows[name]
        found = [*_missing(rows, there), *_missing(there, rows)]
        differing += found
        if found:
            changed.append(name)
    touched = {row.text(VERSION) for row in differing}
    drafts = [
        row.text(VERSION)
        for row in book.rows["program_versions"]
        if row["status"] == DRAFT and row.text(VERSION) in touched
    ]
    days = [
        day
        for row in differing
        for day in (row.values.get("recorded_on"), row.values.get("superseded_on"))
        if isinstance(day, date)
    ]
    return Proposal(book.folder, changed, drafts, max(days, default=None))


def _missing(rows: list[Row], others: list[Row]) -> list[Row]:
    """Rows that do not stand among the others, wherever they stand."""
    known = {tuple(row.values.items()) for row in others}
    return [row for row in rows if tuple(row.values.items()) not in known]


def seed_query(name: str, files: Path) -> str:
    """A query on a program file, of the types that dbt gives its columns."""
    types = load_files()[name].columns
    path = files / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    columns = ", ".join(f"'{column}': '{types[column].type}'" for column in header)
    picked = ", ".join(types)
    return (
        f"select {picked} from read_csv({literal(str(path))}, header = true, delim = ',', "
        f"quote = '\"', auto_detect = false, columns = {{{columns}}})"
    )
