"""Runs the main job with its clock put back: `python clock.py SECONDS`."""

from __future__ import annotations

import runpy
import sys
import time
from datetime import datetime, timedelta, tzinfo

SECONDS = int(sys.argv.pop(1))
_real_time = time.time


class LateDatetime(datetime):
    """A datetime whose `now` is so many seconds ago."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> LateDatetime:
        return super().now(tz) - timedelta(seconds=SECONDS)


def main() -> None:
    from orchestration import publishing

    time.time = lambda: _real_time() - SECONDS
    publishing.datetime = LateDatetime  # type: ignore[misc]
    runpy.run_module("orchestration.run", run_name="__main__")


if __name__ == "__main__":
    main()
