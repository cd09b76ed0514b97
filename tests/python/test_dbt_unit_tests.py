"""dbt's unit tests: models on rows made up by hand. In a file of its own, so that a worker of its
own runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from conftest import MainRun, settings_in

from orchestration.settings import PROJECT_DIR, venv_executable


def test_dbt_unit_tests_pass(main_run: MainRun, tmp_path: Path) -> None:
    """On a copy of the build file: dbt opens it for writing, and other tests read it."""
    settings = settings_in(tmp_path)
    settings.build_dir.mkdir()
    shutil.copy(main_run.settings.warehouse_path, settings.warehouse_path)
    done = subprocess.run(
        [venv_executable("dbt"), "test", "--select", "test_type:unit"],
        cwd=PROJECT_DIR,
        env={**os.environ, **settings.child_environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "PASS=" in done.stdout
    assert "PASS=0" not in done.stdout, "no unit test was run"
