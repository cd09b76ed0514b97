"""What partners are shown was known then, adds up, and the page says its rules."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from compiled_project import CompiledProject
from known_then import build_as_known, differences

from orchestration.settings import PROJECT_DIR

STEPS = {
    "int_growth__scheduled_ends", "int_usage__item_months", "int_opportunities__holdings",
    "int_opportunities__usage",
    "int_opportunities__seats_near_limit", "int_opportunities__heavy_use",
    "int_opportunities__onboarding_stuck", "int_opportunities__white_space",
    "int_opportunities__renewals_due", "int_opportunities__win_backs",
    "int_opportunities__lost_members", "int_opportunities__members",
    "int_opportunities__certifications", "int_opportunities__items",
    "int_opportunities__episodes", "int_opportunities__answers",
    "int_opportunities__upsell_outcomes", "partner_opportunity_feed_monthly",
    "partner_opportunity_outcomes", "partner_opportunity_outcomes_monthly",
}  # fmt: skip
# Not partner_opportunity_outcomes: what became of an opportunity is known later by its nature.
RESULTS = (
    "certified.partner_opportunity_feed_monthly", "certified.partner_opportunity_outcomes_monthly",
)  # fmt: skip
ALL = "true"
BY_MONTH = ("month_start <= $day", {})
OPEN_UNTIL = {"to_date": "case when to_date <= $day then to_date else date '9999-12-31' end"}
KNOWN = {
    "int_months": BY_MONTH,
    "int_as_of": (
        ALL, {"as_of_date": "$day", "last_complete_month": "date_trunc('month', $day)::date"},
    ),
    "customer_mrr_monthly": BY_MONTH,
    "customer_mrr_movements": ("movement_date <= $day", {}),
    "int_subscription_items__in_force": ("from_date <= $day", OPEN_UNTIL),
    "int_mrr__partner_stock": ("from_date <= $day", OPEN_UNTIL),
    "int_exchange_rates__month_end": BY_MONTH,
    "input_product_usage": ("usage_date <= $day", {}),
    # a term is invoiced when it begins
    "input_invoice_lines": ("{period_started_at} <= $day", {}),
    "input_invoices": (ALL, {}),
    "input_recurring_prices": (ALL, {}),
    "input_subscription_versions": ("{version_started_at} <= $day", {}),
    "input_subscriptions": (
        "{started_at} <= $day",
        {"ended_at": "case when {ended_at} <= $day then ended_at end"},
    ),
    "int_partner_associations__days": ("from_date <= $day", OPEN_UNTIL),
    "input_opportunities": (
        "{created_at} <= $day",
        {name: f"{name} and close_date <= $day" for name in ("is_closed", "is_won")},
    ),
    "input_opportunity_lines": ("{created_at} <= $day", {}),
    "input_opportunity_versions": ("{version_started_at} <= $day", {}),
    "int_touches": ("touched_on <= $day", {}),
    "int_growth__decided_upsells": ("close_date <= $day", {}),
    "int_growth__partners_of_record": ("on_date <= $day", {}),
    # scores and tiers are shown elsewhere to be of their month
    "int_incentives__track_goals": BY_MONTH,
    "int_incentives__next_steps": BY_MONTH,
    "int_incentives__score_components": BY_MONTH,
    "int_incentives__gate_assessments": BY_MONTH,
    "int_incentives__bound_metrics": (ALL, {}),
    "partner_scorecard_monthly": BY_MONTH,
    # names and groups the CRM tells only as of now; rules are not of a day
    "customers": (ALL, {}),
    "partners": (ALL, {}),
    "products": (ALL, {}),
    "product_plans": (ALL, {}),
    "opportunity_rules": (ALL, {}),
    "opportunity_kinds": (ALL, {}),
}  # fmt: skip


def rules() -> list[dict[str, str]]:
    with (PROJECT_DIR / "seeds" / "opportunity_rules.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_month_shows_what_was_known_then(
    project: CompiledProject, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """With all gone that is dated after a month, it and earlier months show the same."""
    day = date(2026, 4, 30)
    build_as_known(project, warehouse, STEPS, KNOWN, day)
    try:
        for relation in RESULTS:
            assert not differences(warehouse, relation, day), relation
    finally:
        warehouse.execute("detach past")


def test_the_demo_shows_every_kind(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Otherwise nobody sees what a kind looks like, and no figure of it is tried."""
    kinds = warehouse.execute(
        "select kind, count(*) from warehouse.certified.partner_opportunity_feed group by kind"
    ).fetchall()
    assert {kind for kind, _ in kinds} == {rule["kind"] for rule in rules()}


def test_parts_of_partners_make_what_ends(warehouse: duckdb.DuckDBPyConnection) -> None:
    """To the last digit, and never more than the customer pays for the product."""
    wrong = warehouse.execute(
        """
        with shown as (
            select customer_id, product_id, month_start, sum(estimated_mrr) as estimated_mrr
            from warehouse.certified.partner_opportunity_feed_monthly
            where kind = 'renewal_due'
            group by all
        ),

        paid as (
            select customer_id, product_id, month_start, sum(mrr) as mrr
            from warehouse.certified.customer_mrr_monthly
            group by all
        )

        select shown.*, whole.estimated_mrr, paid.mrr
        from shown
        left join paid using (customer_id, product_id, month_start)
        full join warehouse.intermediate.int_opportunities__renewals_due as whole
            using (customer_id, product_id, month_start)
        where
            shown.estimated_mrr is distinct from whole.estimated_mrr
            or not coalesce(shown.estimated_mrr between 0 and paid.mrr, false)
        """
    ).fetchall()
    assert not wrong


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["kind"])
def test_the_page_says_the_rules(rule: dict[str, str]) -> None:
    """Who changes a figure of a rule changes what people read of it."""
    page = (PROJECT_DIR / "docs" / "opportunities.md").read_text("utf-8")
    [row] = [line for line in page.splitlines() if line.startswith(f"| `{rule['kind']}` |")]
    figures = ("threshold", "target", "minimum_size", "window_from", "window_to", "weight")
    for value in (Decimal(rule[figure]) for figure in figures if rule[figure]):
        assert f" {100 * value:.0f} %" in row or f" {value.normalize():f} " in row, value
