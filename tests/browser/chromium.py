"""The system's Chromium: found, told of when it is missing, and kept off the internet."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route, ViewportSize, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "There is no Chromium here. Install it (on Debian: apt install chromium), or name another "
    "one: make test-browser CHROMIUM=/path/to/chromium"
)
SIZE: ViewportSize = {"width": 1440, "height": 900}
PATIENCE = 60_000  # milliseconds that something may take to appear: other work may be going on


def chromium() -> str | None:
    """Path of the browser that CHROMIUM names, else of the first that is installed."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [named] if named else NAMES)), None)


@contextmanager
def started() -> Iterator[Browser]:
    """A headless browser."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=chromium())
        yield browser
        browser.close()


def page_of(browser: Browser, asked_outside: list[str]) -> Page:
    """A new page; what it asks of other machines is refused and noted in the list."""
    page = browser.new_page(viewport=SIZE)
    page.set_default_timeout(PATIENCE)

    def answer(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme == "file" or address.hostname in ("127.0.0.1", "localhost"):
            route.continue_()
        else:
            asked_outside.append(route.request.url)
            route.abort()

    page.route("**/*", answer)
    return page
