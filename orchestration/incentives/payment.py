"""Pays what is approved and due: whole lines, payee by payee.

Money of a fund is credited to the partner's fund, from which claims draw. A payee whose lines sum
to 0 or less gets nothing, and the negative balance is carried to the next payment. What is
recovered by invoice is settled by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.errors import PartnerMetricsError
from orchestration.incentives.events import SETTLEMENTS, Event, Writer, append
from orchestration.incentives.requests import open_disputes
from orchestration.incentives.work import (
    LINES,
    at_work,
    attach_postings,
    closed_until,
    of_program,
)
from orchestration.ledger.closing import open_published
from orchestration.ledger.closings import first_day
from orchestration.ledger.sealed import SealedFile, write_table
from orchestration.raw_sources import literal
from orchestration.settings import Settings

# By whom and where to; what is invoiced is no part of a payment.
GROUP = "partner_id, payee_kind, payee_id, bucket, currency, is_invoiced"
# Held lines may get their day after they were posted, when a minimum is reached: the published
# line says so. Nobody can be paid where nobody stands behind a line.
DUE = f"""
    create temp table due as
    with lines as (
        select postings.*, coalesce(recovery, '') = 'invoice' as is_invoiced
        from postings
        left join (select statement_line_id, payable_from as payable_now from {LINES})
            using (statement_line_id)
        where program_id = $program and payee_id <> 'unassigned'
            and coalesce(postings.payable_from, payable_now) <= $day
            and posted_period <= $until
            and strftime(posted_period, '%Y-%m') in (select unnest($approved))
            and statement_line_id not in (select statement_line_id from settlements)
            and statement_line_id not in (select unnest($disputed))
    )
    select *, sum(amount) over (partition by {GROUP}) > 0 or is_invoiced as is_settled
    from lines
"""


@dataclass(frozen=True)
class Payment:
    """What a payee gets; `amount` is carried where it is not settled."""

    partner_id: str
    payee_kind: str
    payee_id: str
    bucket: str
    currency: str
    is_invoiced: bool
    lines: int
    amount: Decimal
    is_settled: bool


def pay(
    settings: Settings, program_id: str, month: str, paid_on: date | None = None
) -> tuple[Event, list[Payment]]:
    """Settle what is approved and due of months up to this one.

    Raises PartnerMetricsError when the month is not approved, the day is in the future or in a
    closed month, or nothing is to be paid.
    """
    first_day(month)
    today = datetime.now(UTC).date()
    day = paid_on or today
    with at_work(settings) as events, open_published(settings) as (connection, _):
        _require_day(events, program_id, day, today)
        approved = [one.month for one in of_program(events, program_id, "approve")]
        if month not in approved:
            raise PartnerMetricsError(
                f"Not paid: {month} of {program_id} is not approved. Somebody who did not close "
                f'it approves it: make incentives ARGS="approve {program_id} {month}"'
            )
        attach_postings(settings, connection, events)
        connection.execute(
            DUE,
            {
                "program": program_id,
                "day": day,
                "approved": approved,
                "until": first_day(month),
                "disputed": open_disputes(events),
            },
        )
        payments = [
            Payment(*row)
            for row in connection.execute(
                f"select {GROUP}, count(*), sum(amount), bool_or(is_settled) from due "
                f"group by {GROUP} order by all"
            ).fetchall()
        ]
        if not any(one.is_settled for one in payments):
            raise PartnerMetricsError(
                f"Nothing of {program_id} is due until {month} on {day}: what is approved is paid "
                "already, held, disputed, or not more than what is to be taken back."
            )
        settle = _settlements(connection, day)
        event = append(settings, events, "pay", settle, program_id=program_id, month=month)
    return event, payments


def _settlements(connection: duckdb.DuckDBPyConnection, day: date) -> Writer:
    def write(draft: Path, sequence: int) -> dict[str, SealedFile]:
        rows = (
            f"(select statement_line_id, cast({sequence} as integer) as event_sequence, amount, "
            f"date {literal(day.isoformat())} as paid_on from due where is_settled)"
        )
        file = draft / f"{SETTLEMENTS}.parquet"
        return {SETTLEMENTS: write_table(connection, SETTLEMENTS, rows, file)}

    return write


def _require_day(events: list[Event], program_id: str, day: date, today: date) -> None:
    """Raise for a payment that has not happened, or that would change a closed month's balance."""
    if day > today:
        raise PartnerMetricsError(f"Not paid: {day} is in the future.")
    closed = closed_until(events, program_id)
    if closed and f"{day:%Y-%m}" <= closed:
        raise PartnerMetricsError(
            f"Not paid: {day:%Y-%m} of {program_id} is closed, and its balance stays as it is. "
            "Name a day after it."
        )
