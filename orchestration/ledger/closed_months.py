"""Brings closed months back into the build file, where dbt reads them as source `closed_months`.

Each table becomes a view over its Parquet files, with the columns and types of today's contract: a
column that an old month does not have is null, a column of another type is cast.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from orchestration.contract import read_yaml
from orchestration.errors import PartnerMetricsError
from orchestration.ledger.closings import (
    Closing,
    read_closings,
    table_path,
    verify_files,
)
from orchestration.ledger.contract import CLOSINGS, SCHEMA, ClosedTable, load_closed_tables
from orchestration.publishing import published_rows
from orchestration.raw_sources import literal, quote
from orchestration.settings import PROJECT_DIR, Settings, shown

CLOSED_MONTHS = "closed_months"


def verified_closings(settings: Settings) -> list[Closing]:
    """All closings, after every file and the whole chain were found as they were.

    Raises PartnerMetricsError when something was changed or is gone, a month that the published
    version knows as closed included.
    """
    closings = read_closings(settings)
    verify_files(settings, closings)
    _require_published_closings(settings, closings)
    return closings


def land_closed_months(
    settings: Settings, connection: duckdb.DuckDBPyConnection, project_dir: Path = PROJECT_DIR
) -> None:
    """Make schema `closed_months` with a relation for each table of the contract.

    Raises PartnerMetricsError when closed months are damaged, or do not fit today's project.
    """
    tables = load_closed_tables(project_dir)
    closings = verified_closings(settings)
    if not tables:
        return
    require_currency(closings, reporting_currency(project_dir))
    connection.execute(f"create schema {SCHEMA}")
    for table in tables:
        if table.name == CLOSINGS:
            _land_register(connection, table, closings)
        else:
            _land_table(settings, connection, table, closings)


def reporting_currency(project_dir: Path = PROJECT_DIR) -> str | None:
    """The switch in dbt_project.yml; None for a project without it."""
    value = read_yaml(project_dir / "dbt_project.yml").get("vars", {}).get("reporting_currency")
    return None if value is None else str(value)


def require_currency(closings: list[Closing], currency: str | None) -> None:
    """Raise PartnerMetricsError when the closed months are in another currency."""
    if closings and currency is not None and closings[-1].reporting_currency != currency:
        closed = closings[-1].reporting_currency
        raise PartnerMetricsError(
            f"Closed months are in {closed}, and reporting_currency in dbt_project.yml is "
            f"{currency}: one history cannot be in both. Set it back to {closed}, or report in "
            f"{currency} from a ledger of its own (PARTNER_METRICS_LEDGER_DIR)."
        )


def _require_published_closings(settings: Settings, closings: list[Closing]) -> None:
    """Raise when the published version has closed months that the ledger does not know.

    A chain cannot show that its end was cut off, or that the whole ledger is another one. Without
    this check the months would silently be open again.
    """
    known = {(closing.month_start, closing.hash) for closing in closings}
    published = published_rows(settings, CLOSED_MONTHS, ("month_start", "content_hash"))
    lost = [month for month, content_hash in published if (month, content_hash) not in known]
    if lost:
        raise PartnerMetricsError(
            f"{len(lost)} closed month(s) of the published version, {lost[0]:%Y-%m} the first, are "
            f"not in the ledger {shown(settings.ledger_dir)}, or differ there. Nothing was built. "
            "Restore the ledger from a backup, or set PARTNER_METRICS_LEDGER_DIR to where it is."
        )


def _land_register(
    connection: duckdb.DuckDBPyConnection, table: ClosedTable, closings: list[Closing]
) -> None:
    land_rows(connection, SCHEMA, table, (closing.register_row() for closing in closings))


def land_rows(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: ClosedTable,
    rows: Iterable[dict[str, Any]],
) -> None:
    """Create a table with rows that are given by column."""
    _create_empty(connection, schema, table)
    for row in rows:
        values = [row[column] for column in table.columns]
        marks = ", ".join("?" for _ in values)
        connection.execute(f"insert into {schema}.{quote(table.name)} values ({marks})", values)


def _land_table(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    table: ClosedTable,
    closings: list[Closing],
) -> None:
    """A table that joined the contract later has no file in the months closed before."""
    files = {
        f"the closed month {closing.month}": table_path(settings, closing.month, table.name)
        for closing in closings
        if table.name in closing.tables
    }
    land_files(connection, SCHEMA, table, files)


def land_files(
    connection: duckdb.DuckDBPyConnection, schema: str, table: ClosedTable, files: dict[str, Path]
) -> None:
    """Create a view over Parquet files, in the columns and types of today's contract.

    `files` are named as an error calls them. Raises PartnerMetricsError when what was kept cannot
    be read in the types that the contract has now.
    """
    if not files:
        _create_empty(connection, schema, table)
        return
    rows = "read_parquet([{}], union_by_name = true)".format(
        ", ".join(literal(str(path)) for path in files.values())
    )
    found = {row[0]: row[1] for row in connection.execute(f"describe from {rows}").fetchall()}
    for column in found.keys() & table.columns.keys():
        _require_castable(connection, table, column, found[column], files)
    columns = ", ".join(
        f"cast({quote(name) if name in found else 'null'} as {kind}) as {quote(name)}"
        for name, kind in table.columns.items()
    )
    connection.execute(f"create view {schema}.{quote(table.name)} as select {columns} from {rows}")


def _require_castable(
    connection: duckdb.DuckDBPyConnection,
    table: ClosedTable,
    column: str,
    found: str,
    files: dict[str, Path],
) -> None:
    """Raise when closed figures cannot be read in the type that the contract has now."""
    kind = table.columns[column]
    if found.replace(" ", "").lower() == kind.replace(" ", "").lower():
        return
    name = quote(column)
    for kept, path in files.items():
        lost = connection.execute(
            f"select {name} from read_parquet({literal(str(path))}) "
            f"where try_cast(try_cast({name} as {kind}) as {found}) is distinct from {name} limit 1"
        ).fetchone()
        if lost:
            raise PartnerMetricsError(
                f"Column {column} of {table.name} is now {kind}, and {kept} has "
                f"{str(lost[0])!r} in it, which that type cannot hold. Nothing was built. Keep the "
                "column's type, or give the new one another name."
            )


def _create_empty(connection: duckdb.DuckDBPyConnection, schema: str, table: ClosedTable) -> None:
    definition = ", ".join(f"{quote(name)} {kind}" for name, kind in table.columns.items())
    connection.execute(f"create table {schema}.{quote(table.name)} ({definition})")
