"""One run at a time works in a build folder; a second one says so and stops.

The lock is a lock of the operating system on `<build folder>/.run.lock`. It ends with the process
that holds it, however that ends, so a run that was killed never stands in the way of the next.
"""

from __future__ import annotations

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from orchestration.errors import TransientError
from orchestration.settings import Settings

LOCK = ".run.lock"
# Locks of this process, by path: kept until it ends, because its steps belong together.
_held: dict[Path, TextIO] = {}


def hold_build(settings: Settings) -> None:
    """Keep the build folder to this process until it ends; no matter how often it is called.

    Raises TransientError when another process has it.
    """
    path = settings.build_dir / LOCK
    if path in _held:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = _holder(lock)
        lock.close()
        raise TransientError(
            f"Another run{holder} is at work in {settings.build_dir}, and two would spoil each "
            "other's build. Wait for it, or stop it, and run again."
        ) from error
    lock.seek(0)
    lock.truncate()
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    lock.write(json.dumps({"process": os.getpid(), "since": now.isoformat()}))
    lock.flush()
    _held[path] = lock


def _holder(lock: TextIO) -> str:
    """Who has the lock, as far as its file tells."""
    lock.seek(0)
    try:
        found = json.loads(lock.read())
        return f" (process {found['process']}, since {found['since']} UTC)"
    except (ValueError, KeyError, TypeError):
        return ""
