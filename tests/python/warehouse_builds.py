"""Builds warehouses from raw folders with landing and dbt alone, one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
from conftest import settings_in

from orchestration.files import remove_database
from orchestration.settings import PROJECT_DIR, venv_executable

# What the certified tables are made of; with the data tests on the way, or without.
CERTIFIED = ("build", "--select", "+config.schema:certified")
TESTED = (*CERTIFIED, "--indirect-selection", "cautious", "--exclude-resource-type", "unit_test")
UNTESTED = (*CERTIFIED, "--resource-type", "model", "--resource-type", "seed")


@dataclass(frozen=True)
class Workshop:
    """All builds share a dbt target, so that the project is parsed once; results are kept apart."""

    folder: Path

    def build(self, name: str, raw: Path, arguments: tuple[str, ...] = TESTED) -> Path:
        """Land `raw` and run dbt; returns the finished file `<folder>/<name>.duckdb`.

        Fails the test, with dbt's output, when a model or a data test does not pass.
        """
        settings = settings_in(self.folder, PARTNER_METRICS_RAW=str(raw))
        environment = {
            **os.environ, **settings.child_environment(), "PARTNER_METRICS_RAW": str(raw),
        }  # fmt: skip
        dbt = [venv_executable("dbt"), "--quiet", *arguments, "--project-dir", str(PROJECT_DIR)]
        for command in ([sys.executable, "-m", "orchestration.landing"], dbt):
            done = subprocess.run(
                command, cwd=PROJECT_DIR, env=environment, capture_output=True, text=True,
                check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
        finished = self.folder / f"{name}.duckdb"
        remove_database(finished)
        settings.warehouse_path.rename(finished)
        return finished


def open_warehouse(path: Path) -> duckdb.DuckDBPyConnection:
    """The file under the name that its views know it by."""
    connection = duckdb.connect()
    connection.execute(f"attach '{path}' as warehouse (read_only)")
    connection.execute("use warehouse")
    return connection
