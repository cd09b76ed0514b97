"""Dagster's page in a browser: lineage, checks, schedule, last run, and what a table shows."""

from __future__ import annotations

import re
from urllib.parse import quote

from chromium import SIZE
from column_path import column_path
from conftest import Shot
from playwright.sync_api import Page, expect

from orchestration.build_record import read_record
from orchestration.settings import Settings

RAW = "stripe/subscription_item"
TABLE = "certified/partner_mrr_monthly"
BETWEEN = f'key:"{RAW}"+ and +key:"{TABLE}"'


def test_lineage_from_a_raw_table_to_partner_mrr(dagster: str, page: Page, shot: Shot) -> None:
    page.set_viewport_size({"width": SIZE["width"], "height": 560})  # a path is wide, not high
    open_groups = ",".join(f"global@global:{group}" for group in ("landing", "marts_partners"))
    page.goto(f"{dagster}/asset-groups~{quote(BETWEEN, safe='')}?expanded={quote(open_groups)}")

    for layer in ("landing", "staging", "input", "intermediate", "marts_partners"):
        expect(page.get_by_text(layer, exact=True).first).to_be_visible()
    for table in (r"^subscription_item$", r"^partner_m.*_monthly$"):  # a long name is cut
        expect(page.get_by_text(re.compile(table)).first).to_be_visible()
    shot("dagster_lineage")


def test_one_gets_from_the_table_to_the_raw_one_link_by_link(
    built: Settings, dagster: str, page: Page
) -> None:
    names = [table.split(".")[-1] for table, _ in column_path(built)]
    page.goto(f"{dagster}/assets/{TABLE}")
    for name in names[1:]:
        upstream = page.get_by_text("Upstream assets", exact=True).locator("xpath=../..")
        upstream.get_by_role("link").filter(has_text=f"/ {name}").first.click()
        expect(page).to_have_url(re.compile(f"/{name}$"))
    assert page.url.endswith(f"/assets/{RAW}")


def test_one_gets_from_a_column_to_the_raw_one_it_is_computed_from(
    built: Settings, dagster: str, page: Page
) -> None:
    (_, column), *upstream = column_path(built)
    page.goto(f"{dagster}/assets/{TABLE}")
    for table, next_column in upstream:
        name = table.split(".")[-1]
        cell = page.get_by_role("cell", name=column, exact=True)
        row = page.get_by_role("row").filter(has=cell).first
        expect(row).to_contain_text(next_column)
        row.get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_url(re.compile(f"/{name}$"))
        column = next_column
    assert page.url.endswith(f"/assets/{RAW}")


def test_a_table_shows_a_plot_of_its_figures(dagster: str, page: Page, shot: Shot) -> None:
    page.goto(f"{dagster}/assets/certified/vendor_summary_monthly")
    page.get_by_role("row").filter(has_text="mrr_bridge").get_by_text("[Show Markdown]").click()

    expect(page.locator('img[src^="data:image/png"]')).to_be_visible()
    shot("dagster_table")


def test_checks_of_partner_mrr_have_passed(dagster: str, page: Page, shot: Shot) -> None:
    page.goto(f"{dagster}/assets/{TABLE}?view=checks&checkDetail=assert_partner_bridge_adds_up")
    for check in ("assert_partner_bridge_adds_up", "assert_no_negative_mrr", "partner_direct"):
        expect(page.get_by_text(check, exact=True).first).to_be_visible()
    expect(page.get_by_text("Passed", exact=True)).to_be_visible()
    expect(page.get_by_text("This is a blocking asset check.")).to_be_visible()
    for outcome in ("Failed", "Errored", "Execution failed"):
        expect(page.get_by_text(outcome, exact=True)).to_have_count(0)
    shot("dagster_checks")


def test_the_main_job_is_scheduled_every_morning(dagster: str, page: Page) -> None:
    page.goto(f"{dagster}/automation")
    page.get_by_role("link").filter(has=page.get_by_text("daily", exact=True)).click()

    for text in ("0 6 * * *", "Europe/Amsterdam", "main_job"):
        expect(page.get_by_text(text).first).to_be_visible()


def test_the_last_run_is_there_and_succeeded(built: Settings, dagster: str, page: Page) -> None:
    record = read_record(built)
    assert record is not None
    page.goto(f"{dagster}/runs")
    row = page.locator("div").filter(has=page.get_by_role("link", name=record.run_id[:8]))

    expect(row.filter(has_text="main_job").filter(has_text="Success").last).to_be_visible()
    page.goto(f"{dagster}/runs/{record.run_id}")
    expect(page.get_by_text("Success", exact=True).first).to_be_visible()
    expect(page.get_by_text("publication").first).to_be_visible()
