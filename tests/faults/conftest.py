"""Workplaces with a first publication, and the findings of the session."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from findings import Findings, Form, form
from rig import Run, Workplace, read_summary, small_workplace

from orchestration.publishing import Publication
from orchestration.settings import PROJECT_DIR

sys.path.insert(0, str(PROJECT_DIR / "tests" / "python"))


@dataclass(frozen=True)
class Reference:
    """An undisturbed run: what it published, and how long it and its publication took."""

    publication: Publication
    seconds: float
    publish_seconds: float


@pytest.fixture(scope="session")
def size() -> Form:
    return form()


@pytest.fixture(scope="session")
def findings(size: Form) -> Findings:
    return Findings(size.name)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """The small project; its publication folder can be a disk of its own."""
    return small_workplace(tmp_path_factory.mktemp("faults") / "small")


@pytest.fixture(scope="session")
def reference(place: Workplace) -> Reference:
    return undisturbed(place)


def undisturbed(place: Workplace) -> Reference:
    """Run twice, so that the times are those of a project that was read before."""
    hashes = set()
    for _ in range(2):
        run: Run = place.run()
        assert run.process.returncode == 0, run.output
        hashes.add(place.pointer().content_hash)
    assert len(hashes) == 1, "the same input has two results"
    return Reference(place.pointer(), run.seconds, read_summary(place)["publish"])


@contextmanager
def disk_of(folder: Path, size: int) -> Iterator[None]:
    """A disk of so many bytes mounted at the folder; skips the test where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)  # noqa: S607
    except OSError as error:
        pytest.skip(f"no small disk to fill: {error}")
    if done.returncode:
        pytest.skip(f"no small disk to fill: {done.stderr.strip()} (needs root)")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


def remount(folder: Path, options: str) -> None:
    command = ["mount", "-o", f"remount,{options}", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
