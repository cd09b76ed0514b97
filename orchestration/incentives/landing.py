"""Brings the incentive ledger back into the build file, where dbt reads it as a source."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.errors import PartnerMetricsError
from orchestration.incentives.events import (
    EVENTS,
    SCHEMA,
    Event,
    load_ledger_tables,
    read_events,
    table_files,
    verify_files,
)
from orchestration.ledger.closed_months import land_files, land_rows
from orchestration.publishing import published_rows
from orchestration.settings import PROJECT_DIR, Settings, shown

REGISTER = "incentive_ledger_events"


def verified_events(settings: Settings) -> list[Event]:
    """All events, whole, and none that the published version knows is gone.

    Raises PartnerMetricsError otherwise.
    """
    events = read_events(settings)
    verify_files(settings, events)
    known = {(event.sequence, event.hash) for event in events}
    lost = [one for one in published_register(settings) if one not in known]
    if lost:
        raise PartnerMetricsError(
            f"{len(lost)} event(s) of the published version, number {lost[0][0]} the first, are "
            f"not in the incentive ledger {shown(settings.ledger_dir)}, or differ there. Nothing "
            "was built or posted. Restore the ledger from a backup, or set "
            "PARTNER_METRICS_LEDGER_DIR to where it is."
        )
    return events


def published_register(settings: Settings) -> list[tuple[int, str]]:
    """Sequence and hash of the events that the published version was built with."""
    return published_rows(settings, REGISTER, ("event_sequence", "content_hash"))


def land_incentive_ledger(
    settings: Settings, connection: duckdb.DuckDBPyConnection, project_dir: Path = PROJECT_DIR
) -> None:
    """Make schema `incentive_ledger` with a relation for each of its tables.

    Raises PartnerMetricsError when the ledger is damaged, or does not fit today's project.
    """
    tables = load_ledger_tables(project_dir)
    events = verified_events(settings)
    if not tables:
        return
    connection.execute(f"create schema {SCHEMA}")
    for table in tables:
        if table.name == EVENTS:
            land_rows(connection, SCHEMA, table, (event.register_row() for event in events))
        else:
            land_files(connection, SCHEMA, table, table_files(settings, events, table.name))
