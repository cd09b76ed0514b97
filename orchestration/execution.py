"""Executes a Dagster job in this process, so that a command's runs stand in Dagster's history."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.errors import PartnerMetricsError
from orchestration.history import end_killed_runs, write_history_without_waiting
from orchestration.progress import progress

if TYPE_CHECKING:
    import dagster as dg

# How the message of one of this project's own errors begins.
OWN_ERROR = re.compile(r"orchestration\.[\w.]*Error: ")


def execute_job(
    name: str,
    log_file: Path,
    run_config: dict[str, Any] | None = None,
    *,
    tags: dict[str, str] | None = None,
    holds_build: bool = False,
) -> dg.ExecuteInProcessResult:
    """Run a job to its end, whatever comes of it; its own and its libraries' output is logged.

    `holds_build` tells that this process holds the build folder, so that no other run is alive.
    Raises PartnerMetricsError when the run could not be kept up, as on a full disk.
    """
    with _plain_errors(log_file), _logged(log_file):
        with progress.step("prepare") as step:
            import dagster as dg

            from orchestration.definitions import definitions

            write_history_without_waiting()
            job = definitions.resolve_job_def(name)
            step.update("dbt project read, Dagster job loaded")
        with dg.DagsterInstance.get() as instance:
            if holds_build:
                end_killed_runs(instance)
            return job.execute_in_process(
                instance=instance,
                run_config=run_config,
                raise_on_error=False,
                tags=tags,
            )


def problem_of(result: dg.ExecuteInProcessResult) -> str | None:
    """None for a job that succeeded, else the plain message of the step that failed."""
    if result.success:
        return None
    for event in result.all_node_events:
        if event.is_step_failure:
            return plain_message(event.step_failure_data.error) or "See the log."
    return f"{result.job_def.name} failed before its first step."


def plain_message(error: Any) -> str:
    """What this project's own error says, wherever Dagster wrapped it; else the innermost cause.

    `error` is Dagster's SerializableErrorInfo, or None.
    """
    while error and error.cause and not OWN_ERROR.match(error.message):
        error = error.cause
    return OWN_ERROR.sub("", error.message).strip() if error else ""


@contextmanager
def _plain_errors(log_file: Path) -> Iterator[None]:
    """Say in a line what broke off a run outside of its steps; the rest is in the log."""
    try:
        yield
    except PartnerMetricsError:
        raise
    except Exception as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise PartnerMetricsError(
            f"The run broke off: {reason[0]}. See that there is space in {log_file.parent.parent} "
            f"and that it can be written to, and run again.\nLog: {log_file}"
        ) from error


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    """Send all output of libraries to a log file; the progress lines keep the terminal."""
    with path.open("w", encoding="utf-8") as log, redirect_stdout(log), redirect_stderr(log):
        try:
            yield
        except Exception:
            traceback.print_exc()
            raise
