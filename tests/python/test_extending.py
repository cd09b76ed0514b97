"""docs/extending.md works as written: every block of it, applied to a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import settings_in
from raw_builder import RawFolder
from test_repository import tracked_files
from warehouse_builds import open_warehouse

from orchestration.manifest import read_manifest
from orchestration.settings import PROJECT_DIR, Settings, venv_executable

GUIDE = PROJECT_DIR / "docs" / "extending.md"
BLOCK = re.compile(r"^```(\w*)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JUNE = date(2025, 6, 1)
# What the walk-throughs add, and what it is made of.
ADDED = (
    "+partner_involuntary_churn_monthly", "+customer_territories", "+metric_catalogue",
    "+customer_mrr_monthly", "calendar_days", "calendar_months", "partners",
)  # fmt: skip


@dataclass(frozen=True)
class Extended:
    """The project with all walk-throughs applied, built on a few customers."""

    folder: Path
    settings: Settings
    environment: dict[str, str]

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        with open_warehouse(self.settings.warehouse_path) as warehouse:
            return warehouse.execute(sql).fetchall()


def apply(guide: str, folder: Path) -> None:
    """Write the files of the guide's blocks into `folder`, and make the changes it shows."""
    for language, name, text in BLOCK.findall(guide):
        if name:
            path = folder / name
            assert not path.exists(), f"{name} is in the project already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif language == "diff":
            change(text, folder)


def change(diff: str, folder: Path) -> None:
    """Apply a diff whose parts are found by their text, which must be there exactly once."""
    header, *parts = re.split(r"^@@\n", diff, flags=re.MULTILINE)
    named = re.search(r"^\+\+\+ b/(\S+)$", header, re.MULTILINE)
    assert named, diff
    path = folder / named.group(1)
    content = path.read_text(encoding="utf-8")
    for part in parts:
        lines = part.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        assert content.count(old) == 1, f"{named.group(1)} has no longer:\n{old}"
        content = content.replace(old, new)
    path.write_text(content, encoding="utf-8")


def write_raw(folder: Path) -> None:
    """Two customers of one partner: one of each CRM; the first does not pay and is lost in June."""
    raw = RawFolder(as_of="2025-07-01 04:00")
    lost = raw.customer("lost", partner="p_1")
    subscription = lost.subscribe(
        "2025-04-01", ("2025-05-20", "past_due"), ("2025-06-10", "canceled")
    )
    subscription.item(lost.price("seat", "100"), 1).bill("2025-04-01")
    kept = raw.customer("kept", partner="p_1")
    kept.buy("2025-04-01", "seat", "250")
    raw.rows["salesforce", "account"] = [
        row for row in raw.rows["salesforce", "account"] if row["id"] != "kept"
    ]
    for row in raw.rows["stripe", "customer"]:
        if row["id"] == "cus_kept":
            row["metadata"] = '{"crm_account_id": "hubspot:9001"}'
    for row in raw.rows["partner_portal", "partner_association"]:
        if row["customer_id"] == "kept":
            row["customer_id"] = "hubspot:9001"
    raw.write(folder)


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Extended:
    folder = tmp_path_factory.mktemp("extended") / "project"
    for path in tracked_files():
        target = folder / path.relative_to(PROJECT_DIR)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    write_raw(folder / "raw")
    apply(GUIDE.read_text(encoding="utf-8"), folder)
    settings = settings_in(folder, PARTNER_METRICS_RAW=str(folder / "raw"))
    environment = {
        **os.environ, **settings.child_environment(),
        "PARTNER_METRICS_RAW": str(folder / "raw"), "DBT_PROFILES_DIR": str(folder),
    }  # fmt: skip
    project = Extended(folder, settings, environment)
    # Parsed once, for the build and for the commands after it.
    project.run(sys.executable, "-m", "orchestration.manifest")
    project.run(sys.executable, "-m", "orchestration.landing")
    project.run(venv_executable("dbt"), "--quiet", "build", "--select", *ADDED,
                "--exclude-resource-type", "test")  # fmt: skip
    return project


def test_the_guide_has_all_three_walks_in_blocks() -> None:
    files = [name for _, name, _ in BLOCK.findall(GUIDE.read_text(encoding="utf-8")) if name]
    assert len(files) == len(set(files)) >= 12


def test_the_suite_of_the_new_table_warns(extended: Extended) -> None:
    """The only customer that was lost did not pay."""
    judge = (
        "import duckdb\n"
        "from orchestration.expectations import judge\n"
        "from orchestration.settings import load_settings\n"
        "from orchestration.suites import load_suites, read_thresholds\n"
        "suites = load_suites()\n"
        "(suite,) = [one for one in suites if one.table == 'partner_involuntary_churn_monthly']\n"
        "with duckdb.connect(str(load_settings().warehouse_path), read_only=True) as connection:\n"
        "    for result in judge(connection, suite, read_thresholds(suites)):\n"
        "        print(result.id, result.status, result.severity, result.message)\n"
    )
    said = extended.run(sys.executable, "-c", judge)
    assert said.strip() == "involuntary_churn failed warning 2025-06: 100%"


def test_the_metric_is_certified_and_in_the_catalogue(extended: Extended) -> None:
    """Unit test and contract of the new table passed while it was built."""
    assert extended.ask("from certified.partner_involuntary_churn_monthly") == [
        ("p_1", Decimal(100), JUNE)
    ]
    assert extended.ask(
        "select metric_version, certified_table, certified_column, is_current "
        "from certified.metric_catalogue where metric_id = 'involuntary_churn_mrr'"
    ) == [("1", "partner_involuntary_churn_monthly", "involuntary_churn_mrr", True)]


def test_the_metric_is_recorded_with_the_commands_of_the_guide(extended: Extended) -> None:
    command = (sys.executable, "-m", "orchestration.catalogue")
    extended.run(*command)
    page = (extended.folder / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert "## involuntary_churn_mrr" in page

    extended.run(sys.executable, "-m", "orchestration.metric_versions", "First version.")
    record = extended.folder / "models" / "metrics" / "metric_versions.csv"
    assert "involuntary_churn_mrr,1," in record.read_text(encoding="utf-8")


def test_every_metric_of_customers_can_be_asked_by_the_dimension(extended: Extended) -> None:
    from orchestration.semantic_layer import opened

    definitions = extended.settings.dbt_target_dir / "semantic_manifest.json"
    file = extended.settings.warehouse_path
    with opened(file, definitions, extended.settings) as (_, metrics):
        territories = metrics.rows(
            ["closing_mrr"],
            ["customer__territory"],
            ["{{ TimeDimension('metric_time', 'month') }} = '2025-04-01'"],
        )
        churn = metrics.rows(["involuntary_churn_mrr"], ["metric_time__month", "partner"])
    assert {row["customer__territory"]: row["closing_mrr"] for row in territories} == {
        "benelux": Decimal(250),
        "unknown": Decimal(100),
    }
    assert [row["involuntary_churn_mrr"] for row in churn] == [Decimal(100)]


def test_the_new_source_is_judged_and_reaches_the_certified_tables(extended: Extended) -> None:
    assert extended.ask(
        "select id, row_status, row_reason from staging.base_hubspot__company order by id"
    ) == [("9001", "accepted", None), ("9002", "quarantined", "missing_value|property_name")]
    nodes = read_manifest(extended.settings)["nodes"]
    counted = nodes["model.partner_metrics.row_accounting"]["depends_on"]["nodes"]
    assert "model.partner_metrics.base_hubspot__company" in counted
    assert extended.ask(
        "select customer_name, country_code, industry from certified.customers "
        "where customer_id = 'hubspot:9001'"
    ) == [("Northern Light", "NL", "Retail")]
    assert extended.ask(
        "select mrr from certified.customer_mrr_monthly "
        "where customer_id = 'hubspot:9001' and month_start = date '2025-06-01'"
    ) == [(Decimal(250),)]


def test_a_walk_that_no_longer_fits_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    change("--- a/a.txt\n+++ b/a.txt\n@@\n one\n+half\n two\n", tmp_path)
    assert (tmp_path / "a.txt").read_text() == "one\nhalf\ntwo\n"
    with pytest.raises(AssertionError, match=r"a\.txt has no longer"):
        change("--- a/a.txt\n+++ b/a.txt\n@@\n one\n+more\n two\n", tmp_path)
