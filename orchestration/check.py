"""`make check`: looks at the raw data in seconds, before anything is built.

    python -m orchestration.check

Says which tables were found, with rows and newest delivery; what is missing, empty or not read, and
what follows from it; which shape of the billing API it is; and ends with a verdict and what to do
first. `make run` looks in the same way before it starts. Leaves with 1 when `make run` would stop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import duckdb
from rich import box
from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from orchestration.billing_shape import shapes
from orchestration.cli import run_command
from orchestration.contract import TableContract, load_contract
from orchestration.delivered import (
    STOPS,
    Delivery,
    Finding,
    look_at,
    require_usable,
    with_refusals,
)
from orchestration.errors import PartnerMetricsError
from orchestration.programs.validation import require_valid_programs
from orchestration.query import terminal_console
from orchestration.raw_sources import open_raw_source
from orchestration.settings import Settings, load_settings

FIRST = 8


def look(settings: Settings) -> Delivery:
    """What was delivered; raises PartnerMetricsError when it cannot be opened or read."""
    tables = load_contract()
    config = settings.duckdb_config()
    with duckdb.connect(config=config) as connection:
        connection.execute("set timezone = 'UTC'")
        raw = open_raw_source(settings, connection)
        parts = {table.full_name: raw.parts(table) for table in tables}
        delivery = look_at(settings, connection, raw, tables, parts)
    return with_refusals(delivery)


def print_delivery(console: Console, delivery: Delivery) -> None:
    """A table a source, and the shape of the billing data."""
    by_source: dict[str, list[TableContract]] = defaultdict(list)
    for table in delivery.tables:
        by_source[table.source].append(table)
    for source, tables in by_source.items():
        if any(delivery.profiles.get(table.full_name) for table in tables):
            console.print(_of_source(delivery, source, tables))
            continue
        follows = delivery.without_table.get(tables[0].full_name, "")
        console.print(
            f"[bold]{source}[/bold]: nothing was delivered. {escape(follows)}\n", highlight=False
        )
    for shape in shapes(delivery):
        console.print(f"[bold]Billing API of {escape(shape.relation)}[/bold]: {shape.title}")
        for fact in shape.facts:
            console.print(f"  {escape(fact)}", highlight=False)


def _of_source(delivery: Delivery, source: str, tables: list[TableContract]) -> Group:
    """The tables that were delivered or have to be; below them what the others are missed for."""
    shown = Table(title=source, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    shown.add_column("table", no_wrap=True)
    shown.add_column("rows", justify="right", no_wrap=True)
    shown.add_column("newest delivery", no_wrap=True)
    shown.add_column("to know")
    missed: dict[str, list[str]] = defaultdict(list)
    for table in tables:
        name = table.full_name
        found = delivery.profiles.get(name, [])
        if not found and not table.required:
            missed[delivery.without_table.get(name, "")].append(table.name)
            continue
        newest = delivery.newest_at(name)
        to_know = [_short(one) for one in delivery.findings if one.full_name == name]
        if found and not delivery.rows(name) and not to_know:
            to_know.append("no rows")
        accounts = f" ({len(found)} accounts)" if len(found) > 1 else ""
        shown.add_row(
            table.name + accounts,
            f"{delivery.rows(name):,}" if found else "absent",
            f"{newest:%Y-%m-%d %H:%M}" if newest else "",
            escape("; ".join(to_know)),
            style=None if found else "red",
        )
    for one in delivery.findings:
        if one.source_name == source and not one.table_name:
            style = "red" if one.weight == STOPS else "dim"
            shown.add_row(escape(one.what), "not read", "", escape(_short(one)), style=style)
    lines = [
        Text(f"  absent: {', '.join(names)}. {follows}", style="dim")
        for follows, names in missed.items()
    ]
    return Group(shown, *lines, Text())


def _short(finding: Finding) -> str:
    """The finding without the table's name, which stands beside it."""
    text = finding.text.splitlines()[0]
    return text.removeprefix(f"{finding.full_name}: ").removeprefix(f"{finding.full_name} of ")


def print_verdict(console: Console, delivery: Delivery) -> int:
    """What `make run` would do with it, and what to do first; returns the exit code."""
    problems = []
    checks: tuple[Callable[[], None], ...] = (
        lambda: require_usable(delivery),
        _require_valid_programs,
    )
    for check in checks:
        try:
            check()
        except PartnerMetricsError as error:
            problems.append(str(error))
    notes = [one for one in delivery.findings if one.weight != STOPS]
    if notes:
        console.print(f"\n[yellow]Worth a look[/yellow] ({len(notes)}):", highlight=False)
        for one in notes[:FIRST]:
            console.print(f"  - {escape(one.text)}", highlight=False)
        if len(notes) > FIRST:
            console.print(f"  - and {len(notes) - FIRST} more, in the tables above")
    if problems:
        console.print("\n[red]`make run` would stop.[/red] Do this first:", highlight=False)
        # Not wrapped: it holds commands to copy.
        console.print(escape("\n\n".join(problems)), highlight=False, soft_wrap=True)
        return 1
    rows = sum(delivery.rows(table.full_name) for table in delivery.tables)
    console.print(
        f"\n[green]`make run` can start[/green] with {rows:,} rows. It builds, tests and judges "
        "figures before it publishes any.",
        highlight=False,
    )
    return 0


def _require_valid_programs() -> None:
    require_valid_programs()


def main() -> int:
    settings = load_settings()
    console = terminal_console()
    if settings.raw is None and not settings.demo_raw_dir.exists():
        console.print(
            "PARTNER_METRICS_RAW is not set: `make run` simulates a demo channel. Set it to the "
            "place of your raw data, and check again."
        )
        return 0
    console.print(f"Raw data: {escape(_without_password(settings.raw_location))}\n")
    delivery = look(settings)
    print_delivery(console, delivery)
    return print_verdict(console, delivery)


def _without_password(location: str) -> str:
    """A database's address may hold a password."""
    if location.startswith(("postgres:", "postgresql:")):
        return "the PostgreSQL database"
    return location


if __name__ == "__main__":
    run_command(main)
