"""Runs the warehouse on raw rows in this process: landing, then the models as dbt compiled them.

dbt compiles once, for extracts whose columns are all text; a run after that takes seconds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from compiled_project import CompiledProject, read_project
from oracle import Key, Row
from world import write_raw

from orchestration.landing import land
from orchestration.settings import PROJECT_DIR, Settings, load_settings, venv_executable


@dataclass
class Rig:
    """The compiled project; runs take two folders of raw files in turn."""

    folder: Path
    runs: int = 0
    project: CompiledProject = field(init=False)

    def settings(self, raw: Path) -> Settings:
        return load_settings(
            {
                "PARTNER_METRICS_BUILD_DIR": str(self.folder / "build"),
                "PARTNER_METRICS_PUBLISH_DIR": str(self.folder / "published"),
                "PARTNER_METRICS_LEDGER_DIR": str(self.folder / "ledger"),
                "PARTNER_METRICS_RAW": str(raw),
                "PARTNER_METRICS_THREADS": "1",
            }
        )

    def compile(self, raw: Path) -> None:
        """Let dbt compile the project for this raw data, and keep what it compiled."""
        settings = self.settings(raw)
        land(settings)
        environment = {
            **os.environ, **settings.child_environment(),
            "PARTNER_METRICS_RAW": settings.raw_location, "PARTNER_METRICS_THREADS": "1",
        }  # fmt: skip
        done = subprocess.run(
            [venv_executable("dbt"), "--quiet", "compile", "--project-dir", str(PROJECT_DIR)],
            cwd=PROJECT_DIR, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
            self.project = read_project(settings.dbt_target_dir, connection)

    def run(
        self, rows: dict[Key, list[Row]], *, everything: bool = True
    ) -> duckdb.DuckDBPyConnection:
        """Land the rows and build; without `everything` only what judges rows."""
        self.runs += 1
        return self.build(self.write(rows, str(self.runs % 2)), everything=everything)

    def write(self, rows: dict[Key, list[Row]], name: str) -> Path:
        """The rows as files in a folder of that name, in place of what was there."""
        folder = self.folder / f"raw_{name}"
        shutil.rmtree(folder, ignore_errors=True)
        return write_raw(rows, folder)

    def build(self, raw: Path, *, everything: bool = True) -> duckdb.DuckDBPyConnection:
        settings = self.settings(raw)
        land(settings)
        connection = duckdb.connect(
            str(settings.warehouse_path), config={**settings.duckdb_config(), "threads": 1}
        )
        # without `everything`, the models that raw rows pass before the audit, and its contracts
        judging = self.project.upstream("model.partner_metrics.quarantined_rows")
        try:
            self.project.build(connection, None if everything else judging)
        except BaseException:
            connection.close()
            raise
        return connection
