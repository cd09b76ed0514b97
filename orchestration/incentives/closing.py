"""Closes and approves a program's months: what is published is posted, and somebody else agrees.

What is posted is what people have read: the lines come from the published version. Months of a
program close in order; the first closing takes all earlier months along, each as an event.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.errors import PartnerMetricsError
from orchestration.incentives.events import (
    EVENTS,
    POSTINGS,
    SETTLEMENTS,
    Event,
    Writer,
    append,
    load_ledger_tables,
)
from orchestration.incentives.work import (
    LINES,
    at_work,
    closed_until,
    of_program,
    require_known,
    require_other,
)
from orchestration.ledger.closing import (
    Published,
    open_published,
    require_last_build,
    require_untouched,
)
from orchestration.ledger.closings import first_day, month_after, months_until
from orchestration.ledger.contract import ClosedTable
from orchestration.ledger.sealed import SealedFile, write_table
from orchestration.manifest import CERTIFIED_SCHEMA
from orchestration.raw_sources import literal, quote
from orchestration.settings import Settings

PAYOUT = ("program_id", "lever_id", "partner_id", "period_start", "period_end")


def close(settings: Settings, program_id: str, month: str) -> list[Event]:
    """Post what is published of a program's month; the first time, all months before it too.

    Raises PartnerMetricsError, and posts nothing, unless the month is the next one, is complete,
    and the published version is that of the last build and knows what was posted before.
    """
    first_day(month)
    with at_work(settings) as events, open_published(settings) as (connection, published):
        require_last_build(settings, published)
        require_untouched(connection, published)
        require_known(settings, events, program_id)
        tables = load_ledger_tables()
        return [
            append(
                settings,
                events,
                "close",
                _postings_of(connection, tables, program_id, one),
                program_id=program_id,
                month=one,
                publication_version=published.version,
                run_id=published.run_id,
                code_version=published.code_version,
            )
            for one in _months_to_close(connection, events, program_id, month, published)
        ]


def approve(settings: Settings, program_id: str, month: str) -> list[Event]:
    """Approve a closed month, and those before it that are not approved yet."""
    first_day(month)
    with at_work(settings) as events:
        closed = {one.month or "": one for one in of_program(events, program_id, "close")}
        if month not in closed:
            raise PartnerMetricsError(
                f"Not approved: {month} of {program_id} is not closed. "
                f'Close it first: make incentives ARGS="close {program_id} {month}"'
            )
        approved = {one.month for one in of_program(events, program_id, "approve")}
        if month in approved:
            raise PartnerMetricsError(f"Not approved: {month} of {program_id} is approved already.")
        waiting = [one for key, one in closed.items() if key not in approved and key <= month]
        for one in waiting:
            require_other(settings, one, "Not approved")
        return [
            append(
                settings,
                events,
                "approve",
                program_id=program_id,
                month=one.month,
                refers_to=one.sequence,
            )
            for one in waiting
        ]


def acknowledge(settings: Settings, program_id: str, partner_id: str, month: str) -> Event:
    """Note that a partner has accepted its statement of a closed month."""
    first_day(month)
    with at_work(settings) as events:
        if month not in {one.month for one in of_program(events, program_id, "close")}:
            raise PartnerMetricsError(
                f"{month} of {program_id} is not closed; an open statement can still change."
            )
        return append(
            settings,
            events,
            "acknowledge",
            program_id=program_id,
            partner_id=partner_id,
            month=month,
        )


def _months_to_close(
    connection: duckdb.DuckDBPyConnection,
    events: list[Event],
    program_id: str,
    month: str,
    published: Published,
) -> list[str]:
    """The month, and at the first closing those before it since the program's first line."""
    closed = closed_until(events, program_id)
    if closed and month <= closed:
        raise PartnerMetricsError(
            f"Not closed: {month} of {program_id} is closed already, and posted lines stay as they "
            "are. What was found out since is posted in the open month."
        )
    row = connection.execute(
        f"select min(posted_period) from {LINES} where program_id = ?", [program_id]
    ).fetchone()
    if row is None or row[0] is None:
        raise PartnerMetricsError(
            f"Program {program_id!r} owes nothing in the published version. Programs that do: make "
            f'query SQL="select distinct program_id from {LINES.removeprefix("published.")}"'
        )
    last = max(published.closing_mrr)
    if month > last:
        raise PartnerMetricsError(
            f"Not closed: {month} is not complete. The published data speaks for {last} and before."
        )
    start = month_after(closed) if closed else f"{row[0]:%Y-%m}"
    if month < start:
        raise PartnerMetricsError(f"Not closed: {program_id} has nothing before {start}.")
    if closed and month != start:
        raise PartnerMetricsError(
            f"Not closed: {start} of {program_id} is still open, and months close in order. "
            f'Close it first: make incentives ARGS="close {program_id} {start}"'
        )
    return months_until(start, month)


def _postings_of(
    connection: duckdb.DuckDBPyConnection, tables: list[ClosedTable], program_id: str, month: str
) -> Writer:
    """Writes the lines that a close posts, and the rows that explain them."""
    posted = (
        f"program_id = {literal(program_id)} and status = 'accrued' and event_sequence is null "
        f"and is_complete and posted_period = date {literal(first_day(month).isoformat())}"
    )

    def write(draft: Path, sequence: int) -> dict[str, SealedFile]:
        rows = {
            table.name: f"(select {_columns(table, sequence)} from {LINES} where {posted})"
            if table.name == POSTINGS
            else _explaining(table, posted, sequence)
            for table in tables
            if table.name not in (EVENTS, SETTLEMENTS)
        }
        return {
            name: write_table(connection, name, query, draft / f"{name}.parquet")
            for name, query in rows.items()
        }

    return write


def _explaining(table: ClosedTable, posted: str, sequence: int) -> str:
    """Rows of a certified table that are about the payouts of the posted lines."""
    same = " and ".join(f"lines.{name} = kept.{name}" for name in PAYOUT)
    return (
        f"(select kept.* replace (cast({sequence} as integer) as event_sequence) "
        f"from published.{CERTIFIED_SCHEMA}.{quote(table.kept_from)} as kept "
        f"where coalesce(kept.event_sequence, 0) = 0 and exists "
        f"(select 1 from {LINES} as lines where {posted} and {same}))"
    )


def _columns(table: ClosedTable, sequence: int) -> str:
    return ", ".join(
        f"cast({sequence} as integer) as event_sequence"
        if name == "event_sequence"
        else f"cast({quote(name)} as {kind}) as {quote(name)}"
        for name, kind in table.columns.items()
    )
