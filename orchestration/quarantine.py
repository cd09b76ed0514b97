"""The work list of the last build: which raw rows were held back, why, and what to do.

python -m orchestration.quarantine
make quarantine

Prints how much was held back by table and reason, and writes every problem with its raw row to
`quarantine.csv` in the build folder. A build that failed may not have come to the list: then the
rows that their contracts refused are read from the tables that were built. The file holds raw rows,
and with them personal data: it stays in the private build folder and is never published.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.cli import run_command
from orchestration.contract import load_contract
from orchestration.errors import PartnerMetricsError
from orchestration.query import rows_table, terminal_console
from orchestration.raw_sources import literal
from orchestration.settings import Settings, load_settings

SUMMARY = """
select
    source_name || '.' || table_name as "table",
    reason_code as reason,
    column_name as "column",
    sum(landed_rows)::bigint as "rows",
    min(row_key) as example_key,
    arg_min(value_at_fault, row_key) as example_value,
    max(what_to_do) as what_to_do
from {problems}
group by all
order by all
"""

IN_SHORT = """
select source_name || '.' || table_name, reason_code, sum(landed_rows)::bigint as held
from {problems}
group by all
order by held desc, 1, 2
limit 3
"""

WORK_LIST = "audit.quarantine"
# What one judged table refused, with the columns of the work list.
REFUSED = """
select
    '{source}' as source_name,
    '{name}' as table_name,
    source_relation,
    row_key,
    split_part(row_reason, '|', 1) as reason_code,
    nullif(split_part(row_reason, '|', 2), '') as column_name,
    json_extract_string(raw_row, '$.' || split_part(row_reason, '|', 2)) as value_at_fault,
    1 as landed_rows,
    raw_row
from {model}
where row_status = 'quarantined'
"""


def main() -> None:
    """Print the summary and write the file; raises PartnerMetricsError when nothing was built."""
    settings = load_settings()
    with _built(settings) as warehouse:
        problems = problems_of(warehouse)
        cursor = warehouse.execute(SUMMARY.format(problems=problems))
        columns = [column[0] for column in cursor.description or []]
        rows = cursor.fetchall()
        file = write_list(warehouse, settings.build_dir / "quarantine.csv", problems)
    if problems != WORK_LIST:
        print("The last build did not end: what its tables refused, as far as they were built.")
    terminal_console().print(rows_table(columns, rows, "Held back by table and reason"))
    print(f"Every row, as it landed, with its reason: {file}")


def held_back_in_short(settings: Settings) -> str:
    """A line on what a failed build held back most of; empty when nothing, or nothing is known."""
    try:
        with _built(settings) as warehouse:
            rows = warehouse.execute(IN_SHORT.format(problems=problems_of(warehouse))).fetchall()
    except (PartnerMetricsError, duckdb.Error):
        return ""
    told = ", ".join(f"{count:,} rows of {table} ({reason})" for table, reason, count in rows)
    return f"\nHeld back: {told}. Each row and what to do: make quarantine." if told else ""


def write_list(warehouse: duckdb.DuckDBPyConnection, file: Path, problems: str = WORK_LIST) -> Path:
    """Write all problems to a CSV file, one a row, and return its path."""
    warehouse.execute(f"copy (from {problems} order by all) to {literal(str(file))} (header)")
    return file


def problems_of(warehouse: duckdb.DuckDBPyConnection) -> str:
    """The work list, or, where the build did not get to it, a query on the judged tables.

    Raises PartnerMetricsError when no table was judged.
    """
    relations = {
        f"{schema}.{name}"
        for schema, name in warehouse.execute(
            "select schema_name, table_name from duckdb_tables() "
            "union select schema_name, view_name from duckdb_views()"
        ).fetchall()
    }
    # A failed test before it leaves the list of an empty schema; a model may be broken itself.
    if WORK_LIST in relations and _can_be_read(warehouse, WORK_LIST):
        return WORK_LIST
    seeds = [one for one in relations if one.split(".")[1] == "quarantine_reasons"]
    reasons = seeds[0] if seeds else "(select null as reason_code, null as what_to_do where false)"
    refused = [
        REFUSED.format(source=table.source, name=table.name, model=model)
        for table in load_contract()
        if (model := f"staging.base_{table.source}__{table.name}") in relations
        and _can_be_read(warehouse, model)
    ]
    if not refused:
        raise PartnerMetricsError(
            "The last build did not get to judging a single raw table, so nothing is held back "
            "yet. `make check` looks at the raw data itself."
        )
    rows = " union all ".join(refused)
    return (
        f"(select refused.*, reasons.what_to_do from ({rows}) as refused "
        f"left join {reasons} as reasons on refused.reason_code = reasons.reason_code)"
    )


def _can_be_read(warehouse: duckdb.DuckDBPyConnection, relation: str) -> bool:
    try:
        warehouse.execute(f"select 1 from {relation} limit 1")
    except duckdb.Error:
        return False
    return True


def _built(settings: Settings) -> duckdb.DuckDBPyConnection:
    path = settings.warehouse_path
    if not path.exists():
        raise PartnerMetricsError(
            f"Nothing is built at {path} yet. Run `make run`; `make check` looks at raw data alone."
        )
    try:
        return duckdb.connect(str(path), read_only=True)
    except duckdb.IOException as error:
        raise PartnerMetricsError(f"{path} is being built; wait for the run to end.") from error


if __name__ == "__main__":
    run_command(main)
