"""`make run`: execute the main job in this process and print what happened.

The raw data is looked at first, as `make check` does: what nothing can come of stops the run in
seconds, before the dbt project is read.

Dagster's and dbt's own output goes to build/logs/run.log. Leaves with 0 when a new version was
published, with 1 when not.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from rich.markup import escape

from orchestration.build_record import read_record
from orchestration.check import look
from orchestration.cli import run_command
from orchestration.delivered import require_usable
from orchestration.errors import PartnerMetricsError, TransientError
from orchestration.execution import execute_job, problem_of
from orchestration.notify import FailedRun, tell
from orchestration.progress import progress
from orchestration.query import terminal_console
from orchestration.report import print_failures, print_report
from orchestration.run_lock import hold_build
from orchestration.settings import Settings, load_settings

JOB = "main_job"
# Seconds of each step, for `make bench`.
SUMMARY = "run_summary.json"


def main() -> int:
    settings = load_settings()
    try:
        return _run(settings)
    except (PartnerMetricsError, OSError) as error:
        tell(settings, FailedRun(JOB, str(error)))
        raise


def _run(settings: Settings) -> int:
    started = time.perf_counter()
    settings.prepare()
    hold_build(settings)
    console = terminal_console()
    progress.console = console
    if settings.raw is not None:
        _check_raw(settings)
    result = execute_job(JOB, _log_file(settings), holds_build=True)
    problem = problem_of(result)
    summary = {"seconds": progress.seconds, "total_seconds": time.perf_counter() - started}
    (settings.build_dir / SUMMARY).write_text(json.dumps(summary, indent=2), encoding="utf-8")
    build = read_record(settings)
    if problem is not None:
        if build is not None and build.failures:
            print_failures(console, build)
        console.print(
            f"\n[red]Nothing was published.[/red] {escape(problem)}",
            highlight=False,
            soft_wrap=True,
        )
        console.print(f"Log: {_log_file(settings)}", highlight=False)
        tell(settings, FailedRun(JOB, problem, result.run_id))
        return 1
    if build is not None:
        print_report(console, settings, build)
    console.print(f"Done in {time.perf_counter() - started:.1f} s.", highlight=False)
    return 0


def _check_raw(settings: Settings) -> None:
    """Raise PartnerMetricsError, with what to do, when nothing could be published of the data."""
    with progress.step("check") as step:
        try:
            delivery = look(settings)
        except TransientError:
            step.update("no answer from where the raw data is; landing tries again")
            return
        rows = sum(delivery.rows(table.full_name) for table in delivery.tables)
        step.update(f"{rows:,} raw rows looked at; make check shows them")
        require_usable(delivery)


def _log_file(settings: Settings) -> Path:
    return settings.log_dir / "run.log"


if __name__ == "__main__":
    run_command(main)
