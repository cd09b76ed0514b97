"""What everything that is done in the incentive ledger goes through: lock, checks, other people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation

import duckdb

from orchestration.errors import PartnerMetricsError
from orchestration.incentives.events import (
    POSTINGS,
    SETTLEMENTS,
    Event,
    events_folder,
    load_ledger_tables,
    table_files,
)
from orchestration.incentives.landing import published_register, verified_events
from orchestration.ledger.closed_months import land_files
from orchestration.ledger.closing import plain_refusal
from orchestration.ledger.closings import ledger_lock
from orchestration.ledger.sealed import remove_leftovers
from orchestration.manifest import CERTIFIED_SCHEMA
from orchestration.settings import Settings

LINES = f"published.{CERTIFIED_SCHEMA}.partner_incentive_statement_lines"
# What changes the difference between what is owed and what is posted, so a build has to know it.
POSTING_KINDS = frozenset({"close", "approve_adjustment", "pay", "approve_claim"})


@contextmanager
def at_work(settings: Settings) -> Iterator[list[Event]]:
    """The verified events, while nobody else closes, posts or publishes."""
    with plain_refusal(settings), ledger_lock(settings):
        events_folder(settings).mkdir(parents=True, exist_ok=True)
        remove_leftovers(events_folder(settings))
        yield verified_events(settings)


def of_program(events: list[Event], program_id: str | None, kind: str) -> list[Event]:
    """A program's events of one kind."""
    return [one for one in events if one.kind == kind and one.program_id == program_id]


def last_month(events: list[Event], program_id: str | None, kind: str) -> str | None:
    """The last month of a program that something was done with: close, approve or pay."""
    return max([one.month or "" for one in of_program(events, program_id, kind)], default=None)


def closed_until(events: list[Event], program_id: str | None) -> str | None:
    """The last closed month of a program."""
    return last_month(events, program_id, "close")


def require_known(settings: Settings, events: list[Event], program_id: str) -> None:
    """Raise unless the published version was built with all that was posted for the program."""
    known = {sequence for sequence, _ in published_register(settings)}
    unknown = [
        one
        for one in events
        if one.program_id == program_id and one.kind in POSTING_KINDS and one.sequence not in known
    ]
    if unknown:
        raise PartnerMetricsError(
            f"Not posted: what is published does not know event {unknown[0].sequence} "
            f"({unknown[0].kind} of {program_id}) yet, and would post again what that posted. "
            "Run `make run` first."
        )


def require_other(settings: Settings, made: Event, refusal: str) -> None:
    """Raise when whoever acts now made the event that is to be answered."""
    if made.person == settings.user:
        raise PartnerMetricsError(
            f"{refusal}: {settings.user} made event {made.sequence} ({made.kind}), and nobody "
            "approves what he or she did. Somebody else does (PARTNER_METRICS_USER says who acts)."
        )


def waiting_event(
    settings: Settings, events: list[Event], sequence: int, kind: str, answer: str
) -> Event:
    """The event with that sequence, if it waits for an answer and is somebody else's."""
    found = next((one for one in events if one.sequence == sequence and one.kind == kind), None)
    if found is None:
        raise PartnerMetricsError(
            f"Event {sequence} is no {kind}. What waits: make incentives ARGS=status"
        )
    if any(one.kind == answer and one.refers_to == sequence for one in events):
        raise PartnerMetricsError(f"Event {sequence} has been answered already.")
    require_other(settings, found, "Refused")
    return found


def attach_postings(
    settings: Settings, connection: duckdb.DuckDBPyConnection, events: list[Event]
) -> None:
    """Make `postings` and `settlements` of all events so far."""
    for table in load_ledger_tables():
        if table.name in (POSTINGS, SETTLEMENTS):
            files = table_files(settings, events, table.name)
            land_files(connection, "main", table, files)


def money_of(amount: str) -> Decimal:
    """An amount in whole cents; raises PartnerMetricsError for anything else and for 0."""
    try:
        money = Decimal(amount)
    except InvalidOperation as error:
        raise PartnerMetricsError(f"{amount!r} is no amount; write it like -120.50.") from error
    if not money.is_finite() or money == 0 or money != money.quantize(Decimal("0.01")):
        raise PartnerMetricsError(f"{amount!r} is no amount in whole cents other than 0.")
    return money


def day_of(text: str) -> date:
    """A day such as 2026-03-31; raises PartnerMetricsError for other text."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise PartnerMetricsError(f"{text!r} is no day; write it like 2026-03-31.") from error


def reason_of(reason: str) -> str:
    """The reason, which may not be empty."""
    if not reason.strip():
        raise PartnerMetricsError("A reason is needed: partners and controllers read it.")
    return reason.strip()
