"""`make simulate PROGRAMS=/path/to/folder`: what would program rows have paid?

The folder has program files as `seeds/programs` has them. A file that is there stands for the whole
of the project's; the others stay as they are.
"""

from __future__ import annotations

import sys
from pathlib import Path

from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.progress import progress
from orchestration.query import terminal_console
from orchestration.settings import load_settings
from orchestration.what_if.report import print_simulation
from orchestration.what_if.simulation import simulate


def main() -> None:
    """Simulate the rows of the folder in the arguments and print what they change."""
    if len(sys.argv) != 2:
        raise PartnerMetricsError(
            "Name the folder with the program files to try:\n"
            "  make simulate PROGRAMS=/path/to/folder\n"
            "Copy the files that you want to change from seeds/programs to it first."
        )
    settings = load_settings()
    settings.prepare()
    console = terminal_console()
    progress.console = console
    print_simulation(console, simulate(settings, Path(sys.argv[1]).expanduser().resolve()))


if __name__ == "__main__":
    run_command(main)
