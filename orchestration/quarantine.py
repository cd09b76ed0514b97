"""The work list of the last build: which raw rows were held back, why, and what to do.

python -m orchestration.quarantine
make quarantine

Prints how much was held back by table and reason, and writes every problem with its raw row to
`quarantine.csv` in the build folder. That file holds raw rows, and with them personal data: it
stays in the private build folder and is never published.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.cli import run_command
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
from audit.quarantine
group by all
order by all
"""


def main() -> None:
    """Print the summary and write the file; raises PartnerMetricsError when nothing was built."""
    settings = load_settings()
    with _built(settings) as warehouse:
        cursor = warehouse.execute(SUMMARY)
        columns = [column[0] for column in cursor.description or []]
        rows = cursor.fetchall()
        file = write_list(warehouse, settings.build_dir / "quarantine.csv")
    terminal_console().print(rows_table(columns, rows, "Held back by table and reason"))
    print(f"Every row, as it landed, with its reason: {file}")


def write_list(warehouse: duckdb.DuckDBPyConnection, file: Path) -> Path:
    """Write all problems to a CSV file, one a row, and return its path."""
    warehouse.execute(f"copy (from audit.quarantine order by all) to {literal(str(file))} (header)")
    return file


def _built(settings: Settings) -> duckdb.DuckDBPyConnection:
    path = settings.warehouse_path
    if not path.exists():
        raise PartnerMetricsError(f"Nothing is built at {path} yet. Run `make run`.")
    try:
        connection = duckdb.connect(str(path), read_only=True)
        connection.execute("select 1 from audit.quarantine limit 1")
    except duckdb.IOException as error:
        raise PartnerMetricsError(f"{path} is being built; wait for the run to end.") from error
    except duckdb.CatalogException as error:
        raise PartnerMetricsError(
            f"The last build of {path} did not get to the quarantine. See its run's output."
        ) from error
    return connection


if __name__ == "__main__":
    run_command(main)
