"""What came in, by source table: rows by fate and the newest delivery.

Expectations compare it with the publication before; publication keeps it as `certificate_inputs`.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime

import duckdb

from orchestration.raw_sources import quote

# The published table that keeps it, so that the next run can compare.
VOLUMES = "certificate_inputs"
DELIVERED = "_fivetran_synced"


@dataclass(frozen=True)
class InputVolume:
    """One source table; `newest_at` is when its newest row was delivered (UTC), if rows say so."""

    source_name: str
    table_name: str
    landed_rows: int
    accepted_rows: int
    quarantined_rows: int
    superseded_rows: int
    newest_at: datetime | None


def read_volumes(connection: duckdb.DuckDBPyConnection) -> list[InputVolume]:
    """All source tables, from the build file that is in use."""
    judged = {
        row[0]
        for row in connection.execute(
            "select table_name from duckdb_columns() where database_name = current_database() "
            "and schema_name = 'staging' and column_name = ?",
            [DELIVERED],
        ).fetchall()
    }
    volumes = []
    for source, table, landed, accepted, quarantined, superseded in connection.execute(
        "select source_name, table_name, landed_rows, accepted_rows, quarantined_rows, "
        "superseded_rows from audit.row_accounting order by all"
    ).fetchall():
        model = f"base_{source}__{table}"
        newest = _newest(connection, model) if model in judged else None
        volumes.append(
            InputVolume(source, table, landed, accepted, quarantined, superseded, newest)
        )
    return volumes


def write_volumes(
    connection: duckdb.DuckDBPyConnection, target: str, volumes: list[InputVolume]
) -> None:
    """Create table `target` with a row for each source table."""
    connection.execute(
        f"create table {target} (source_name varchar, table_name varchar, landed_rows bigint, "
        "accepted_rows bigint, quarantined_rows bigint, superseded_rows bigint, "
        "newest_at timestamp)"
    )
    if volumes:
        connection.executemany(
            f"insert into {target} values (?, ?, ?, ?, ?, ?, ?)",
            [astuple(volume) for volume in volumes],
        )


def _newest(connection: duckdb.DuckDBPyConnection, model: str) -> datetime | None:
    found = connection.execute(
        f"select max({quote(DELIVERED)}) from staging.{quote(model)}"
    ).fetchone()
    return found[0] if found else None
