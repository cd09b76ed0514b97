"""dbt's documentation in a browser: opening page, a model's text and columns, its lineage."""

from __future__ import annotations

from column_path import column_path
from conftest import Shot
from playwright.sync_api import Page, expect

from orchestration.settings import Settings

MODEL = "#!/model/model.partner_metrics.partner_mrr_monthly"


def test_it_opens_with_the_projects_own_page(dbt_docs: str, page: Page) -> None:
    page.goto(dbt_docs)
    expect(page.get_by_role("heading", name="Partner Metrics")).to_be_visible()

    page.get_by_role("link", name="partner_mrr_monthly").first.click()

    expect(page.get_by_role("heading", name="partner_mrr_monthly")).to_be_visible()


def test_a_model_has_a_description_and_columns_with_types(dbt_docs: str, page: Page) -> None:
    page.goto(dbt_docs + MODEL)

    text = page.get_by_text("One row a partner and month: the MRR bridge from opening to closing")
    expect(text.filter(visible=True)).to_be_visible()
    expect(page.get_by_text("warehouse.certified.partner_mrr_monthly")).to_be_visible()
    column = page.get_by_role("row").filter(has_text="closing_mrr").first
    expect(column).to_contain_text("DECIMAL(28,6)")
    expect(column).to_contain_text("Monthly recurring revenue in force")


def test_one_gets_from_a_model_to_the_raw_table_link_by_link(
    built: Settings, dbt_docs: str, page: Page
) -> None:
    (model, _), *upstream = column_path(built)
    page.goto(f"{dbt_docs}#!/model/{model}")
    for table, _ in upstream:
        page.get_by_text("Depends On", exact=True).first.click()
        if table.startswith("source."):
            page.get_by_text("Nodes", exact=True).filter(visible=True).click()
        page.locator(f'a[href$="/{table}"]').filter(visible=True).first.click()
        expect(page.get_by_role("heading", name=table.split(".")[-1])).to_be_visible()


def test_the_lineage_is_drawn(dbt_docs: str, page: Page, shot: Shot) -> None:
    page.goto(dbt_docs + MODEL)
    page.locator(".launcher a").first.click()

    expect(page.locator("canvas").first).to_be_visible()
    drawn = page.evaluate("window.graph.nodes().map(node => node.data('label'))")
    assert {"customer_mrr_movements", "partner_mrr_monthly"} <= set(drawn)
    shot("dbt_docs")
