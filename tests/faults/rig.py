"""A place where the main job runs and is disturbed, and what must be true afterwards.

The job runs as `make run` runs it, in processes of its own, on a copy of the project: the small one
of the tests, with enough rows to be caught at work, or the whole one on a simulated channel.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.history import HOLDS_BUILD
from orchestration.publishing import NAME, Publication, read_pointer
from orchestration.run_lock import LOCK
from orchestration.settings import PROJECT_DIR, Settings, load_settings

SMALL_PROJECT = PROJECT_DIR / "tests" / "python" / "mini_project"
WHOLE_PROJECT = ("expectations", "macros", "models", "seeds", "tests/dbt", "dbt_project.yml")
ROWS = 200_000
STEPS = ("prepare", "land", "build", "audit", "certify", "report", "publish")
AFTERWARDS = "report printing"
PATIENCE = 900  # seconds that a run may take on a busy machine


@dataclass
class Run:
    """A main job under way or ended, with all that it printed."""

    process: subprocess.Popen[bytes]
    log: Path
    has_reports: bool
    started: float = field(default_factory=time.monotonic)

    @property
    def output(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def step(self) -> str:
        """The step that it is in: the one after the last that it ticked off."""
        steps = [name for name in STEPS if name != "report" or self.has_reports]
        done = [name for name in steps if f"✓ {name}" in self.output]
        if not done:
            return steps[0]
        following = steps[steps.index(done[-1]) + 1 :]
        return following[0] if following else AFTERWARDS

    def wait(self) -> int:
        return self.process.wait(timeout=PATIENCE)

    def wait_for(self, is_there: Callable[[], bool]) -> bool:
        """Wait until something can be seen; False when the run ends before."""
        while not is_there():
            if self.process.poll() is not None:
                return False
            time.sleep(0.005)
        return True

    def kill(self) -> bool:
        """Kill it and all its children at once; False when it had ended already."""
        was_alive = self.process.poll() is None
        if was_alive:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.wait()
        return was_alive

    def dbt(self) -> int | None:
        """The process in which dbt builds; None while there is none."""
        for command in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                words = command.read_bytes().split(b"\0")
                pid = int(command.parent.name)
                if b"build" in words and os.getpgid(pid) == self.process.pid:
                    return pid
        return None


@dataclass(frozen=True)
class Workplace:
    """A copy of the project with raw data, and folders of its own to build and publish in."""

    folder: Path
    settings: Settings

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def parts(self) -> list[Path]:
        """The landed files of one table that a build cannot do without."""
        return sorted((self.raw / "stripe" / "subscription").glob("*.parquet"))

    def start(
        self, *command: str, prepare: Callable[[], None] | None = None, name: str = "run"
    ) -> Run:
        """Start the main job in a process group of its own."""
        log = self.folder / f"{name}.out"
        environment = {
            **os.environ,
            **self.settings.child_environment(),
            "PARTNER_METRICS_RAW": str(self.raw),
            "PARTNER_METRICS_KEEP_VERSIONS": str(self.settings.keep_versions),
            "COLUMNS": "500",  # messages in one line each
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(self.folder),
        }
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *(command or ("-m", "orchestration.run"))],
                cwd=self.folder, env=environment, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=prepare,
            )  # fmt: skip
        return Run(process, log, has_reports=self.folder.joinpath("seeds").exists())

    def run(self, *command: str, prepare: Callable[[], None] | None = None) -> Run:
        """The main job from start to end."""
        run = self.start(*command, prepare=prepare)
        run.wait()
        return run

    def pointer(self) -> Publication:
        publication = read_pointer(self.settings.publish_dir)
        assert publication is not None, "nothing is published"
        return publication

    def versions(self) -> dict[str, str]:
        """What readers can open: every version with a digest of all its bytes."""
        files = sorted(self.settings.publish_dir.glob(f"{NAME}_*.duckdb"))
        return {file.stem.removeprefix(f"{NAME}_"): digest(file) for file in files}

    def is_publishing(self) -> bool:
        return any(self.settings.publish_dir.glob(".tmp-*"))


def digest(file: Path) -> str:
    """SHA-256 of a published file and its Parquet copy."""
    found = hashlib.sha256()
    copies = sorted(file.with_suffix("").iterdir()) if file.with_suffix("").is_dir() else []
    for path in (file, *copies):
        found.update(f"{path.name}|{path.stat().st_size}|".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def small_workplace(folder: Path, publish_dir: Path | None = None) -> Workplace:
    """The small project, and so many subscriptions that a build and a publication take a while."""
    shutil.copytree(SMALL_PROJECT, folder)
    project = folder / "dbt_project.yml"
    tables = project.read_text("utf-8").replace("marts:", "marts:\n      +materialized: table")
    project.write_text(tables, encoding="utf-8")
    place = _workplace(folder, publish_dir)
    table = place.raw / "stripe" / "subscription"
    table.mkdir(parents=True)
    for part in range(2):
        deliver(table / f"part-{part}.parquet", part)
    return place


def deliver(file: Path, part: int, mrr: str = "0.0002") -> None:
    """Land one of the two files of the small project, as a load would: written, then renamed."""
    draft = file.with_name(f".{file.name}")
    duckdb.execute(
        f"copy (select 2 * i + {part} as id, 'partner ' || i % 2 as partner_id, "
        f"{mrr}::decimal(18, 6) as mrr, md5(i::varchar) as note, "
        f"timestamp '2026-11-02 04:00' as _fivetran_synced from range({ROWS // 2}) as r (i)) "
        f"to '{draft}' (format parquet, row_group_size 20000)"
    )
    draft.replace(file)


def whole_workplace(folder: Path) -> Workplace:
    """The whole project on a simulated channel."""
    from orchestration.simulator import SimulationConfig, simulate

    for name in WHOLE_PROJECT:
        source = PROJECT_DIR / name
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy(source, folder / name)
    place = _workplace(folder, None)
    truth = folder / "truth"
    for made in (place.raw, truth):
        made.mkdir()
    simulate(SimulationConfig(place.raw, truth, customers=300, usage=False, workers=1))
    return place


def _workplace(folder: Path, publish_dir: Path | None) -> Workplace:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT_DIR / "orchestration", folder / "orchestration", ignore=ignored)
    shutil.copy(PROJECT_DIR / "profiles.yml", folder)
    settings = load_settings(
        {
            "PARTNER_METRICS_BUILD_DIR": str(folder / "build"),
            "PARTNER_METRICS_PUBLISH_DIR": str(publish_dir or folder / "published"),
            "PARTNER_METRICS_LEDGER_DIR": str(folder / "ledger"),
            "PARTNER_METRICS_RAW": str(folder / "raw"),
            "PARTNER_METRICS_KEEP_VERSIONS": "3",
        }
    )
    return Workplace(folder, settings)


def assert_serves(place: Workplace, before: dict[str, str], expected: Publication) -> bool:
    """Readers see the version from before, byte for byte, or a new one that is complete.

    `before` are the versions as they were before the fault. True when the pointer had moved.
    """
    now, current = place.versions(), place.pointer()
    kept = {version: bytes_ for version, bytes_ in now.items() if version in before}
    assert kept == {version: before[version] for version in kept}, "a published version changed"
    assert current.version in now, "the pointer names a version that is not there"
    link = (place.settings.publish_dir / "current.duckdb").resolve()
    assert link.stem.removeprefix(f"{NAME}_") in now, "the link points at nothing"
    if current.version in before:
        assert current.version == expected.version, "the pointer went back"
        return False
    assert current.content_hash == expected.content_hash
    assert_complete(place, current)
    return True


def assert_complete(place: Workplace, publication: Publication) -> None:
    """File, Parquet copy and pointer agree on every table."""
    file = place.settings.publish_dir / publication.file
    copies = place.settings.publish_dir / publication.parquet
    with duckdb.connect(str(file), read_only=True) as connection:
        for table, rows in publication.tables.items():
            copy = copies / f"{table}.parquet"
            counted = connection.execute(
                f"select (select count(*) from certified.{table}), (select count(*) from '{copy}')"
            ).fetchone()
            assert counted == (rows, rows), table
        said = connection.execute(
            "select distinct publication_version, content_hash from certified.certificates"
        ).fetchall()
    assert said == [(publication.version, publication.content_hash)]


def assert_recovered(place: Workplace, before: dict[str, str], expected: Publication) -> float:
    """The next run publishes the same content anew and leaves nothing behind; its seconds."""
    run = place.run()
    assert run.process.returncode == 0, run.output
    current = place.pointer()
    assert current.content_hash == expected.content_hash, "the next run has another result"
    assert current.version > expected.version
    assert place.settings.publish_dir.joinpath("current.duckdb").resolve().name == current.file
    assert_complete(place, current)
    kept = {version: bytes_ for version, bytes_ in place.versions().items() if version in before}
    assert kept == {version: before[version] for version in kept}
    assert_tidy(place)
    return run.seconds


def assert_tidy(place: Workplace) -> None:
    """No half-written file, no lock, no run that counts as under way."""
    settings = place.settings
    for folder in (settings.publish_dir, settings.ledger_dir, settings.build_dir):
        halves = [path for path in folder.rglob(".tmp-*") if "dbt_packages" not in path.parts]
        assert halves == [], halves
    files = {path.stem for path in settings.publish_dir.glob(f"{NAME}_*.duckdb")}
    folders = {path.name for path in settings.publish_dir.glob(f"{NAME}_*") if path.is_dir()}
    assert files == folders
    assert len(files) <= settings.keep_versions
    assert not list(settings.publish_dir.glob("*.wal"))
    assert_unlocked(place)
    assert runs_under_way(place) == 0


def assert_unlocked(place: Workplace) -> None:
    """Whoever comes next can have every lock, and the build file."""
    settings = place.settings
    folders = (settings.publish_dir, settings.ledger_dir)
    for path in (settings.build_dir / LOCK, *(folder / ".lock" for folder in folders)):
        if path.exists():
            with path.open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if settings.warehouse_path.exists():
        with settings.warehouse_path.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def runs_under_way(place: Workplace) -> int:
    """Runs of the main job that Dagster takes to be alive."""
    found = 0
    for store in place.settings.dagster_home.rglob("runs.db"):
        with closing(sqlite3.connect(store)) as connection:
            bodies = connection.execute("select run_body from runs where status = 'STARTED'")
            found += sum(next(iter(HOLDS_BUILD)) in body for (body,) in bodies)
    return found


def last_words(run: Run) -> str:
    """What a run that did not publish says about it, without the list of files below."""
    mark = next(mark for mark in ("Nothing was published.", "ERROR:", "") if mark in run.output)
    said, _, _ = run.output.partition(mark or "\n")[2].partition("\nLog:")
    return " ".join(said.split())


def read_summary(place: Workplace) -> dict[str, float]:
    """Seconds of each step of the last run that came to its end."""
    text = (place.settings.build_dir / "run_summary.json").read_text("utf-8")
    seconds: dict[str, float] = json.loads(text)["seconds"]
    return seconds
