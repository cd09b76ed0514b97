"""`make dev`: Dagster's page, with this environment's settings and past runs of `make run`."""

from __future__ import annotations

import os

from orchestration.cli import run_command
from orchestration.settings import PROJECT_DIR, load_settings, venv_executable


def main() -> None:
    load_settings().prepare()
    dagster = venv_executable("dagster")
    search_path = f"{os.path.dirname(dagster)}{os.pathsep}{os.environ.get('PATH', '')}"  # noqa: PTH120
    os.environ["PATH"] = search_path
    os.chdir(PROJECT_DIR)
    command = [dagster, "dev", "--module-name", "orchestration.definitions"]
    os.execv(dagster, command)  # noqa: S606 - replaces this process; no shell is involved


if __name__ == "__main__":
    run_command(main)
