"""What came in, by source table: rows by fate, the newest delivery, and what nothing reads.

Expectations compare it with the publication before; publication keeps it as `certificate_inputs`.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime

import duckdb

from orchestration.delivered import EMPTY, RENAMED, UNREAD, Finding, read_findings
from orchestration.raw_sources import quote

# The published table that keeps it, so that the next run can compare.
VOLUMES = "certificate_inputs"
DELIVERED = "_fivetran_synced"


@dataclass(frozen=True)
class InputVolume:
    """One source table; `newest_at` is when its newest row was delivered (UTC), if rows say so.

    `empty_columns` are columns that no row fills although they are needed, `not_read` is what
    nothing reads: columns under another name, files and folders that settings say to ignore. A
    folder that is ignored as a whole is a row of its own, without a table and without rows.
    """

    source_name: str
    table_name: str
    landed_rows: int
    accepted_rows: int
    quarantined_rows: int
    superseded_rows: int
    newest_at: datetime | None
    empty_columns: str = ""
    not_read: str = ""


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
    findings = read_findings(connection)
    volumes = []
    for source, table, landed, accepted, quarantined, superseded in connection.execute(
        "select source_name, table_name, landed_rows, accepted_rows, quarantined_rows, "
        "superseded_rows from audit.row_accounting order by all"
    ).fetchall():
        model = f"base_{source}__{table}"
        newest = _newest(connection, model) if model in judged else None
        volumes.append(
            InputVolume(
                source, table, landed, accepted, quarantined, superseded, newest,
                *_found(findings, source, table),
            )
        )  # fmt: skip
    whole = sorted({one.source_name for one in findings if not one.table_name})
    volumes += [
        InputVolume(source, "", 0, 0, 0, 0, None, *_found(findings, source, "")) for source in whole
    ]
    return volumes


def _found(findings: list[Finding], source: str, table: str) -> tuple[str, str]:
    """The empty columns of a table, and what of it nothing reads."""
    own = [one for one in findings if (one.source_name, one.table_name) == (source, table)]
    empty, not_read = (
        ", ".join(sorted({one.what for one in own if one.kind in kinds}))
        for kinds in ((EMPTY,), (UNREAD, RENAMED))
    )
    return empty, not_read


def write_volumes(
    connection: duckdb.DuckDBPyConnection, target: str, volumes: list[InputVolume]
) -> None:
    """Create table `target` with a row for each source table."""
    connection.execute(
        f"create table {target} (source_name varchar, table_name varchar, landed_rows bigint, "
        "accepted_rows bigint, quarantined_rows bigint, superseded_rows bigint, "
        "newest_at timestamp, empty_columns varchar, not_read varchar)"
    )
    if volumes:
        connection.executemany(
            f"insert into {target} values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [astuple(volume) for volume in volumes],
        )


def _newest(connection: duckdb.DuckDBPyConnection, model: str) -> datetime | None:
    found = connection.execute(
        f"select max({quote(DELIVERED)}) from staging.{quote(model)}"
    ).fetchone()
    return found[0] if found else None
