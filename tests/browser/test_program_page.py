"""The program owner's page in a browser: whole by itself, on a screen, a telephone and paper."""

from __future__ import annotations

import pytest
from conftest import Shot
from playwright.sync_api import Page, expect

from orchestration.program_report.page import page_path
from orchestration.settings import Settings

# Nothing is cut off on the right: wide tables scroll by themselves, and fit on paper.
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BROKEN = "[...document.images].filter(image => !image.complete || !image.naturalWidth).length"


def test_the_page_answers_three_questions(built: Settings, page: Page, shot: Shot) -> None:
    page.goto(page_path(built).as_uri())
    expect(page.get_by_role("heading", name="Program health")).to_be_visible()
    expect(page.locator(".card")).to_have_count(3)
    expect(page.locator("figure").first).to_be_visible()
    assert page.evaluate(BROKEN) == 0
    assert page.evaluate(OVERFLOW) == 0
    shot("program_health")

    page.get_by_role("link", name="Is it a conversation").click()
    expect(page.locator("h2#conversation")).to_be_in_viewport()


@pytest.mark.parametrize(("width", "media"), [(390, "screen"), (703, "print")])
def test_nothing_is_cut_off(built: Settings, page: Page, width: int, media: str) -> None:
    """A telephone, and A4 between its margins."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media="print" if media == "print" else "screen")
    page.goto(page_path(built).as_uri())
    expect(page.get_by_role("heading", name="Program health")).to_be_visible()
    assert page.evaluate(OVERFLOW) == 0
