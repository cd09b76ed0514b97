"""docs/programs.md works as written: its program is valid, and pays what the page says.

The rows are the only thing that is added to a copy of the project: no model is touched.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import settings_in
from raw_builder import RawFolder
from test_repository import tracked_files
from warehouse_builds import open_warehouse

from orchestration.programs.contract import PROGRAMS_DIR, load_files
from orchestration.programs.reference import PAGE, page
from orchestration.programs.validation import require_valid_programs
from orchestration.settings import PROJECT_DIR, venv_executable

GUIDE = PROJECT_DIR / "docs" / "programs.md"
BLOCK = re.compile(r"^```csv file=(\w+)(?:\.csv)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EVERY_RULE = "every_rule"
APRIL, MAY, JUNE = date(2025, 4, 1), date(2025, 5, 1), date(2025, 6, 1)


def guide_rows() -> dict[str, list[dict[str, str]]]:
    """Rows of the guide's blocks by file, with what the last block says of every rule."""
    blocks = {
        name: list(csv.DictReader(io.StringIO(text)))
        for name, text in BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    }
    (shared,) = blocks.pop(EVERY_RULE)
    return {
        name: [
            {**{key: shared[key] for key in shared if key in load_files()[name].columns}, **row}
            for row in rows
        ]
        for name, rows in blocks.items()
    }


def append_rows(programs: Path) -> None:
    """Add the guide's rows to the files of a folder."""
    for name, rows in guide_rows().items():
        columns = list(load_files()[name].columns)
        with (programs / f"{name}.csv").open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, columns, restval="", lineterminator="\n").writerows(rows)


def test_the_program_of_the_guide_is_valid(tmp_path: Path) -> None:
    """By itself, without any other program's rows."""
    for seed in PROGRAMS_DIR.parent.glob("*.csv"):
        shutil.copy(seed, tmp_path)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, contract in load_files().items():
        header = ",".join(contract.columns)
        (programs / f"{name}.csv").write_text(header + "\n", encoding="utf-8")
    append_rows(programs)
    book = require_valid_programs(programs)
    assert {name: len(rows) for name, rows in book.rows.items() if rows} == {
        "attribution_rules": 2, "levers": 1, "metric_bindings": 1, "payout_splits": 2,
        "program_versions": 1, "programs": 1, "rate_bands": 2,
    }  # fmt: skip


def test_the_page_of_files_is_up_to_date() -> None:
    """`make catalogue` writes it."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_guide_names_every_file() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    named = {name for name in load_files() if f"`{name}`" in text or f"file={name}." in text}
    assert named == set(load_files()) - {"fiscal_periods"}


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build file of a copy of the project with the guide's rows and its two customers."""
    folder = tmp_path_factory.mktemp("guide") / "project"
    for path in tracked_files():
        target = folder / path.relative_to(PROJECT_DIR)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    raw = RawFolder(as_of="2025-07-01 04:00")
    raw.customer("first", partner="p_1").buy("2025-04-01", "seat", "250")
    raw.customer("second", partner="p_1").buy("2025-06-01", "seat", "150")
    raw.write(folder / "raw")
    append_rows(folder / "seeds" / "programs")
    settings = settings_in(folder, PARTNER_METRICS_RAW=str(folder / "raw"))
    environment = {
        **os.environ, **settings.child_environment(),
        "PARTNER_METRICS_RAW": str(folder / "raw"), "DBT_PROFILES_DIR": str(folder),
    }  # fmt: skip
    for command in (
        (sys.executable, "-m", "orchestration.landing"),
        (venv_executable("dbt"), "--quiet", "build", "--select",
         "+int_incentives__calculated_lines", "+incentive_programs", "--indirect-selection", "cautious",
         "--exclude-resource-type", "unit_test"),
    ):  # fmt: skip
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return settings.warehouse_path


def test_a_new_program_pays_without_a_new_model(paid: Path) -> None:
    """The table of the guide: the amounts by month and bucket."""
    with open_warehouse(paid) as warehouse:
        lines = warehouse.execute(
            "select period_start, bucket, sum(amount) "
            "from intermediate.int_incentives__calculated_lines "
            "where program_id = 'lighthouse' and partner_id = 'p_1' group by all order by all"
        ).fetchall()
    assert lines == [
        (APRIL, "credit", Decimal("2.50")), (APRIL, "rebate", Decimal("7.50")),
        (MAY, "credit", Decimal("2.50")), (MAY, "rebate", Decimal("7.50")),
        (JUNE, "credit", Decimal("6.00")), (JUNE, "rebate", Decimal("18.00")),
    ]  # fmt: skip


def test_the_new_program_is_published(paid: Path) -> None:
    with open_warehouse(paid) as warehouse:
        assert warehouse.execute(
            "select program_name, levers, rules, verified_share, is_in_use, applies_from "
            "from certified.incentive_programs where program_id = 'lighthouse'"
        ).fetchall() == [("Lighthouse Program", 1, 8, Decimal(0), True, date(2025, 1, 1))]
