"""What `make run` prints when it is done: rows, the MRR bridge, the top partners, where to look."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
from rich.console import Console
from rich.markup import escape

from orchestration.audit_record import read_audit
from orchestration.build_record import BuildRecord
from orchestration.data_docs import INDEX, site_folder
from orchestration.delivered import Finding, read_findings
from orchestration.program_report.page import page_path
from orchestration.publishing import LINK, current_file
from orchestration.query import rows_table
from orchestration.settings import Settings, shown

FINDINGS_SHOWN = 5

ROWS = """
select
    coalesce(source_name, 'total') as source,
    sum(landed_rows) as landed,
    sum(accepted_rows) as accepted,
    sum(quarantined_rows) as quarantined,
    sum(superseded_rows) as superseded
from audit.row_accounting
group by rollup (source_name)
order by source_name nulls last
"""

CURRENCY = "select max(reporting_currency) from certified.vendor_summary_monthly"

BRIDGE = """
select
    month_start as month, opening_mrr, new_mrr, reactivation_mrr, expansion_mrr, contraction_mrr,
    churn_mrr, fx_mrr, correction_mrr, closing_mrr, customers
from certified.vendor_summary_monthly
order by month_start desc
limit 6
"""

PARTNERS = """
select partner_name as partner, closing_mrr, closing_arr, customers
from certified.partner_mrr_monthly
where month_start = (select max(month_start) from certified.partner_mrr_monthly)
    and partner_id <> 'direct'
order by closing_mrr desc
limit 10
"""


def print_report(console: Console, settings: Settings, build: BuildRecord) -> None:
    """Print the report of a run that published."""
    file = current_file(settings)
    config = settings.duckdb_config()
    with duckdb.connect(str(settings.warehouse_path), read_only=True, config=config) as warehouse:
        _print(console, warehouse, ROWS, "Rows by source: landed = accepted + the rest")
        _print_findings(console, read_findings(warehouse))
    with duckdb.connect(str(file), read_only=True) as published:
        row = published.execute(CURRENCY).fetchone()
        currency = row[0] if row else ""
        _print(console, published, BRIDGE, f"MRR bridge of the vendor, {currency}", transposed=True)
        _print(console, published, PARTNERS, f"Top partners in the last complete month, {currency}")
    audit = read_audit(settings)
    results = audit.results if audit else ()
    doubts = [f"{one.id}: {one.text}; {one.message}" for one in results if one.warns]
    for warning in [*build.warnings, *doubts]:
        console.print(f"[yellow]warning[/yellow] {escape(warning)}")
    console.print(f"Published  {shown(file)}")
    console.print(f"           {shown(file.with_name(LINK))} always points at the current version")
    console.print(f"Parquet    {shown(file.with_suffix(''))}/*.parquet")
    console.print(
        'Query      make query SQL="from certified.customer_mrr_movements limit 10"', markup=False
    )
    console.print(
        f"Data Docs  {shown(site_folder(settings) / INDEX)}: what was expected, and found"
    )
    if (page := page_path(settings)).exists():
        console.print(f"Program    {shown(page)}: how the partner program does, on one page")
    console.print("Lineage    make dev")


def _print_findings(console: Console, findings: list[Finding]) -> None:
    """What was delivered and not read, or is empty: the first of it; `make check` has all."""
    for one in findings[:FINDINGS_SHOWN]:
        console.print(f"[yellow]input[/yellow] {escape(one.text)}", highlight=False)
    if len(findings) > FINDINGS_SHOWN:
        console.print(f"{len(findings) - FINDINGS_SHOWN} more things to know of inputs: make check")


def print_failures(console: Console, build: BuildRecord) -> None:
    """Print what did not pass, with sample rows of each failed test."""
    skipped = [failure for failure in build.failures if failure.status == "skipped"]
    for failure in (failure for failure in build.failures if failure.status != "skipped"):
        console.print(f"\n[red]{failure.status}[/red] [bold]{escape(failure.name)}[/bold]")
        console.print(f"  {escape(failure.message)}", highlight=False)
        if failure.rows:
            console.print(rows_table(failure.columns, [tuple(row) for row in failure.rows]))
    if skipped:
        console.print(f"{len(skipped)} model(s) or test(s) behind these were skipped.")


def _print(
    console: Console,
    connection: duckdb.DuckDBPyConnection,
    query: str,
    title: str,
    transposed: bool = False,
) -> None:
    """Print a query's rows: first column to the left, the rest as numbers to the right."""
    cursor = connection.execute(query)
    columns = [column[0] for column in cursor.description or []]
    rows = [tuple(_text(value) for value in row) for row in cursor.fetchall()]
    if transposed:
        columns, *rows = zip(columns, *reversed(rows), strict=True)  # type: ignore[assignment]
    table = rows_table(list(columns), rows, title)
    for position, column in enumerate(table.columns):
        column.justify = "right" if position else "left"
    console.print(table)


def _text(value: Any) -> str:
    """Thousands separated; money to the cent, which is for display only."""
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, int):
        return f"{value:,.0f}"
    return "" if value is None else str(value)
