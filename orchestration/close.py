"""Close a month: keep its figures as they are published, for ever.

python -m orchestration.close 2025-03
make close MONTH=2025-03

Without a month it shows what is closed and which month comes next.
"""

from __future__ import annotations

import sys
from decimal import Decimal

from rich.markup import escape

from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.execution import execute_job, problem_of
from orchestration.ledger.closing import closing_state
from orchestration.ledger.closings import Closing, first_day, read_closings
from orchestration.progress import progress
from orchestration.query import rows_table, terminal_console
from orchestration.settings import Settings, load_settings, shown

COLUMNS = ["month", "closing MRR", "currency", "closed at (UTC)", "by", "published as", "hash"]


def main() -> int:
    settings = load_settings()
    settings.prepare()
    if len(sys.argv) < 2:
        print_state(settings)
        return 0
    month = sys.argv[1]
    first_day(month)
    console = terminal_console()
    progress.console = console
    log_file = settings.log_dir / "close.log"
    result = execute_job(
        "close_month",
        log_file,
        {"ops": {"close": {"config": {"month": month}}}},
        tags={"dagster/partition": month},  # so that it counts as the run of its month
    )
    problem = problem_of(result)
    if problem is not None:
        raise PartnerMetricsError(f"{problem}\nLog: {shown(log_file)}")
    months = result.output_for_node("close")
    _print([one for one in read_closings(settings) if one.month in months], "Closed")
    console.print(f"Kept in {escape(shown(settings.ledger_dir))}: back it up. It is not rebuilt.")
    console.print("What is found out from now on about these months is posted by `make run` as")
    console.print("corrections in the open month.")
    return 0


def print_state(settings: Settings) -> None:
    """Print the last closings and what to close next."""
    state = closing_state(settings)
    if state.closings:
        _print(state.closings[-12:], f"Closed until {state.closings[-1].month}")
        print(f"{len(state.closings)} month(s) in {shown(settings.ledger_dir)}, all as closed.")
    else:
        print("No month is closed.")
    if state.next_month is None:
        print("The next month can be closed when it is complete and `make run` has published it.")
    elif state.closings:
        print(f"Next: make close MONTH={state.next_month}")
    else:
        print(f"The first month is {state.next_month}. `make close MONTH=...` closes the month")
        print("that it names, and the first time every month before it.")


def _print(closings: list[Closing], title: str) -> None:
    rows = [
        (
            one.month,
            f"{Decimal(one.closing_mrr):,.2f}",
            one.reporting_currency,
            one.closed_at.replace("T", " "),
            one.closed_by,
            one.publication_version,
            one.hash[:16],
        )
        for one in closings
    ]
    table = rows_table(COLUMNS, rows, title)
    table.columns[1].justify = "right"
    terminal_console().print(table)


if __name__ == "__main__":
    run_command(main)
