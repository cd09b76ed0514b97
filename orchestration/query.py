"""Query the current published file.

python -m orchestration.query "select month, closing_mrr from certified.vendor_summary_monthly"
make query SQL="from certified.certificates"
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table

from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.publishing import current_file
from orchestration.settings import load_settings

MAX_ROWS = 1_000
LIST_TABLES = (
    "select table_schema || '.' || table_name as table_name, "
    "coalesce(table_comment, '') as description "
    "from information_schema.tables where table_schema = 'certified' order by 1"
)


def main() -> None:
    """Print the rows of the query in the arguments; without one, the tables there are."""
    sql = " ".join(sys.argv[1:]).strip() or LIST_TABLES
    file = current_file(load_settings())
    with duckdb.connect(str(file), read_only=True) as connection:
        try:
            cursor = connection.execute(sql)
        except duckdb.Error as error:
            raise PartnerMetricsError(f"{error}\n(queried {file})") from error
        rows = cursor.fetchmany(MAX_ROWS)
        columns = [column[0] for column in cursor.description or []]
    terminal_console().print(rows_table(columns, rows))
    if len(rows) == MAX_ROWS:
        print(f"Only the first {MAX_ROWS:,} rows are shown.")


def terminal_console() -> Console:
    """A console on standard output; wide enough for a table when that is a file or a pipe."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)


def rows_table(columns: list[str], rows: Sequence[tuple[object, ...]], title: str = "") -> Table:
    """A table for the terminal; numbers to the right."""
    table = Table(title=title or None, box=box.SIMPLE_HEAD, title_justify="left")
    for position, column in enumerate(columns):
        numeric = bool(rows) and not isinstance(rows[0][position], str | None)
        table.add_column(column, justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*("" if value is None else f"{value}" for value in row))
    return table


if __name__ == "__main__":
    run_command(main)
