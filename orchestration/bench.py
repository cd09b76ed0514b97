"""`make bench`: how long the main job takes, and how much memory, at three sizes.

    python -m orchestration.bench [ITEMS ...]

Every step runs in a process of its own. Memory is the peak of the largest process; beside the
dbt process, which does the work, Dagster's own holds about 0.3 GB. Results are printed, and
written to docs/benchmarks.md when all sizes were measured.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.build_record import require_passed_build
from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.run import SUMMARY
from orchestration.settings import PROJECT_DIR, Settings, available_processors, load_settings

SIZES = (10_000, 100_000, 1_000_000)
DOCUMENT = PROJECT_DIR / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Result:
    """Seconds of each step; memory in bytes; rows are raw rows landed."""

    items: int
    invoice_lines: int
    rows: int
    simulate: float
    land: float
    build: float
    publish: float
    total: float
    overhead: float
    simulate_memory: int
    job_memory: int

    def cells(self) -> list[str]:
        work = self.land + self.build + self.publish
        return [
            f"{self.items:,}",
            f"{self.invoice_lines:,}",
            f"{self.rows:,}",
            f"{self.simulate:.1f}",
            f"{self.land:.1f}",
            f"{self.build:.1f}",
            f"{self.publish:.1f}",
            f"{self.total:.1f}",
            f"{self.rows / work:,.0f}",
            f"{self.overhead / self.total:.0%}",
            f"{self.simulate_memory / 1e9:.2f}",
            f"{self.job_memory / 1e9:.2f}",
        ]


HEADINGS = [
    "subscription items",
    "invoice lines",
    "raw rows",
    "simulate s",
    "land s",
    "build and test s",
    "publish s",
    "whole job s",
    "rows per s",
    "Dagster and dbt overhead",
    "simulate GB",
    "job GB",
]


def main() -> None:
    sizes = [_size(argument) for argument in sys.argv[1:]] or list(SIZES)
    base = load_settings()
    results = []
    for size in sizes:
        result = measure(size, base)
        results.append(result)
        for heading, cell in zip(HEADINGS, result.cells(), strict=True):
            print(f"{heading:<26}{cell:>14}", flush=True)
        print(flush=True)
    if set(SIZES) <= set(sizes):
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(document(results, base) + kept_sections(), encoding="utf-8")
        print(f"Written to {DOCUMENT}")


def measure(items: int, base: Settings) -> Result:
    """Simulate `items` subscription items, run the main job on them, remove them again."""
    folder = base.build_dir / "bench" / str(items)
    shutil.rmtree(folder, ignore_errors=True)
    raw = folder / "raw"
    settings = replace(
        base,
        raw=str(raw),
        build_dir=folder / "build",
        publish_dir=folder / "published",
        ledger_dir=folder / "ledger",
    )
    settings.prepare()
    environment = {
        **os.environ, **settings.child_environment(), "PARTNER_METRICS_RAW": str(raw)
    }  # fmt: skip
    simulator = ["orchestration.simulator", "--items", str(items), "--out", str(raw)]
    simulate_seconds, simulate_memory = _timed(
        [*simulator, "--truth", str(folder / "truth")], environment, folder
    )
    # The first run parses the dbt project; a user's later runs do not, so it is done beforehand.
    _timed(["orchestration.manifest"], environment, folder)
    _, job_memory = _timed(["orchestration.run"], environment, folder)

    summary = json.loads((settings.build_dir / SUMMARY).read_text("utf-8"))
    seconds, total = summary["seconds"], summary["total_seconds"]
    busy = require_passed_build(settings).busy_seconds
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        counts = {
            name: _count(connection, name)
            for name in ("stripe.subscription_item", "stripe.invoice_line_item")
        }
        row = connection.execute("select sum(landed_rows) from audit.row_accounting").fetchone()
    result = Result(
        items=counts["stripe.subscription_item"],
        invoice_lines=counts["stripe.invoice_line_item"],
        rows=int(row[0]) if row else 0,
        simulate=simulate_seconds,
        land=seconds["land"],
        build=seconds["build"],
        publish=seconds["publish"],
        total=total,
        overhead=total - seconds["land"] - seconds["publish"] - busy,
        simulate_memory=simulate_memory,
        job_memory=job_memory,
    )
    shutil.rmtree(folder, ignore_errors=True)
    return result


def document(results: list[Result], settings: Settings) -> str:
    """The page in docs/, as Markdown."""
    rows = [HEADINGS, ["---:"] * len(HEADINGS), *(result.cells() for result in results)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"""# Benchmarks

Written by `make bench`: 36 months of a simulated channel, dirt included; {available_processors()}
processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}, DuckDB
{duckdb.__version__} with {settings.threads} threads and a memory limit of {settings.memory_limit}.

{table}

- *build and test* is one dbt build with every data test; *whole job* adds landing, publishing and
  the start of Dagster. The dbt project was parsed before, as in every run but the first.
- *rows per s* is raw rows over landing, building, testing and publishing.
- *overhead* is the part of the whole job in which the engine worked on no model or test.
- *GB* is the peak memory of the largest process.
"""


def kept_sections() -> str:
    """The sections of the page that other benches write."""
    text = DOCUMENT.read_text("utf-8") if DOCUMENT.exists() else ""
    return text[text.find("\n## ") :] if "\n## " in text else ""


def _timed(arguments: list[str], environment: dict[str, str], folder: Path) -> tuple[float, int]:
    """Run a module of this package; returns seconds and peak bytes of its largest process."""
    log = folder / f"{arguments[0]}.log"
    started = time.perf_counter()
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=PROJECT_DIR,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        raise PartnerMetricsError(
            f"{arguments[0]} failed after {seconds:.0f} s; its output is in {log}:\n"
            + log.read_text("utf-8")[-2_000:]
        )
    unit = 1 if platform.system() == "Darwin" else 1024
    return seconds, usage.ru_maxrss * unit


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from raw_{table}").fetchone()
    return int(row[0]) if row else 0


def _size(text: str) -> int:
    try:
        return int(text.replace(",", "").replace("_", ""))
    except ValueError as error:
        raise PartnerMetricsError(
            f"{text!r} is no number of items; try make bench SIZES='10000'"
        ) from error


if __name__ == "__main__":
    run_command(main)
