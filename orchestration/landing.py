"""Puts raw data in reach of dbt: one relation `raw_<source>.<table>` for each contracted table.

Files in a folder become views, so that dbt reads them in place. Tables of a database and files of
an object store are copied, so that dbt needs neither their keys nor the network. All columns are
kept as found; `source_relation` is added. An optional table that is absent becomes an empty one;
a required table that is absent is an error, and nothing is built. Closed months are brought back
from the ledger beside them. The rows of the partner programs, which dbt reads from
`seeds/programs`, are judged first: by wrong ones, partners would be paid.

    python -m orchestration.landing
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.cli import run_command
from orchestration.contract import TableContract, load_contract
from orchestration.delivered import (
    FINDINGS,
    OF_NAMES,
    SOURCE_RELATION,
    columns_of,
    look_at,
    require_usable,
    unreadable,
    with_refusals,
    write_findings,
)
from orchestration.errors import PartnerMetricsError
from orchestration.files import remove_database
from orchestration.incentives.landing import land_incentive_ledger
from orchestration.landed_files import remember_files
from orchestration.ledger.closed_months import land_closed_months
from orchestration.programs.validation import require_valid_programs
from orchestration.raw_sources import (
    RawPart,
    RawSource,
    literal,
    open_raw_source,
    quote,
)
from orchestration.settings import Settings, load_settings


@dataclass(frozen=True)
class LandedTable:
    """What landed: `accounts` is empty for an optional table that is absent."""

    source: str
    name: str
    rows: int
    accounts: tuple[str, ...]
    files: int

    @property
    def full_name(self) -> str:
        return f"{self.source}.{self.name}"


def land(
    settings: Settings,
    contract: Iterable[TableContract] | None = None,
    *,
    judge_rows: bool = False,
) -> list[LandedTable]:
    """Make a fresh build file with every contracted raw table in it.

    Returns one entry a table, in contract order. Raises PartnerMetricsError when nothing right can
    come of what was delivered (a required table or column is missing, a folder of a source is not
    read; all are named), when a file cannot be read (it is named), when closed months are not as
    they were closed, or when program rows are wrong (each is named); TransientError when a server
    did not answer. With `judge_rows`, also when what stands in the rows leaves nothing to report.
    """
    require_valid_programs()
    tables = list(load_contract() if contract is None else contract)
    settings.prepare()
    _require_unused(settings.warehouse_path)
    remove_database(settings.warehouse_path)
    with duckdb.connect(
        str(settings.warehouse_path), config=settings.duckdb_config()
    ) as connection:
        land_closed_months(settings, connection)
        land_incentive_ledger(settings, connection)
        raw = open_raw_source(settings, connection)
        parts = {table.full_name: raw.parts(table) for table in tables}
        in_place = [] if raw.copies else [part for found in parts.values() for part in found]
        remember_files(settings, (file for part in in_place for file in part.files))
        delivery = look_at(settings, connection, raw, tables, parts)
        if judge_rows:
            require_usable(with_refusals(delivery))
        require_usable(delivery, OF_NAMES)
        connection.execute(f"create schema {FINDINGS.split('.', maxsplit=1)[0]}")
        write_findings(connection, delivery.findings)
        for schema in sorted({table.schema for table in tables}):
            connection.execute(f"create schema {quote(schema)}")
        return [_land_table(connection, table, parts[table.full_name], raw) for table in tables]


def _require_unused(path: Path) -> None:
    """Raise when another process has the build file open: two runs would spoil each other's."""
    if not path.exists():
        return
    try:
        duckdb.connect(str(path)).close()
    except duckdb.Error as error:  # a file that a killed run left broken is made anew
        if isinstance(error, duckdb.IOException) and "lock" in str(error):
            raise PartnerMetricsError(
                f"Another process has {path} open, perhaps a run that is not done. Wait for it, or "
                f"close it, and run again.\n{error}"
            ) from error


def _land_table(
    connection: duckdb.DuckDBPyConnection,
    table: TableContract,
    parts: list[RawPart],
    raw: RawSource,
) -> LandedTable:
    relation = f"{quote(table.schema)}.{quote(table.name)}"
    if parts:
        kind = "table" if raw.copies else "view"
        try:
            query = "\nunion all by name\n".join(_with_relation(connection, part) for part in parts)
            connection.execute(f"create {kind} {relation} as\n{query}")
            rows = _count(connection, relation)
        except duckdb.Error as error:
            raise unreadable(connection, table, parts, error) from error
    else:
        columns = [*(c for c in table.columns if c != SOURCE_RELATION), SOURCE_RELATION]
        definition = ", ".join(f"{quote(column)} varchar" for column in columns)
        connection.execute(f"create table {relation} ({definition})")
        rows = 0
    accounts = tuple(part.relation for part in parts)
    return LandedTable(
        table.source, table.name, rows, accounts, sum(len(part.files) for part in parts)
    )


def _with_relation(connection: duckdb.DuckDBPyConnection, part: RawPart) -> str:
    """The part's rows with `source_relation`; one column of that name in the raw data gives way.

    The same value has to stand in every table of an account, or their rows would not join.
    """
    columns = {column.lower() for column in columns_of(connection, part)}
    value = f"{literal(part.relation)} as {SOURCE_RELATION}"
    if SOURCE_RELATION in columns:
        return part.query.replace("select *", f"select * replace ({value})", 1)
    return part.query.replace("select *", f"select *, {value}", 1)


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0


def main() -> None:
    settings = load_settings()
    landed = land(settings)
    for table in landed:
        origin = ", ".join(table.accounts) or "absent"
        print(f"{table.full_name:<45} {table.rows:>12,}  {origin}")
    print(
        f"{len(landed)} tables, {sum(t.rows for t in landed):,} rows in {settings.warehouse_path}"
    )


if __name__ == "__main__":
    run_command(main)
