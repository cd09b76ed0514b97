"""`make run`: execute the main job in this process and print what happened.

Dagster's and dbt's own output goes to build/logs/run.log. Leaves with 0 when a new version was
published, with 1 when not.
"""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from orchestration.build_record import read_record
from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.history import write_history_without_waiting
from orchestration.progress import progress
from orchestration.query import terminal_console
from orchestration.report import print_failures, print_report
from orchestration.settings import Settings, load_settings

if TYPE_CHECKING:
    import dagster as dg

# Seconds of each step, for `make bench`.
SUMMARY = "run_summary.json"


def main() -> int:
    started = time.perf_counter()
    settings = load_settings()
    settings.prepare()
    console = terminal_console()
    progress.console = console
    problem = execute_main_job(settings)
    summary = {"seconds": progress.seconds, "total_seconds": time.perf_counter() - started}
    (settings.build_dir / SUMMARY).write_text(json.dumps(summary, indent=2), encoding="utf-8")
    build = read_record(settings)
    if problem is not None:
        if build is not None and build.failures:
            print_failures(console, build)
        console.print(f"\n[red]Nothing was published.[/red] {escape(problem)}", highlight=False)
        console.print(f"Log: {_log_file(settings)}", highlight=False)
        return 1
    if build is not None:
        print_report(console, settings, build)
    console.print(f"Done in {time.perf_counter() - started:.1f} s.", highlight=False)
    return 0


def execute_main_job(settings: Settings) -> str | None:
    """Run Dagster's main job; returns None, or what went wrong when it did not publish."""
    with _logged(_log_file(settings)):
        with progress.step("prepare") as step:
            import dagster as dg

            from orchestration.definitions import definitions

            write_history_without_waiting()
            job = definitions.resolve_job_def("main_job")
            step.update("dbt project read, Dagster job loaded")
        with dg.DagsterInstance.get() as instance:
            result = job.execute_in_process(instance=instance, raise_on_error=False)
    return None if result.success else _problem(result)


def _problem(result: dg.ExecuteInProcessResult) -> str:
    """The message of the step that failed: the plain one where the error is ours."""
    for event in result.all_node_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error is not None and error.cause is not None:
                error = error.cause
            if error is None:
                break
            own = PartnerMetricsError.__name__
            return error.message.split(f"{own}: ", 1)[-1].strip()
    return "The main job failed before its first step."


def _log_file(settings: Settings) -> Path:
    return settings.log_dir / "run.log"


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    """Send all output of libraries to a log file; the progress lines keep the terminal."""
    with path.open("w", encoding="utf-8") as log, redirect_stdout(log), redirect_stderr(log):
        try:
            yield
        except Exception:
            traceback.print_exc()
            raise


if __name__ == "__main__":
    run_command(main)
