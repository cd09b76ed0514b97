"""Builds the revenue chain on changed raw data, as far as it comes, and says what came of it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import duckdb
from shape_mutations import Mutation
from warehouse_builds import settings_in

from orchestration.errors import PartnerMetricsError
from orchestration.expectations import judge, opened
from orchestration.landing import land
from orchestration.settings import PROJECT_DIR, Settings, venv_executable
from orchestration.simulator import SimulationConfig, simulate
from orchestration.suites import BLOCKING, load_suites, read_thresholds

COMPARED = (
    "customer_mrr_movements",
    "customer_mrr_monthly",
    "partner_mrr_monthly",
    "partner_retention_monthly",
    "vendor_summary_monthly",
    "partner_billed_revenue_monthly",
)
# What the suites below read.
JUDGED = ("mrr_evidence_monthly", "mrr_evidence_conflicts", "quarantine_summary", "row_accounting")
SUITES = ("mrr_evidence_monthly", "quarantine_summary", "landing_volumes")


@dataclass(frozen=True)
class Outcome:
    """`refusals` say why nothing would be published; `content` are hashes by certified table."""

    refusals: tuple[str, ...]
    content: dict[str, str]


class ShapeBench:
    """A small simulated channel, and a folder in which its mutations are built one by one."""

    def __init__(self, folder: Path, customers: int = 260, seed: int = 7) -> None:
        self.folder = folder
        self.raw = folder / "raw"
        simulate(
            SimulationConfig(
                out=self.raw, truth=folder / "truth", customers=customers, partners=14,
                months=24, seed=seed, usage=False,
            )
        )  # fmt: skip

    def run(self, mutation: Mutation | None) -> Outcome:
        """Change, land, build, audit; stops where the main job would."""
        raw = self._mutated(mutation)
        settings = settings_in(self.folder, PARTNER_METRICS_RAW=str(raw))
        before = os.environ.copy()
        try:
            land(settings, judge_rows=True)
        except PartnerMetricsError as error:
            return Outcome((str(error),), {})
        finally:
            os.environ.clear()
            os.environ.update(before)
        failed = self._build(settings)
        if failed:
            return Outcome((failed,), {})
        return Outcome(self._refusals(settings), self._content(settings))

    def _mutated(self, mutation: Mutation | None) -> Path:
        """The raw folder with the mutation in it; untouched tables are linked."""
        target = self.folder / "mutated"
        shutil.rmtree(target, ignore_errors=True)
        if mutation is None:
            return self.raw
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            for table in sorted(self.raw.glob("*/*")):
                name = f"{table.parent.name}.{table.name}"
                (target / table.parent.name).mkdir(parents=True, exist_ok=True)
                if not any(name in statement for statement in mutation.sql):
                    shutil.copytree(table, target / table.parent.name / table.name)
                    continue
                connection.execute(f"create schema if not exists {table.parent.name}")
                connection.execute(
                    f"create table {name} as "
                    f"from read_parquet('{table}/*.parquet', union_by_name = true)"
                )
            for statement in mutation.sql:
                connection.execute(statement)
            for schema, name in connection.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall():
                folder = target / schema / name
                folder.mkdir(parents=True)
                connection.execute(
                    f"copy {schema}.{name} to '{folder}/part-0.parquet' (format parquet)"
                )
        for source, destination in mutation.moved:
            (target / destination).parent.mkdir(parents=True, exist_ok=True)
            (target / source).rename(target / destination)
        return target

    def _build(self, settings: Settings) -> str:
        """What dbt says of a build that failed; empty where models and tests passed."""
        environment = {
            **os.environ, **settings.child_environment(),
            "PARTNER_METRICS_RAW": str(settings.raw_location),
        }  # fmt: skip
        done = subprocess.run(
            [
                venv_executable("dbt"), "--quiet", "build", "--project-dir", str(PROJECT_DIR),
                "--select", *(f"+{table}" for table in (*COMPARED, *JUDGED)),
                "--indirect-selection", "cautious", "--exclude-resource-type", "unit_test",
            ],
            cwd=PROJECT_DIR, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout + done.stderr if done.returncode else ""

    def _refusals(self, settings: Settings) -> tuple[str, ...]:
        suites = [suite for suite in load_suites() if suite.table in SUITES]
        thresholds = [one for one in read_thresholds(load_suites()) if one.severity == BLOCKING]
        with opened(settings, None) as connection:
            return tuple(
                f"{result.id} ({result.table}): {result.text}; {result.message}. {result.reason}"
                for suite in suites
                for result in judge(connection, suite, thresholds)
                if result.status in ("failed", "error")
            )

    def _content(self, settings: Settings) -> dict[str, str]:
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
            return {
                table: hashlib.sha256(
                    repr(
                        connection.execute(f"from certified.{table} order by all").fetchall()
                    ).encode()
                ).hexdigest()
                for table in COMPARED
            }
