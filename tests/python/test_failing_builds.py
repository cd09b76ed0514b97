"""Write, audit, publish: a run that does not pass leaves what is published as it is.

Runs the real job on a project of a few models, so that a failing test can be put into it.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from conftest import MainRun, run_main_job

from orchestration.publishing import read_pointer
from orchestration.settings import PROJECT_DIR

MINI_PROJECT = Path(__file__).parent / "mini_project"


@dataclass(frozen=True)
class MiniProject:
    folder: Path

    def deliver(self, mrr: str = "1.5") -> None:
        """Land eight subscriptions of two partners."""
        raw = self.folder / "raw" / "stripe"
        raw.mkdir(parents=True, exist_ok=True)
        duckdb.execute(
            "copy (select i as id, 'partner ' || i % 2 as partner_id, "
            f"{mrr}::decimal(18, 6) as mrr, timestamp '2026-11-02 04:00' as _fivetran_synced "
            "from range(8) as r (i)) "
            f"to '{raw / 'subscription.parquet'}' (format parquet)"
        )

    def run(self) -> MainRun:
        return run_main_job(self.folder, str(self.folder / "raw"), project_dir=self.folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> MiniProject:
    folder = tmp_path_factory.mktemp("mini") / "project"
    shutil.copytree(MINI_PROJECT, folder)
    shutil.copytree(
        PROJECT_DIR / "orchestration",
        folder / "orchestration",
        ignore=shutil.ignore_patterns("simulator", "__pycache__"),
    )
    shutil.copy(PROJECT_DIR / "profiles.yml", folder)
    return MiniProject(folder)


@pytest.fixture(scope="module")
def passed(project: MiniProject) -> MainRun:
    """A run that published, for the others to leave as it is."""
    project.deliver()
    run = project.run()
    assert run.returncode == 0, run.output
    return run


def last_steps(run: MainRun) -> dict[str, str]:
    """How each step of the newest run that began ended, by Dagster's own record."""
    ends = {dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE}
    with dg.DagsterInstance.from_config(str(run.settings.dagster_home)) as instance:
        (newest,) = instance.get_runs(limit=1)
        records = instance.all_logs(newest.run_id, of_type=ends)
    events = [record.dagster_event for record in records if record.dagster_event]
    return {str(event.step_key): event.event_type_value for event in events}


def test_a_failing_run_publishes_nothing_and_says_why(
    project: MiniProject, passed: MainRun
) -> None:
    before = read_pointer(passed.settings.publish_dir)
    assert before is not None
    assert before.tables["partner_mrr_monthly"] == 2

    failing = project.folder / "tests" / "dbt" / "assert_no_partner_has_revenue.sql"
    failing.parent.mkdir(parents=True)
    failing.write_text("select * from {{ ref('partner_mrr_monthly') }} where closing_mrr > 0")
    failed = project.run()
    failing.unlink()

    assert failed.returncode == 1
    assert "Nothing was published" in failed.output
    assert "assert_no_partner_has_revenue" in failed.output
    assert "partner 1" in failed.output, "sample rows of the failed test are shown"
    assert "Metrics that this spoils (1): closing_mrr." in failed.output
    assert read_pointer(passed.settings.publish_dir) == before

    (project.folder / "raw" / "stripe" / "subscription.parquet").rename(project.folder / "gone")
    missing = project.run()

    assert missing.returncode == 1
    assert "stripe.subscription: MRR is a sum over subscriptions" in missing.output
    assert "Traceback" not in missing.output
    assert read_pointer(passed.settings.publish_dir) == before


def test_implausible_figures_are_not_published(project: MiniProject, passed: MainRun) -> None:
    """Wrong by too much, and a check that cannot run: both stop the run, as what they are."""
    assert "1 warned" in passed.output
    assert "mrr_unusual" in passed.output, "a warning is printed, and published"
    before = read_pointer(passed.settings.publish_dir)

    project.deliver(mrr="30")
    failed = project.run()

    assert failed.returncode == 1
    assert "2 blocking expectation(s) failed" in failed.output
    assert "partner 0: 120" in failed.output
    assert "Metrics that this spoils (1): closing_mrr." in failed.output
    assert (failed.settings.build_dir / "data_docs" / "partner_mrr_monthly.html").exists()
    assert last_steps(failed) == {
        "landing": "STEP_SUCCESS",
        "dbt_build": "STEP_SUCCESS",
        "expectations": "STEP_FAILURE",
    }, "neither certificates nor publication, downstream of a blocking check, began"
    assert read_pointer(passed.settings.publish_dir) == before

    project.deliver()
    suite = project.folder / "expectations" / "partner_mrr_monthly.py"
    text = suite.read_text("utf-8")
    suite.write_text(text.replace("as subject, closing_mrr", "as subject, mrr as closing_mrr"))
    not_run = project.run()
    suite.write_text(text)

    assert not_run.returncode == 1
    assert "2 expectation(s) could not run, which is neither a pass nor a failure" in not_run.output
    assert "Traceback" not in not_run.output
    assert read_pointer(passed.settings.publish_dir) == before
