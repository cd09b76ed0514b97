"""Builds warehouses from raw folders with landing and the models alone, one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
from compiled_project import CompiledProject, read_project
from conftest import settings_in

from orchestration.files import remove_database
from orchestration.landing import land
from orchestration.settings import PROJECT_DIR, Settings, venv_executable

# What the certified tables are made of, with the data tests on the way.
BUILD = (
    "build", "--select", "+config.schema:certified", "--indirect-selection", "cautious",
    "--exclude-resource-type", "unit_test",
)  # fmt: skip


@dataclass(frozen=True)
class Workshop:
    """All builds share a dbt target, so that the project is parsed once; results are kept apart."""

    folder: Path

    def build(self, name: str, raw: Path) -> Path:
        """Land `raw` and run dbt; returns the finished file `<folder>/<name>.duckdb`.

        Fails the test, with dbt's output, when a model or a data test does not pass.
        """
        settings = settings_in(self.folder, PARTNER_METRICS_RAW=str(raw))
        environment = {
            **os.environ, **settings.child_environment(), "PARTNER_METRICS_RAW": str(raw),
        }  # fmt: skip
        dbt = [venv_executable("dbt"), "--quiet", *BUILD, "--project-dir", str(PROJECT_DIR)]
        for command in ([sys.executable, "-m", "orchestration.landing"], dbt):
            done = subprocess.run(
                command, cwd=PROJECT_DIR, env=environment, capture_output=True, text=True,
                check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
        return self._finished(name)

    def rebuild(self, name: str, raw: Path, project: CompiledProject) -> Path:
        """As `build`, with models that are compiled already, and no data tests."""
        settings = settings_in(self.folder, PARTNER_METRICS_RAW=str(raw))
        land_here(settings)
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            project.build(connection)
        return self._finished(name)

    def compiled(self, name: str) -> CompiledProject:
        """What the build of that name, the last one with dbt, compiled."""
        with duckdb.connect(str(self.folder / f"{name}.duckdb"), read_only=True) as connection:
            return read_project(settings_in(self.folder).dbt_target_dir, connection)

    def finished(self, name: str) -> Path:
        """The file that the build of that name made."""
        return self.folder / f"{name}.duckdb"

    def _finished(self, name: str) -> Path:
        finished = self.finished(name)
        remove_database(finished)
        settings_in(self.folder).warehouse_path.rename(finished)
        return finished


@dataclass(frozen=True)
class Built:
    """A warehouse, the workshop it was made in, and the models as dbt compiled them for it."""

    workshop: Workshop
    file: Path
    project: CompiledProject


def land_here(settings: Settings) -> None:
    """Land in this process, whose environment stays as it is."""
    before = os.environ.copy()
    try:
        land(settings)
    finally:
        os.environ.clear()
        os.environ.update(before)


def open_warehouse(path: Path) -> duckdb.DuckDBPyConnection:
    """The file under the name that its views know it by."""
    connection = duckdb.connect()
    connection.execute(f"attach '{path}' as warehouse (read_only)")
    connection.execute("use warehouse")
    return connection
