"""`make test-browser`: a built project, its pages, and a browser that looks at them.

BUILD names the build folder to look at; without it the demo is built anew. SCREENSHOTS names the
folder that pictures are kept in.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from built import build_in, dagster_page, run
from chromium import MISSING, chromium, page_of, started
from playwright.sync_api import Browser, Page

from orchestration.build_record import require_passed_build
from orchestration.docs_site import PAGE, site_folder
from orchestration.settings import PROJECT_DIR, Settings, load_settings

Shot = Callable[[str], None]
LARGEST_SHOT = 250_000  # bytes: they stand in the repository


def pytest_sessionstart() -> None:
    if chromium() is None:
        raise pytest.UsageError(MISSING)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The project after a main job that published."""
    given = os.environ.get("BUILD")
    if not given:
        return build_in(tmp_path_factory.mktemp("demo"))
    settings = load_settings({**os.environ, "PARTNER_METRICS_BUILD_DIR": given})
    require_passed_build(settings)
    return settings


@pytest.fixture(scope="session")
def dagster(built: Settings) -> Iterator[str]:
    """Address of Dagster's page."""
    with dagster_page(built, built.log_dir / "browser_dagster.log") as url:
        yield url


@pytest.fixture(scope="session")
def dbt_docs(built: Settings) -> str:
    """Address of dbt's documentation, as `make docs` writes it."""
    done = run("orchestration.docs_site", built)
    assert done.returncode == 0, done.stdout + done.stderr
    return (site_folder(built) / PAGE).as_uri()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An empty page; the test fails when something on it asks another machine for anything."""
    asked_outside: list[str] = []
    failed_before = request.session.testsfailed
    page = page_of(browser, asked_outside)
    yield page
    if request.session.testsfailed > failed_before:
        _keep(page, f"failed_{re.sub(r'[^a-z0-9]+', '_', request.node.name)}")
    page.close()
    assert asked_outside == [], "the page is not whole without the internet"


@pytest.fixture
def shot(page: Page) -> Shot:
    """Keeps what is on screen under a name."""

    def keep(name: str) -> None:
        path = _keep(page, name)
        assert path.stat().st_size < LARGEST_SHOT, f"{path} is too large to show in a README"

    return keep


def _keep(page: Page, name: str) -> Path:
    folder = PROJECT_DIR / (os.environ.get("SCREENSHOTS") or "build/screenshots")
    path = folder / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    return path
