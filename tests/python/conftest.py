"""Fixtures that the tests share: settings in a folder of their own, and one run of the main job."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration.contract import TableContract
from orchestration.demo import ensure_demo_raw
from orchestration.settings import PROJECT_DIR, Settings, load_settings

if TYPE_CHECKING:
    from warehouse_builds import Built


@dataclass(frozen=True)
class MainRun:
    """An ended `make run`: what it printed, and where it built and published."""

    settings: Settings
    returncode: int
    output: str

    def warehouse(self) -> duckdb.DuckDBPyConnection:
        """The private build file, opened for reading."""
        return duckdb.connect(str(self.settings.warehouse_path), read_only=True)


def settings_in(folder: Path, **variables: str) -> Settings:
    """Settings that build, publish and close months inside `folder`."""
    return load_settings(
        {
            "PARTNER_METRICS_BUILD_DIR": str(folder / "build"),
            "PARTNER_METRICS_PUBLISH_DIR": str(folder / "published"),
            "PARTNER_METRICS_LEDGER_DIR": str(folder / "ledger"),
            **variables,
        }
    )


def run_main_job(folder: Path, raw: str, project_dir: Path = PROJECT_DIR) -> MainRun:
    """Do what `make run` does, in a process of its own, on the raw data at `raw`."""
    settings = settings_in(folder, PARTNER_METRICS_RAW=raw)
    environment = {**os.environ, **settings.child_environment(), "PARTNER_METRICS_RAW": raw}
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.run"],
        cwd=project_dir,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return MainRun(settings, done.returncode, done.stdout + done.stderr)


@pytest.fixture(scope="session")
def demo() -> Settings:
    """Settings with the demo's raw data and truth in place; simulated if they are not there."""
    settings = load_settings({})
    ensure_demo_raw(settings)
    return settings


@pytest.fixture(scope="session")
def main_run(demo: Settings, tmp_path_factory: pytest.TempPathFactory) -> MainRun:
    """The main job on the demo, run once for all tests that look at what comes out of it."""
    run = run_main_job(tmp_path_factory.mktemp("main_run"), str(demo.demo_raw_dir))
    assert run.returncode == 0, run.output
    return run


@pytest.fixture(scope="session")
def worked_examples(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """All worked examples in one warehouse, built by dbt; every data test passed on it."""
    from warehouse_builds import Built, Workshop
    from worked_cases import build_all

    raw, _ = build_all()
    workshop = Workshop(tmp_path_factory.mktemp("worked_examples"))
    file = workshop.build("plain", raw.write(workshop.folder / "raw"))
    return Built(workshop, file, workshop.compiled("plain"))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings in a folder of the test, with raw data expected in `<folder>/raw`."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    (tmp_path / "raw").mkdir()
    return settings_in(tmp_path, PARTNER_METRICS_RAW=str(tmp_path / "raw"))


@pytest.fixture
def write_parquet(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write the rows of a query to a Parquet file under `<folder>/raw`."""

    def write(name: str, query: str) -> Path:
        path = tmp_path / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        duckdb.execute(f"copy ({query}) to '{path}' (format parquet)")
        return path

    return write


def contracted(
    name: str, required: bool = True, columns: tuple[str, ...] = ("id",)
) -> TableContract:
    """A contract for table `<source>.<table>`."""
    source, table = name.split(".")
    return TableContract(source, table, f"raw_{source}", columns, required, f"{table} is needed")
