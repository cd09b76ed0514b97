"""Fixtures that the tests share: settings in a folder of their own, and one run of the main job."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from compiled_project import CompiledProject, read_project
from filelock import FileLock

from orchestration.contract import TableContract
from orchestration.demo import ensure_demo_raw
from orchestration.manifest import ensure_manifest
from orchestration.settings import PROJECT_DIR, Settings, load_settings

if TYPE_CHECKING:
    from warehouse_builds import Built

# Files that take longest, in the order in which workers begin them; the others follow, and fill
# what time is left. The first one has the main job run, and the next ones do not wait for it.
LONGEST = (
    "test_dbt_unit_tests.py",
    "test_extending.py",
    "test_bad_input.py",
    "test_worked_examples.py",
    "test_simulator.py",
    "test_program_guide.py",
    "test_failing_builds.py",
    "test_closing.py",
    "test_what_if.py",
    "test_retention.py",
    "test_payouts.py",
    "test_qualification.py",
)


def built_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]
) -> Path:
    """The folder that `build` filled, once for all processes of the session.

    The first process that asks builds, the others wait for it. A build that failed is not tried
    again: its error fails every test that needs it.
    """
    session = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # a worker's folder is inside that of the session
        session = session.parent
    folder, error = session / name, session / f"{name}.error"
    with FileLock(session / f"{name}.lock"):
        if not folder.exists():
            folder.mkdir()
            try:
                build(folder)
            except BaseException as problem:
                error.write_text(f"{type(problem).__name__}: {problem}", encoding="utf-8")
                raise
    assert not error.exists(), f"{name} was not built. {error.read_text('utf-8')}"
    return folder


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


def pytest_configure(config: pytest.Config) -> None:
    """Before there are workers, which read the project when they import tests: read it once."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        ensure_manifest(load_settings())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with the demo's raw data and truth in place; simulated if they are not there."""
    settings = load_settings({})
    built_once(tmp_path_factory, "demo", lambda _: ensure_demo_raw(settings))
    return settings


@pytest.fixture(scope="session")
def main_run(demo: Settings, tmp_path_factory: pytest.TempPathFactory) -> MainRun:
    """The main job on the demo, run once for all tests that look at what comes out of it.

    Tests of another process may be reading it: only what nobody else reads may be written.
    """
    raw = str(demo.demo_raw_dir)

    def build(folder: Path) -> None:
        run = run_main_job(folder, raw)
        assert run.returncode == 0, run.output
        (folder / "output.txt").write_text(run.output, encoding="utf-8")

    folder = built_once(tmp_path_factory, "main_run", build)
    settings = settings_in(folder, PARTNER_METRICS_RAW=raw)
    return MainRun(settings, 0, (folder / "output.txt").read_text("utf-8"))


@pytest.fixture(scope="module")
def warehouse(main_run: MainRun) -> Iterator[duckdb.DuckDBPyConnection]:
    """The build file, for reading, in a session that can also write to memory."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        path = main_run.settings.warehouse_path
        connection.execute(f"attach '{path}' as warehouse (read_only)")
        yield connection


@pytest.fixture(scope="module")
def project(main_run: MainRun, warehouse: duckdb.DuckDBPyConnection) -> CompiledProject:
    """The SQL that dbt compiled for the demo."""
    return read_project(Path(main_run.settings.dbt_target_dir), warehouse)


@pytest.fixture(scope="session")
def worked_examples(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """All worked examples in one warehouse, built by dbt; every data test passed on it."""
    from warehouse_builds import Built, Workshop
    from worked_cases import build_all

    def build(folder: Path) -> None:
        raw, _ = build_all()
        Workshop(folder).build("plain", raw.write(folder / "raw"))

    workshop = Workshop(built_once(tmp_path_factory, "worked_examples", build))
    return Built(workshop, workshop.finished("plain"), workshop.compiled("plain"))


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
