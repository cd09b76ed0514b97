"""The events of the incentive ledger: read, verified, appended; never changed.

An event is a folder, `000042-close`, with `event.json` and the tables that it posts. Each carries
the hash of the event before, so none can be changed, taken out or slipped in without it showing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.errors import PartnerMetricsError
from orchestration.ledger.contract import ClosedTable, load_tables
from orchestration.ledger.sealed import (
    DamagedError,
    SealedFile,
    read_record,
    sealed_folder,
    verify_file,
    write_record,
)
from orchestration.settings import PROJECT_DIR, Settings, shown

SCHEMA = "incentive_ledger"
EVENTS, POSTINGS, SETTLEMENTS = "events", "postings", "settlements"
SOURCES_GLOB = "models/incentive_ledger/_*__sources.yml"
EVENT_FILE = "event.json"
FOLDER_NAME = re.compile(r"(\d{6})-([a-z_]+)")

Writer = Callable[[Path, int], dict[str, SealedFile]]


@dataclass(frozen=True)
class Event:
    """One thing that somebody did. Times are UTC without a zone, as text; `amount` exact, as text.

    `month` is such as 2026-03; `refers_to` is the sequence of the event that this one answers;
    `earn_start` is the first day of the earning period of a fund, as text.
    """

    sequence: int
    kind: str
    person: str
    occurred_at: str
    previous_hash: str | None
    hash: str
    program_id: str | None = None
    month: str | None = None
    partner_id: str | None = None
    statement_line_id: str | None = None
    fund_wallet_id: str | None = None
    reason: str | None = None
    outcome: str | None = None
    refers_to: int | None = None
    currency: str | None = None
    amount: str | None = None
    earn_start: str | None = None
    publication_version: str | None = None
    run_id: str | None = None
    code_version: str | None = None
    tables: dict[str, SealedFile] = field(default_factory=dict)

    @property
    def folder_name(self) -> str:
        return f"{self.sequence:06d}-{self.kind}"

    def register_row(self) -> dict[str, Any]:
        """The event's row in the register that dbt reads."""
        return {
            **asdict(self),
            "event_sequence": self.sequence,
            "amount": None if self.amount is None else Decimal(self.amount),
            "month_start": self.month and date.fromisoformat(f"{self.month}-01"),
            "earn_start": self.earn_start and date.fromisoformat(self.earn_start),
            "occurred_at": datetime.fromisoformat(self.occurred_at),
            "content_hash": self.hash,
        }


def events_folder(settings: Settings) -> Path:
    return settings.ledger_dir / "incentives"


def load_ledger_tables(project_dir: Path = PROJECT_DIR) -> list[ClosedTable]:
    """The ledger's tables as dbt reads them; none in a project without incentives."""
    return load_tables(project_dir, SOURCES_GLOB)


def read_events(settings: Settings) -> list[Event]:
    """All events, the first one first.

    Raises PartnerMetricsError when one was changed, or when they are no unbroken chain.
    """
    folder = events_folder(settings)
    if not folder.is_dir():
        return []
    events: list[Event] = []
    try:
        for path in sorted(path for path in folder.iterdir() if not path.name.startswith(".")):
            event = _read_event(path)
            before = events[-1] if events else None
            if event.sequence != len(events) + 1:
                raise DamagedError(path, f"event {len(events) + 1} is missing before it")
            if event.previous_hash != (before.hash if before else None):
                raise DamagedError(path, "it does not follow from the event before it")
            events.append(event)
    except DamagedError as error:
        raise _damaged(error) from error
    return events


def verify_files(settings: Settings, events: list[Event]) -> None:
    """Raise PartnerMetricsError unless every file is there as it was when it was posted."""
    try:
        for event in events:
            for name, table in event.tables.items():
                verify_file(table_path(settings, event, name), table)
    except DamagedError as error:
        raise _damaged(error) from error


def table_path(settings: Settings, event: Event, table: str) -> Path:
    return events_folder(settings) / event.folder_name / f"{table}.parquet"


def table_files(settings: Settings, events: list[Event], table: str) -> dict[str, Path]:
    """The files of a table, by what an error would call the event that they belong to."""
    return {
        f"event {event.sequence} of the incentive ledger": table_path(settings, event, table)
        for event in events
        if table in event.tables
    }


def append(
    settings: Settings,
    events: list[Event],
    kind: str,
    write: Writer | None = None,
    **facts: str | int | None,
) -> Event:
    """Write an event behind the others, flushed to disk and read-only, and return it.

    `write` gets the draft folder and the event's sequence, and returns the tables that it wrote.
    Adds the event to `events`.
    """
    sequence = len(events) + 1
    with sealed_folder(events_folder(settings), f"{sequence:06d}-{kind}") as draft:
        tables = write(draft, sequence) if write else {}
        content: dict[str, Any] = {
            "sequence": sequence,
            "kind": kind,
            "person": settings.user,
            "occurred_at": datetime.now(UTC).replace(tzinfo=None, microsecond=0).isoformat(),
            **facts,
            "tables": {name: asdict(table) for name, table in tables.items()},
            "previous_hash": events[-1].hash if events else None,
        }
        content["hash"] = write_record(draft / EVENT_FILE, content)
    event = Event(**{**content, "tables": tables})
    events.append(event)
    return event


def _read_event(path: Path) -> Event:
    if not FOLDER_NAME.fullmatch(path.name):
        raise DamagedError(path, "its name is not that of an event")
    content = read_record(path / EVENT_FILE)
    try:
        event = Event(**content)
    except TypeError as error:
        raise DamagedError(path, f"it cannot be read ({error})") from error
    if event.folder_name != path.name:
        raise DamagedError(path, "it is not where it was written")
    return event


def _damaged(error: DamagedError) -> PartnerMetricsError:
    return PartnerMetricsError(
        f"The incentive ledger is damaged: {shown(error.path)}: {error.problem}. Nothing was "
        "built or posted, and what is published stays as it is. Restore that folder, with all "
        "its files, from a backup of the ledger. What was posted is never mended by hand."
    )
