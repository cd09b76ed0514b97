"""Command line: `python -m orchestration.simulator --out DIR --truth DIR`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.engine import simulate


def parse(arguments: Sequence[str] | None = None) -> SimulationConfig:
    """Settings from command-line arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.simulator", description="Simulate a channel business."
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the raw tables")
    parser.add_argument("--truth", type=Path, required=True, help="folder for the truth")
    parser.add_argument("--customers", type=int, default=1_500)
    parser.add_argument("--items", type=int, help="about so many subscription items, not customers")
    parser.add_argument("--partners", type=int, help="default: 60, more for a large run")
    parser.add_argument("--months", type=int, default=36, help="complete months up to 2026-10")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--dirt", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--usage", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    given = parser.parse_args(arguments)
    try:
        return SimulationConfig(
            out=given.out, truth=given.truth, customers=given.customers, partners=given.partners,
            months=given.months, seed=given.seed, dirt=given.dirt, usage=given.usage,
            items=given.items, workers=given.workers, file_format=given.format,
        )  # fmt: skip
    except ValueError as error:
        parser.error(str(error))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print the row counts."""
    config = parse(arguments)
    console = Console(file=sys.stderr)
    columns = (TextColumn("simulating customers"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=config.customer_count)
        counts = simulate(config, lambda done, _: bar.update(task, completed=done))
    table = Table("table", "rows", title=f"{config.out} and {config.truth}")
    for name, rows in counts.items():
        table.add_row(name, f"{rows:,}")
    Console().print(table)
    if not config.detailed:
        console.print("Too large for true movements, which need a look at each day: left out.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
