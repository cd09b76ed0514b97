"""Dagster's store of past runs: SQLite files under .dagster, which `make dev` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import dagster as dg

# On runs of a command that holds the build folder: of these, one at a time can be alive.
HOLDS_BUILD = {"partner_metrics/holds_build": "yes"}


def write_history_without_waiting() -> None:
    """Let the operating system decide when run history reaches the disk.

    Dagster writes about a thousand events a run, each in transactions of its own on a connection
    of its own, and waits for the disk every time: measured at a third of the whole run, and far
    more beside other writers. After a power cut the history may be gone; data never is.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    def relax(connection: Any, _: object) -> None:
        if type(connection).__module__.startswith("sqlite3"):
            connection.execute("pragma synchronous = off")

    event.listen(Engine, "connect", relax)


def end_killed_runs(instance: dg.DagsterInstance) -> None:
    """Mark the runs that were killed as failed; the caller holds the build folder.

    A killed process cannot say how its run ended. Left as it is, the run would count as under way
    for ever, and Dagster starts no other beside it.
    """
    import dagster as dg

    under_way = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED], tags=HOLDS_BUILD)
    for run in instance.get_runs(under_way):
        instance.report_run_failed(run, "Its process ended without a word: it was killed.")
