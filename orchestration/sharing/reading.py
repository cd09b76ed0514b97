"""What the published file says of itself: its columns, its partners, and how far its data goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from orchestration.errors import PartnerMetricsError
from orchestration.manifest import CERTIFIED_SCHEMA

DIRECT = "direct"


@dataclass(frozen=True)
class Partner:
    partner_id: str
    partner_name: str


@dataclass(frozen=True)
class Said:
    """What the published file says of itself."""

    is_simulated: bool
    inputs_as_of: datetime | None


def published_types(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Types of the published columns, by table and column."""
    types: dict[str, dict[str, str]] = {}
    for table, column, data_type in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where schema_name = ? order by table_name, column_index",
        [CERTIFIED_SCHEMA],
    ).fetchall():
        types.setdefault(table, {})[column] = data_type
    return types


def descriptions(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """What the published file says of each column of a table."""
    found = connection.execute(
        "select column_name, coalesce(comment, '') from duckdb_columns() "
        "where schema_name = ? and table_name = ?",
        [CERTIFIED_SCHEMA, table],
    ).fetchall()
    return dict(found)


def partners_of(connection: duckdb.DuckDBPyConnection, only: str | None) -> list[Partner]:
    """Those who get files, in the order of their ids; raises PartnerMetricsError for none."""
    found = connection.execute(
        "select partner_id, coalesce(partner_name, partner_id) from certified.partners "
        "where partner_id <> $1 and ($2 is null or partner_id = $2) order by partner_id",
        [DIRECT, only],
    ).fetchall()
    if not found and only == DIRECT:
        raise PartnerMetricsError("direct is the vendor's own business, and no partner.")
    if not found:
        raise PartnerMetricsError(
            f"There is no partner {only!r}. Those there are: "
            'make query SQL="select partner_id, partner_name from certified.partners"'
            if only
            else "There are no partners to share anything with."
        )
    return [Partner(*row) for row in found]


def said_of_itself(connection: duckdb.DuckDBPyConnection) -> Said:
    (row,) = connection.execute(
        "select coalesce(bool_or(is_simulated), false), max(inputs_as_of) "
        "from certified.certificates"
    ).fetchall()
    return Said(*row)
