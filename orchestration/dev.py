"""`make dev`: Dagster's page, schedules and sensors, with this environment's settings.

python -m orchestration.dev               the page and the daemon together, on this machine
python -m orchestration.dev webserver     the page alone, as a service
python -m orchestration.dev daemon        schedules, sensors and the queue of runs, as a service

What follows is passed on, such as `--host 0.0.0.0 --port 8080` for the page.
"""

from __future__ import annotations

import os
import sys

from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.manifest import ensure_manifest
from orchestration.run_lock import hold_build
from orchestration.settings import PROJECT_DIR, Settings, load_settings, venv_executable

DEFINITIONS = ("--module-name", "orchestration.definitions")
COMMANDS = {
    "dev": ("dagster", "dev"),
    "webserver": ("dagster-webserver",),
    "daemon": ("dagster-daemon", "run"),
}


def main() -> None:
    name, options = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("dev", [])
    if name not in COMMANDS:
        raise PartnerMetricsError(f"There is no {name}; there is {', '.join(COMMANDS)}.")
    settings = load_settings()
    settings.prepare()
    ensure_manifest(settings)
    end_runs_of_the_dead(settings)
    program, *rest = COMMANDS[name]
    executable = venv_executable(program)
    search_path = f"{os.path.dirname(executable)}{os.pathsep}{os.environ.get('PATH', '')}"  # noqa: PTH120
    os.environ["PATH"] = search_path
    os.chdir(PROJECT_DIR)
    command = [executable, *rest, *DEFINITIONS, *options]
    os.execv(executable, command)  # noqa: S606 - replaces this process; no shell is involved


def end_runs_of_the_dead(settings: Settings) -> None:
    """Mark runs whose process was killed as failed, so that they do not hold up the queue.

    Who can have the build folder knows that no run is alive; otherwise all stay as they are. The
    lock goes with this process, or when another program takes its place.
    """
    try:
        hold_build(settings)
    except PartnerMetricsError:
        return
    import dagster as dg

    from orchestration.history import end_killed_runs

    with dg.DagsterInstance.get() as instance:
        end_killed_runs(instance)


if __name__ == "__main__":
    run_command(main)
