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
from orchestration.errors import PartnerMetricsError, TransientError
from orchestration.files import remove_database
from orchestration.incentives.landing import land_incentive_ledger
from orchestration.landed_files import read_to_the_end, remember_files
from orchestration.ledger.closed_months import land_closed_months
from orchestration.programs.validation import require_valid_programs
from orchestration.raw_sources import (
    RawPart,
    RawSource,
    literal,
    may_pass,
    open_raw_source,
    quote,
)
from orchestration.settings import Settings, load_settings

SOURCE_RELATION = "source_relation"


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


def land(settings: Settings, contract: Iterable[TableContract] | None = None) -> list[LandedTable]:
    """Make a fresh build file with every contracted raw table in it.

    Returns one entry a table, in contract order. Raises PartnerMetricsError when a required table
    or column is missing (all missing ones are named), when a file cannot be read (the file is
    named), when closed months are not as they were closed, or when program rows are wrong (each
    is named); TransientError when a server did not answer.
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
        _check_required(tables, parts, raw)
        _check_columns(connection, tables, parts)
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


def _check_required(
    tables: list[TableContract], parts: dict[str, list[RawPart]], raw: RawSource
) -> None:
    missing = [
        table
        for table in tables
        if table.required
        and not parts[table.full_name]
        and not parts.get(f"{table.source}.{table.stands_in}")
    ]
    if not missing:
        return
    lines = [
        f"  - {table.full_name}: {table.required_because or 'the warehouse is built on it'}\n"
        f"    looked for: {raw.looked_for(table)}"
        for table in missing
    ]
    raise PartnerMetricsError(
        f"{len(missing)} required raw table(s) are missing, so nothing was built:\n"
        + "\n".join(lines)
        + "\nPut them there, or point PARTNER_METRICS_RAW at the place that has them. A table that "
        "your company has no use for can be an empty file with the column names."
    )


def _check_columns(
    connection: duckdb.DuckDBPyConnection,
    tables: list[TableContract],
    parts: dict[str, list[RawPart]],
) -> None:
    """Raise when an extract lacks a column that no row can be used without.

    Each row would be quarantined, and the figures would fall to nothing without an error.
    """
    missing = []
    for table in tables:
        for part in parts[table.full_name]:
            try:
                there = _columns(connection, part)
            except duckdb.Error as error:
                raise _unreadable(connection, table, parts[table.full_name], error) from error
            lost = [name for name in table.required_columns if not table.is_said(name, there)]
            if lost:
                place = part.files[0] if part.files else f"{part.relation}.{table.name}"
                missing.append(
                    f"  - {table.full_name}: column {', '.join(lost)}\n    looked in: {place}"
                    f" (which has {', '.join(sorted(there)[:12])})"
                )
    if missing:
        raise PartnerMetricsError(
            f"{len(missing)} raw table(s) lack a column that none of their rows can be used "
            "without, so nothing was built:\n"
            + "\n".join(missing)
            + "\nExtract the column, or, if "
            "the table is optional, take its files away. Columns and their meaning are listed in "
            "models/staging/<source>/_<source>__sources.yml."
        )


def _columns(connection: duckdb.DuckDBPyConnection, part: RawPart) -> set[str]:
    return {row[0].lower() for row in connection.execute(f"describe {part.query}").fetchall()}


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
            raise _unreadable(connection, table, parts, error) from error
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
    columns = _columns(connection, part)
    value = f"{literal(part.relation)} as {SOURCE_RELATION}"
    if SOURCE_RELATION in columns:
        return part.query.replace("select *", f"select * replace ({value})", 1)
    return part.query.replace("select *", f"select *, {value}", 1)


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0


def _unreadable(
    connection: duckdb.DuckDBPyConnection,
    table: TableContract,
    parts: list[RawPart],
    error: duckdb.Error,
) -> PartnerMetricsError:
    """Name the files that cannot be read: each is tried by itself, unless a server is to blame."""
    if may_pass(error):
        return TransientError(
            f"Raw table {table.full_name} could not be read, so nothing was built: the server that "
            f"has it did not answer ({str(error).splitlines()[0]}). Run again when it does."
        )
    broken = []
    for file in (file for part in parts for file in part.files):
        if problem := read_to_the_end(connection, file):
            broken.append(f"  - {file}: {problem}")
    detail = "\n".join(broken) or f"  {error}"
    return PartnerMetricsError(
        f"Raw table {table.full_name} cannot be read, so nothing was built. A file may be "
        "half-written: wait until the load has ended, or remove it. Text has to be UTF-8, and a "
        f"CSV file has as many fields in each line as in its first.\n{detail}"
    )


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
