"""`make share`: files for each partner, from the current publication.

make share                       all partners
make share PARTNER=ptr_00051     one of them
"""

from __future__ import annotations

import sys

from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.progress import progress
from orchestration.query import rows_table, terminal_console
from orchestration.settings import load_settings, shown
from orchestration.sharing.share import share


def main() -> None:
    """Share with the partner in the arguments, or with all."""
    if len(sys.argv) > 2:
        raise PartnerMetricsError("Name one partner, or none for all: make share PARTNER=...")
    console = terminal_console()
    progress.console = console
    partner = sys.argv[1].strip() if len(sys.argv) == 2 else None
    sharing = share(load_settings(), partner or None)
    columns = ["file", "rows", "withheld"]
    rows = [(name, f"{n:,}", f"{sharing.withheld[name]:,}") for name, n in sharing.rows.items()]
    table = rows_table(columns, rows, f"Shared of {sharing.version}")
    for column in table.columns[1:]:
        column.justify = "right"
    console.print(table)
    place = sharing.folder
    if partner:
        place /= next(iter(sharing.folders.values()))
    where = shown(place / ("current" if partner else "<partner>/current"))
    print(f"Files      {where}; README.txt says what is what")


if __name__ == "__main__":
    run_command(main)
