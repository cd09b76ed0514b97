"""A new program is rows alone: added to a copy of the project, it pays without a new model.

Two are added: that of docs/programs.md, which pays what the page says, and the Harbour Program,
which has gates, tiers, growth and a fund as well.
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
from harbour_program import write_harbour
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
    """The build file of a copy of the project with both programs' rows and four customers.

    Those of partner p_1 are the guide's. Partner p_2 has 1,000 of MRR since May 2024, and 1,400
    more from June 2025.
    """
    folder = tmp_path_factory.mktemp("guide") / "project"
    for path in tracked_files():
        target = folder / path.relative_to(PROJECT_DIR)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    raw = RawFolder(as_of="2025-07-01 04:00")
    raw.customer("first", partner="p_1").buy("2025-04-01", "seat", "250")
    raw.customer("second", partner="p_1").buy("2025-06-01", "seat", "150")
    raw.customer("third", partner="p_2").buy("2024-05-01", "seat", "1000")
    raw.customer("fourth", partner="p_2").buy("2025-06-01", "seat", "1400")
    raw.write(folder / "raw")
    write_harbour(folder / "seeds", into_project=True)
    append_rows(folder / "seeds" / "programs")
    settings = settings_in(folder, PARTNER_METRICS_RAW=str(folder / "raw"))
    environment = {
        **os.environ, **settings.child_environment(),
        "PARTNER_METRICS_RAW": str(folder / "raw"), "DBT_PROFILES_DIR": str(folder),
    }  # fmt: skip
    for command in (
        (sys.executable, "-m", "orchestration.landing"),
        (venv_executable("dbt"), "--quiet", "build", "--select",
         "+int_incentives__calculated_lines", "+incentive_programs",
         "--indirect-selection", "cautious",
         "--exclude-resource-type", "unit_test"),
    ):  # fmt: skip
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return settings.warehouse_path


def amounts(build: Path, program: str, partner: str, lever: str) -> dict[tuple[date, str], Decimal]:
    """What a lever pays a partner, by first day of the period and bucket."""
    with open_warehouse(build) as warehouse:
        return {
            (begin, bucket): amount
            for begin, bucket, amount in warehouse.execute(
                "select period_start, bucket, sum(amount) "
                "from intermediate.int_incentives__calculated_lines "
                "where program_id = ? and partner_id = ? and lever_id = ? group by all",
                [program, partner, lever],
            ).fetchall()
        }


def test_the_program_of_the_guide_pays_what_the_page_says(paid: Path) -> None:
    assert amounts(paid, "lighthouse", "p_1", "lh_lasting") == {
        (APRIL, "rebate"): Decimal("7.50"), (APRIL, "credit"): Decimal("2.50"),
        (MAY, "rebate"): Decimal("7.50"), (MAY, "credit"): Decimal("2.50"),
        (JUNE, "rebate"): Decimal("18.00"), (JUNE, "credit"): Decimal("6.00"),
    }  # fmt: skip


def test_a_gate_and_a_tier_decide_on_the_rate(paid: Path) -> None:
    """p_2 is a member: 2 percent of 1,000, then of 2,400. p_1 never has the 1,000 of the gate."""
    paid_out = amounts(paid, "harbour", "p_2", "h_retain")
    assert {month: paid_out[month, "rebate"] for month in (APRIL, MAY, JUNE)} == {
        APRIL: Decimal(20), MAY: Decimal(20), JUNE: Decimal(48),
    }  # fmt: skip
    assert len(paid_out) == 14
    assert amounts(paid, "harbour", "p_1", "h_retain") == {}


def test_growth_is_paid_by_the_quarter_and_split(paid: Path) -> None:
    """1,400 more than in June 2024: 100 for the first 1,000 and 80 for the rest; 70 to 30."""
    paid_out = amounts(paid, "harbour", "p_2", "h_grow")
    assert paid_out[APRIL, "rebate"] == Decimal(126)
    assert paid_out[APRIL, "fund"] == Decimal(54)


def test_the_new_program_is_published(paid: Path) -> None:
    with open_warehouse(paid) as warehouse:
        assert warehouse.execute(
            "select program_name, levers, rules, verified_share, is_in_use, applies_from "
            "from certified.incentive_programs where program_id = 'lighthouse'"
        ).fetchall() == [("Lighthouse Program", 1, 8, Decimal(0), True, date(2025, 1, 1))]
