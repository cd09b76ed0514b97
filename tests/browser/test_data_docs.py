"""Data Docs in a browser: the index, a table's page, and what they say of the last audit."""

from __future__ import annotations

from conftest import Shot
from playwright.sync_api import Page, expect

from orchestration.data_docs import INDEX, site_folder
from orchestration.settings import Settings


def test_data_docs_say_what_was_expected_and_found(built: Settings, page: Page, shot: Shot) -> None:
    page.goto((site_folder(built) / INDEX).as_uri())
    expect(page.get_by_role("heading", name="Data Docs")).to_be_visible()
    expect(page.get_by_text("could not run")).to_have_count(0)
    shot("data_docs")

    row = page.get_by_role("row").filter(has_text="partner_mrr_monthly").first
    expect(row.get_by_text("passed")).to_be_visible()
    row.get_by_role("link").first.click()

    judged = page.get_by_role("row").filter(has_text="partner_direct")
    expect(judged).to_contain_text("at most 95%")
    expect(judged).to_contain_text("passed")
    page.get_by_role("link", name="All figures").click()
    expect(page.get_by_role("heading", name="Data Docs")).to_be_visible()
