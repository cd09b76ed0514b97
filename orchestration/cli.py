"""What the command lines of this package share."""

from __future__ import annotations

import sys
from collections.abc import Callable

from orchestration.errors import PartnerMetricsError


def run_command(main: Callable[[], int | None]) -> None:
    """Run a command and leave the process: 1 and a plain message for an error to act on.

    A disk that is full or cannot be written to is one.
    """
    try:
        sys.exit(main() or 0)
    except (PartnerMetricsError, OSError) as error:
        print(f"\nERROR: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nInterrupted; nothing was published.", file=sys.stderr)
        sys.exit(130)
