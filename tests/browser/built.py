"""A built project to look at, and Dagster's page on it, as `make run` and `make dev` start them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from orchestration.settings import PROJECT_DIR, Settings, load_settings

SECONDS_TO_START = 180


def build_in(folder: Path) -> Settings:
    """Run the main job with all it builds and publishes inside the folder."""
    settings = load_settings(
        {
            **os.environ,
            "PARTNER_METRICS_BUILD_DIR": str(folder / "build"),
            "PARTNER_METRICS_PUBLISH_DIR": str(folder / "published"),
            "PARTNER_METRICS_LEDGER_DIR": str(folder / "ledger"),
            "PARTNER_METRICS_DAGSTER_DIR": str(folder / ".dagster"),
        }
    )
    done = run("orchestration.run", settings)
    assert done.returncode == 0, done.stdout + done.stderr
    return settings


def run(module: str, settings: Settings) -> subprocess.CompletedProcess[str]:
    """Do what a make command does, to its end."""
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=PROJECT_DIR,
        env={**os.environ, **settings.child_environment()},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def dagster_page(settings: Settings, log_file: Path) -> Iterator[str]:
    """The address of Dagster's page, on a free port, until the block ends.

    Nothing starts by itself beside the test, whatever is switched on in the build at hand.
    """
    port = _free_port()
    environment = {
        **os.environ,
        **settings.child_environment(),
        "PARTNER_METRICS_AUTOMATION": "",
        "DAGSTER_CLI_DEV_PORT": str(port),
    }
    with log_file.open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "orchestration.dev"],
            cwd=PROJECT_DIR,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/server_info", server, log_file)
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(server)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, server: subprocess.Popen[bytes], log_file: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(url, timeout=5):  # noqa: S310 - this machine's own page
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"Dagster's page did not start:\n{log_file.read_text('utf-8')}")


def _end(server: subprocess.Popen[bytes]) -> None:
    """End the page and everything that it started."""
    for how in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(server.pid, how)
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            return
