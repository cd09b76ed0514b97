"""Health holds nothing that was known only later, and on the demo a low score warned."""

from __future__ import annotations

from datetime import date

import duckdb
from compiled_project import CompiledProject
from known_then import build_as_known, differences

STEPS = {
    "int_touches", "int_health__customer_partners", "int_health__known_states",
    "int_health__billing", "int_health__usage", "int_health__ticket_changes",
    "int_health__tickets", "int_health__touches", "int_health__values", "int_health__scores",
    "int_health__outcomes", "int_health__risks", "customer_health_backtest_monthly",
    "customer_health_monthly", "customer_health_components_monthly", "partner_health_monthly",
}  # fmt: skip
# Not the back-test: what became of a month's customers is known later by its nature.
RESULTS = (
    "int_health__values", "int_health__scores", "int_health__risks", "customer_health_monthly",
    "customer_health_components_monthly", "partner_health_monthly",
)  # fmt: skip
# What the past knew of each table that health stands on: rows, and columns that have another value
# today. In a table that nothing here says anything of, nobody has thought about what was known.
ALL, UNTOLD = "true", "cast(null as timestamp)"
KNOWN = {
    "int_months": ("month_start <= $day", {}),
    "int_as_of": (ALL, {"as_of_date": "$day", "last_complete_month": "date_trunc('month', $day)"}),
    "customer_mrr_monthly": ("month_start <= $day", {}),
    # who left in the last 31 days (link_days) may still turn out to have changed over
    "customer_mrr_movements": ("movement_date <= $day - 31", {}),
    "int_subscription_items__in_force": (
        "from_date <= $day",
        {"to_date": "case when to_date <= $day then to_date else date '9999-12-31' end"},
    ),
    "input_subscriptions": (
        "{started_at} <= $day",
        {
            "status": "'active'",
            "is_cancelled_at_period_end": "false",
            "period_ends_at": UNTOLD,
            "cancels_at": UNTOLD,
            "cancelled_at": UNTOLD,
            "ended_at": "case when {ended_at} <= $day then ended_at end",
        },
    ),
    "input_subscription_versions": ("{version_started_at} <= $day", {}),
    "input_product_usage": ("usage_date <= $day", {}),
    "input_organizations": ("{created_at} <= $day", {}),
    "input_tickets": (
        "{created_at} <= $day",
        {
            "ticket_status": "'open'",
            "priority": "'urgent'",
            "is_deleted": "false",
            "updated_at": UNTOLD,
        },
    ),
    "input_ticket_events": ("{changed_at} <= $day", {}),
    "input_ticket_comments": ("{created_at} <= $day", {}),
    "input_activities": ("activity_date <= $day", {}),
    "input_customers": ("{created_at} <= $day or created_at is null", {}),
    # who people are, the sources tell only as of now
    "input_people": (ALL, {}),
    "contribution_roles": (ALL, {}),
    "health_components": (ALL, {}),
    "health_bands": (ALL, {}),
    "health_horizons": (ALL, {}),
}


def test_health_is_what_was_known_then(
    project: CompiledProject, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """With all gone that is dated after a month, its scores and earlier ones are the same."""
    day = date(2025, 10, 31)
    build_as_known(project, warehouse, STEPS, KNOWN, day)
    try:
        for name in RESULTS:
            schema = "intermediate" if name.startswith("int_") else "certified"
            assert not differences(warehouse, f"{schema}.{name}", day), name
    finally:
        warehouse.execute("detach past")


def test_a_low_score_warned_of_customers_that_left(warehouse: duckdb.DuckDBPyConnection) -> None:
    """In the demo customers use less before they leave, and their scores should have shown it."""
    rates = dict(
        warehouse.execute(
            """
            select health_band, sum(churned_customers) / sum(customers)
            from warehouse.certified.customer_health_backtest_monthly
            where horizon_months = 3
            group by health_band
            """
        ).fetchall()
    )
    assert rates["at_risk"] > 2 * rates["watch"] > 2 * rates["healthy"]
    assert rates["leaving"] > rates["at_risk"]


def test_health_covers_all_certified_mrr(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Every customer with MRR has a row in every month."""
    health, certified = warehouse.execute(
        """
        select
            (select count(*) from warehouse.certified.customer_health_monthly),
            (
                select count(distinct (customer_id, month_start))
                from warehouse.certified.customer_mrr_monthly
            )
        """
    ).fetchall()[0]
    assert health == certified
