"""The closings: one `closing.json` a closed month, chained by hashes.

A closing carries the hashes of its month's files and the hash of the closing before it, so that no
file of a closed month can be changed, and no month taken out or slipped in, without it showing.
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import PartnerMetricsError
from orchestration.ledger.contract import CLOSINGS, SCHEMA
from orchestration.ledger.sealed import (
    NOT_AS_WRITTEN,
    DamagedError,
    SealedFile,
    read_record,
    verify_file,
)
from orchestration.raw_sources import quote
from orchestration.settings import Settings, shown

CLOSING_FILE = "closing.json"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Closing:
    """`asked_for` is the month that the command named; the first closing takes earlier ones along.

    Times are UTC without a zone, as text; `closing_mrr` is exact, as text.
    """

    month: str
    asked_for: str
    closed_at: str
    closed_by: str
    publication_version: str
    run_id: str
    code_version: str
    inputs_as_of: str | None
    reporting_currency: str
    closing_mrr: str
    metric_versions: dict[str, str]
    tables: dict[str, SealedFile]
    previous_hash: str | None
    hash: str

    @property
    def month_start(self) -> date:
        return first_day(self.month)

    def register_row(self) -> dict[str, Any]:
        """The closing's row in the register that dbt reads."""
        return {
            **asdict(self),
            "month_start": self.month_start,
            "closed_at": datetime.fromisoformat(self.closed_at),
            "inputs_as_of": self.inputs_as_of and datetime.fromisoformat(self.inputs_as_of),
            "content_hash": self.hash,
        }


def closed_months_folder(settings: Settings) -> Path:
    return settings.ledger_dir / "closed_months"


def read_closings(settings: Settings) -> list[Closing]:
    """All closings, the earliest first.

    Raises PartnerMetricsError when one was changed, or when they are no unbroken chain.
    """
    folder = closed_months_folder(settings)
    if not folder.is_dir():
        return []
    closings: list[Closing] = []
    for path in sorted(path for path in folder.iterdir() if not path.name.startswith(".")):
        closing = _read_closing(path)
        before = closings[-1] if closings else None
        if before is not None and closing.month != month_after(before.month):
            raise _damaged(path, f"{month_after(before.month)} is missing before it")
        if closing.previous_hash != (before.hash if before else None):
            raise _damaged(path, "it does not follow from the closing before it")
        closings.append(closing)
    return closings


def verify_files(settings: Settings, closings: list[Closing]) -> None:
    """Raise PartnerMetricsError unless every file is there as it was when its month was closed."""
    for closing in closings:
        for name, table in closing.tables.items():
            try:
                verify_file(table_path(settings, closing.month, name), table)
            except DamagedError as error:
                raise _damaged(error.path, error.problem, closing.month) from error


def table_path(settings: Settings, month: str, table: str) -> Path:
    return closed_months_folder(settings) / month / f"{table}.parquet"


def first_day(month: str) -> date:
    """The first day of a month such as 2025-03; raises PartnerMetricsError for other text."""
    if not MONTH.fullmatch(month):
        raise PartnerMetricsError(f"{month!r} is not a month; write it like 2025-03.")
    return date.fromisoformat(f"{month}-01")


def month_after(month: str) -> str:
    first = first_day(month)
    return f"{first.year + first.month // 12:04d}-{first.month % 12 + 1:02d}"


def months_until(first: str, last: str) -> list[str]:
    """The months from one to another, both included."""
    months = [first]
    while months[-1] < last:
        months.append(month_after(months[-1]))
    return months


@contextmanager
def ledger_lock(settings: Settings) -> Iterator[None]:
    """Closing and publishing wait for each other; the lock ends with the process, however it ends.

    So no month is closed between the moment a publication is checked and the pointer's move.
    """
    settings.ledger_dir.mkdir(parents=True, exist_ok=True)
    with (settings.ledger_dir / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def require_built_on(
    connection: duckdb.DuckDBPyConnection, catalog: str, closings: list[Closing]
) -> None:
    """Raise unless the build file in `catalog` was made with exactly these closed months.

    A month may be closed while a build is under way, which then still counts it as open.
    """
    landed: list[tuple[str]] = []
    if connection.execute(
        "select 1 from information_schema.tables "
        "where table_catalog = ? and table_schema = ? and table_name = ?",
        [catalog, SCHEMA, CLOSINGS],
    ).fetchone():
        landed = connection.execute(
            f"select content_hash from {quote(catalog)}.{SCHEMA}.{CLOSINGS} order by month_start"
        ).fetchall()
    if [row[0] for row in landed] != [closing.hash for closing in closings]:
        raise PartnerMetricsError(
            "Not published: the closed months are not those that the build was made with. A month "
            "was closed in the meantime. Run `make run` again."
        )


def _read_closing(folder: Path) -> Closing:
    if not MONTH.fullmatch(folder.name):
        raise _damaged(folder, "its name is not a month")
    path = folder / CLOSING_FILE
    try:
        closing = Closing(**read_record(path))
    except DamagedError as error:
        raise _damaged(path, error.problem, folder.name) from error
    except TypeError as error:
        raise _damaged(path, f"it cannot be read ({error})") from error
    if closing.month != folder.name:
        raise _damaged(path, NOT_AS_WRITTEN, folder.name)
    return closing


def _damaged(path: Path, problem: str, month: str = "") -> PartnerMetricsError:
    told = f"it is not as it was when {month} was closed" if problem == NOT_AS_WRITTEN else problem
    return PartnerMetricsError(
        f"Closed months are damaged: {shown(path)}: {told}. Nothing was built or closed, and "
        "what is published stays as it is. Restore the folder of that month, with all its files, "
        "from a backup of the ledger. Closed figures are never mended by hand."
    )
