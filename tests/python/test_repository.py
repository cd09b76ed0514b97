"""The repository itself: locked, and free of registry addresses."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_DIR

LOCKS = ("requirements.lock", "requirements-connectors.lock", "requirements-browser.lock")


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [PROJECT_DIR / name for name in listed if (PROJECT_DIR / name).is_file()]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_one_version_and_hashes(lock: str) -> None:
    text = (PROJECT_DIR / lock).read_text(encoding="utf-8")
    requirements = re.split(r"\n(?=\S)", text.strip())

    for requirement in requirements:
        assert re.match(r"[a-z0-9._-]+==\S+", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_address_of_a_registry(lock: str) -> None:
    text = (PROJECT_DIR / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links", text)


def test_no_tracked_file_points_an_installer_at_an_address() -> None:
    pattern = re.compile(r"(?<!no-emit-)(?:index-url|find-links|index_url)\s*[=:]?\s*\S*://", re.I)
    for path in set(tracked_files()) - {Path(__file__).resolve()}:
        text = path.read_text(encoding="utf-8", errors="ignore")
        assert not pattern.search(text), path


def test_pins_of_the_lock_are_those_of_the_project() -> None:
    project = (PROJECT_DIR / "pyproject.toml").read_text(encoding="utf-8")
    lock = "".join((PROJECT_DIR / name).read_text(encoding="utf-8") for name in LOCKS)
    for pin in re.findall(r'"([a-z0-9-]+==[^"]+)"', project):
        assert f"{pin} " in lock, f"{pin} is not in a lock file: run `make lock`"
