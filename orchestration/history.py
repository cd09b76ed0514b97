"""Dagster's store of past runs: SQLite files under build/dagster, which `make dev` shows."""

from __future__ import annotations

from typing import Any


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
