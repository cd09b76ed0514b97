"""Companies whose raw rows have shapes that the simulator does not write, with what is right.

A case is a folder of `tests/cases`: `<source>.<table>.csv`, the raw rows, and `expected.sql`,
queries on the schema `certified` of which each row is a violation. All cases land in one folder,
as deliveries of one moment; what one case has and another lacks is a missing column of its file.

    PYTHONPATH=. .venv/bin/python tests/python/outside_cases.py [case ...]    # what is violated
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
from conftest import settings_in

from orchestration.settings import PROJECT_DIR, venv_executable

FOLDER = PROJECT_DIR / "tests" / "cases"
DELIVERED = "2026-01-02 04:00:00"
# The certified tables that the cases ask.
ASKED = (
    "customer_mrr_movements",
    "customer_mrr_monthly",
    "partner_mrr_monthly",
    "vendor_summary_monthly",
    "partner_billed_revenue_monthly",
    "partner_forward_mrr_monthly",
    "customer_invoice_lines",
    "quarantine_summary",
)


def case_names() -> list[str]:
    """The folders of `tests/cases`, sorted."""
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def write_raw(cases: list[str], raw: Path) -> Path:
    """Files of the cases, `<raw>/<source>/<table>/<case>.parquet`, with all columns as text."""
    with duckdb.connect() as connection:
        for case in cases:
            for file in sorted((FOLDER / case).glob("*.csv")):
                source, table = file.stem.split(".")
                target = raw / source / table / f"{case}.parquet"
                target.parent.mkdir(parents=True, exist_ok=True)
                rows = f"read_csv('{file}', all_varchar = true)"
                names = {row[0] for row in connection.execute(f"describe from {rows}").fetchall()}
                synced = (
                    "" if "_fivetran_synced" in names else (f", '{DELIVERED}' as _fivetran_synced")
                )
                connection.execute(
                    f"copy (select *{synced} from {rows}) to '{target}' (format parquet)"
                )
    return raw


def build(cases: list[str], folder: Path, tests: bool = False) -> Path:
    """Land the cases and build what they ask, with its data tests if wanted; returns the file."""
    raw = write_raw(cases, folder / "raw")
    settings = settings_in(folder, PARTNER_METRICS_RAW=str(raw))
    environment = {**os.environ, **settings.child_environment(), "PARTNER_METRICS_RAW": str(raw)}
    selected = [
        "--select", *(f"+{table}" for table in ASKED), "--indirect-selection", "cautious",
        "--exclude-resource-type", "unit_test", *([] if tests else ["test"]),
        "--project-dir", str(PROJECT_DIR),
    ]  # fmt: skip
    for command in (
        [sys.executable, "-m", "orchestration.landing"],
        [venv_executable("dbt"), "--quiet", "build", *selected],
    ):
        done = subprocess.run(
            command, cwd=PROJECT_DIR, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return settings.warehouse_path


def violations(warehouse: duckdb.DuckDBPyConnection, case: str) -> list[dict[str, Any]]:
    """What the case's queries find wrong in a built warehouse; empty where all is right."""
    found: list[dict[str, Any]] = []
    for statement in duckdb.extract_statements((FOLDER / case / "expected.sql").read_text("utf-8")):
        result = warehouse.execute(statement)
        names = [column[0] for column in result.description or ()]
        found += [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    return found


def main() -> int:
    cases = sys.argv[1:] or case_names()
    folder = PROJECT_DIR / "build" / "cases"
    shutil.rmtree(folder / "raw", ignore_errors=True)
    file = build(cases, folder)
    failed = 0
    with duckdb.connect() as warehouse:
        warehouse.execute(f"attach '{file}' as warehouse (read_only)")
        warehouse.execute("use warehouse")
        for case in cases:
            found = violations(warehouse, case)
            failed += bool(found)
            print(f"{'FAIL' if found else 'ok  '} {case}")
            for row in found:
                print("      ", {name: str(value) for name, value in row.items()})
    print(f"{len(cases) - failed} of {len(cases)} hold; built in {file}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
