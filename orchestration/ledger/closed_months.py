"""Brings closed months back into the build file, where dbt reads them as the source `closed_months`."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.ledger.contract import SCHEMA, ClosedTable, load_closed_tables
from orchestration.raw_sources import quote
from orchestration.settings import Settings


@dataclass(frozen=True)
class LandedClosedTable:
    """A table of closed months in the build file."""

    name: str
    rows: int
    months: int


def land_closed_months(
    settings: Settings, connection: duckdb.DuckDBPyConnection
) -> list[LandedClosedTable]:
    """Make schema `closed_months` with a relation for each table of the contract."""
    tables = load_closed_tables()
    if not tables:
        return []
    connection.execute(f"create schema {SCHEMA}")
    return [_land_table(connection, table) for table in tables]


def _land_table(connection: duckdb.DuckDBPyConnection, table: ClosedTable) -> LandedClosedTable:
    definition = ", ".join(f"{quote(name)} {kind}" for name, kind in table.columns.items())
    connection.execute(f"create table {SCHEMA}.{quote(table.name)} ({definition})")
    return LandedClosedTable(table.name, 0, 0)
