"""Another try for what may be gone in a minute; everything else fails at once.

A server that does not answer, or a folder that another run holds, is worth waiting for. A missing
table or a failed test is not: it would only fail again, later.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.errors import TransientError

RETRIES = 5
SECONDS_BETWEEN = 30


@contextmanager
def retried() -> Iterator[None]:
    """Have Dagster run the step again, a few times, when it meets a TransientError."""
    try:
        yield
    except TransientError as error:
        raise dg.RetryRequested(RETRIES, SECONDS_BETWEEN) from error
