"""Metrics asked through MetricFlow are the certified tables, and its known traps do not bite."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import MainRun, settings_in
from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

from orchestration.errors import PartnerMetricsError
from orchestration.exports import (
    RANK,
    Export,
    read_exports,
    record_path,
    require_exports,
    write_table,
)
from orchestration.manifest import read_manifest
from orchestration.publishing import current_definitions, current_file
from orchestration.semantic_layer import SemanticLayer, opened
from orchestration.settings import PROJECT_DIR

MONTH, PARTNER = "metric_time__month", "partner"
# MetricFlow divides in floating point: the sixth place is the last that both sides show.
RATIO = Decimal("0.000001")


@dataclass(frozen=True)
class Parity:
    """A certified answer: `sql` gives the values of `group_by`, in this order, and then the metric.

    `absent` is what a missing row stands for: 0 where nothing happened or nothing is there, None
    where there is no figure. The answers may differ by `tolerance`.
    """

    group_by: tuple[str, ...]
    sql: str
    absent: int | None = 0
    tolerance: Decimal = Decimal(0)


def flow(column: str, table: str = "partner_mrr_monthly") -> list[Parity]:
    """A column of a partner's month that adds up over partners and months."""
    return [
        Parity((MONTH, PARTNER), f"select month_start, partner_id, {column} from {table}"),
        Parity((MONTH,), f"select month_start, sum({column}) from {table} group by month_start"),
        Parity((), f"select sum({column}) from {table}"),
    ]


def state(
    column: str, table: str = "partner_mrr_monthly", vendor: str = "", where: str = "true"
) -> list[Parity]:
    """A column that adds up over partners, or stands in the table `vendor`; never over months."""
    months = f"select month_start, sum({column}) from {table} where {where} group by month_start"
    if vendor:
        months = f"select month_start, {column} from {vendor}"
    return [
        Parity(
            (MONTH, PARTNER), f"select month_start, partner_id, {column} from {table} where {where}"
        ),
        Parity((MONTH,), months),
        Parity((), last_month(months)),
    ]


def last_month(months: str) -> str:
    """The value in the last month of a query for month and value."""
    return (
        f"select value from ({months}) as months (month_start, value) "
        "where month_start = (select max(month_start) from vendor_summary_monthly)"
    )


def figure(
    column: str, table: str, vendor: str = "", where: str = "true", total: bool = True
) -> list[Parity]:
    """A ratio or mean as the partner's row says it, and as the vendor's does."""
    checks = [
        Parity(
            (MONTH, PARTNER),
            f"select month_start, partner_id, {column} from {table} where {where}",
            absent=None,
            tolerance=RATIO,
        )
    ]
    return checks + (of_vendor(column, vendor, total=total) if vendor else [])


def mean_of_partners(column: str, table: str) -> list[Parity]:
    months = f"select month_start, avg({column}) from {table} group by month_start"
    return [
        *figure(column, table),
        Parity((MONTH,), months, absent=None, tolerance=RATIO),
        Parity((), last_month(months), absent=None, tolerance=RATIO),
    ]


def of_vendor(column: str, table: str, where: str = "true", total: bool = True) -> list[Parity]:
    """A figure of the vendor's row; without a month, that of the last one."""
    months = f"select month_start, {column} from {table} where {where}"
    checks = [Parity((MONTH,), months, absent=None, tolerance=RATIO)]
    if total:
        checks.append(Parity((), last_month(months), absent=None, tolerance=RATIO))
    return checks


def program_payout(column: str) -> list[Parity]:
    return [
        Parity(
            (MONTH, "program_payout__program_id", "program_payout__payee_kind"),
            f"select month_start, program_id, payee_kind, {column} from {PAYOUTS}",
        ),
        Parity((), f"select sum({column}) from {PAYOUTS}"),
    ]


def program_health(measure: str) -> list[Parity]:
    return of_vendor("value", HEALTH, f"measure_id = '{measure}'")


def effect(outcome: str, column: str) -> list[Parity]:
    return [
        Parity(
            (MONTH, "effect__exposure_id"),
            f"select month_start, exposure_id, {column} from effect_estimates_monthly "
            f"where outcome_id = '{outcome}'",
            absent=None,
            tolerance=RATIO,
        )
    ]


def of_health_band(band: str) -> list[Parity]:
    """Customers of a band at the end of each month; with the column itself, all of them."""
    counted = f"count(*) filter (where health_band is not distinct from {band})"
    months = f"select month_start, {counted} from customer_health_monthly group by month_start"
    return [Parity((MONTH,), months), Parity((), last_month(months))]


def feed(value: str) -> list[Parity]:
    """What the opportunities of a month come to, by partner and kind, and in all."""
    table = "from partner_opportunity_feed_monthly"
    months = f"select month_start, {value} {table} group by month_start"
    return [
        Parity(
            (MONTH, PARTNER, "opportunity__kind"),
            f"select month_start, partner_id, kind, {value} {table} group by all",
        ),
        Parity((MONTH,), months),
        Parity((), last_month(months)),
    ]


def evidence(value: str, absent: int | None = 0) -> list[Parity]:
    """A sum or share over the rows of each month; `absent` is what nothing counts as."""
    months = f"select month_start, {value} from mrr_evidence_monthly group by month_start"
    tolerance = RATIO if absent is None else Decimal(0)
    return [
        Parity((MONTH,), months, absent, tolerance),
        Parity((), last_month(months), absent, tolerance),
    ]


def contributed(column: str, certified: str) -> list[Parity]:
    """A role's part by the default rule; `certified` is what all roles are, by month."""
    return [
        Parity(
            (MONTH, PARTNER, "contribution__role_id"),
            f"select month_start, partner_id, role_id, {column} from role_contribution_monthly "
            "where is_default_rule",
        ),
        Parity((MONTH,), f"{certified} group by month_start"),
    ]


def cohort_base(column: str) -> list[Parity]:
    return [
        Parity(
            (MONTH, PARTNER, "retention__window_months"),
            "select month_start, partner_id, window_months, "
            f"{column} from partner_retention_monthly",
        )
    ]


def partner_retention(column: str, window: int) -> list[Parity]:
    return figure(column, "partner_retention_monthly", where=f"window_months = {window}")


def vendor_retention(column: str, window: int) -> list[Parity]:
    where = f"level = 'vendor' and window_months = {window}"
    return of_vendor(column, "retention_by_level_monthly", where)


def level_retention(column: str) -> list[Parity]:
    return [
        Parity(
            (MONTH, "retention_level__level", "retention_level__level_value"),
            f"select month_start, level, level_value, {column} from retention_by_level_monthly "
            "where window_months = 12",
            absent=None,
            tolerance=RATIO,
        )
    ]


def landing_cohort(level: str, column: str, absent: int | None = 0) -> list[Parity]:
    groups: tuple[str, ...] = (MONTH, "cohort__months_since_landing")
    keys = "landing_month, months_since_landing"
    if level == "partner":
        groups, keys = (*groups, PARTNER), f"{keys}, level_value"
    sql = f"select {keys}, {column} from landing_cohorts_monthly where level = '{level}'"
    return [Parity(groups, sql, absent, Decimal(0) if absent == 0 else RATIO)]


def onboarding(column: str) -> list[Parity]:
    """Days of a partner, by the month in which it joined; of several the mean of those it has."""
    joined, table = "date_trunc('month', joined_on)::date", "partner_onboarding"
    return [
        Parity((MONTH, PARTNER), f"select {joined}, partner_id, {column} from {table}", None),
        Parity((MONTH,), f"select {joined}, avg({column}) from {table} group by 1", None, RATIO),
        Parity((), f"select avg({column}) from {table}", None, RATIO),
    ]


def land_and_expand(level: str, column: str, absent: int | None = 0) -> list[Parity]:
    groups: tuple[str, ...] = (MONTH,)
    keys = "landing_month"
    if level == "partner":
        groups, keys = (*groups, PARTNER), f"{keys}, level_value"
    sql = f"select {keys}, {column} from land_and_expand_cohorts where level = '{level}'"
    return [Parity(groups, sql, absent, Decimal(0) if absent == 0 else RATIO)]


BRIDGE = ("new", "reactivation", "expansion", "contraction", "churn", "fx", "correction")
TRANSFERS = ("transfer_in", "transfer_out")
SUMMARY, GROWTH, VENDOR_GROWTH = (
    "vendor_summary_monthly",
    "partner_growth_monthly",
    "vendor_growth_monthly",
)
UNEXPLAINED = "agreement in ('differs', 'other_currency', 'mrr_without_bill')"
FORWARD, MIX = "partner_forward_mrr_monthly", "partner_revenue_mix_monthly"
CONTRACTS, ENABLEMENT = "partner_contracts_monthly", "partner_enablement_monthly"
CONVERSATION, LEARNING = "partner_conversation_monthly", "partner_learning_monthly"
PAYOUTS, HEALTH = "program_payouts_monthly", "program_health_monthly"
SERVICE = "support_service_monthly"
PARTNER_HEALTH = "partner_health_monthly"
FEED_OUTCOMES = "partner_opportunity_outcomes_monthly"
UPSELL = "from customer_mrr_movements where movement = 'expansion' and is_upsell"
YEAR_TO_DATE = (
    "sum(closing_mrr - opening_mrr) over ({} date_trunc('year', month_start) order by month_start)"
)
GAINED, LOST = "new_mrr + reactivation_mrr + expansion_mrr", "contraction_mrr + churn_mrr"

PARITY: dict[str, list[Parity]] = {
    "closing_mrr": state("closing_mrr", vendor=SUMMARY),
    "closing_arr": state("closing_arr", vendor=SUMMARY),
    "customers": state("customers", vendor=SUMMARY),
    "mrr_at_risk": state("mrr_at_risk", vendor=SUMMARY),
    "opening_mrr": [
        *state("opening_mrr", vendor=SUMMARY)[:2],
        Parity((), f"select opening_mrr from {SUMMARY} order by month_start limit 1"),
    ],
    "closing_native": [
        Parity(
            (MONTH, "currency"),
            "select month_start, currency, sum(native_mrr) from customer_mrr_monthly group by all",
        )
    ],
    "evidenced_mrr": [
        *evidence("sum(closing_mrr)"),
        Parity(
            (MONTH, "evidence__evidence_tier", "evidence__agreement"),
            "select month_start, evidence_tier, agreement, coalesce(sum(closing_mrr), 0) "
            "from mrr_evidence_monthly group by all",
        ),
    ],
    "billed_recurring_mrr": evidence("sum(billed_mrr)"),
    "agreeing_mrr": evidence("sum(case when agreement = 'agrees' then closing_mrr else 0 end)"),
    "unexplained_mrr": evidence(f"sum(case when {UNEXPLAINED} then closing_mrr else 0 end)"),
    "mrr_agreement_share": evidence(
        "sum(case when agreement = 'agrees' then closing_mrr else 0 end) / sum(closing_mrr)", None
    ),
    "movement_amount": flow("closing_mrr - opening_mrr"),
    "movement_amount_year_to_date": [
        Parity(
            (MONTH, PARTNER),
            f"select month_start, partner_id, {YEAR_TO_DATE.format('partition by partner_id,')} "
            "from partner_mrr_monthly",
        ),
        Parity(
            (MONTH,), f"select month_start, {YEAR_TO_DATE.format('partition by')} from {SUMMARY}"
        ),
    ],
    **{f"{name}_mrr": flow(f"{name}_mrr") for name in (*BRIDGE, *TRANSFERS)},
    "gained_mrr": flow(GAINED),
    "lost_mrr": flow(LOST),
    "quick_ratio": figure("quick_ratio", GROWTH, VENDOR_GROWTH, total=False),
    "arpa": figure("arpa", GROWTH, VENDOR_GROWTH),
    "signed_not_live_arr": state("signed_not_live_arr", GROWTH, VENDOR_GROWTH),
    "carr": state("carr", GROWTH, VENDOR_GROWTH),
    **{
        f"{who}_{column}": checks
        for column in ("customer_churn_rate", "ltv", "expansion_incidence", "upsell_success_rate")
        for who, checks in (
            ("vendor", of_vendor(column, VENDOR_GROWTH)),
            ("partner", mean_of_partners(column, GROWTH)),
        )
    },
    "forward_mrr_1_month": state("forward_mrr", FORWARD, where="horizon_months = 1"),
    "forward_mrr_3_months": state("forward_mrr", FORWARD, where="horizon_months = 3"),
    "forward_mrr_12_months": state("forward_mrr", FORWARD, where="horizon_months = 12"),
    **{
        f"{column}_12_months": state(column, FORWARD, where="horizon_months = 12")
        for column in ("scheduled_churn_mrr", "contracted_change_mrr", "signed_not_live_mrr")
    },
    "usage_mrr": state("usage_mrr", MIX),
    **{
        f"{kind}_revenue": flow(f"{kind}_revenue", MIX)
        for kind in ("one_off", "hardware", "setup", "services", "other", "pass_through")
    },
    "recurring_revenue": flow("recurring_mrr", MIX),
    "recurring_and_one_off_revenue": flow("recurring_mrr + one_off_revenue", MIX),
    "recurring_share": figure("recurring_share", MIX),
    "upsell_mrr": [
        Parity(
            (MONTH, PARTNER), f"select month_start, partner_id, sum(amount) {UPSELL} group by all"
        ),
        Parity((MONTH,), f"select month_start, sum(amount) {UPSELL} group by month_start"),
        Parity((), f"select sum(amount) {UPSELL}"),
    ],
    "billed_revenue": [
        Parity(
            (MONTH, PARTNER, "product"),
            "select month_start, partner_id, product_id, sum(billed_revenue) "
            "from partner_billed_revenue_monthly group by all",
        ),
        Parity((), "select sum(billed_revenue) from partner_billed_revenue_monthly"),
    ],
    **{
        column: flow(column, CONTRACTS)
        for column in ("signed_contract_value", "won_registered_deals", "renewed_mrr")
    },
    **{
        f"renewal_{side}_mrr_12_months": state(f"renewal_{side}_mrr_12_months", CONTRACTS)
        for side in ("due", "kept")
    },
    "renewal_rate_12_months": figure("renewal_rate_12_months", CONTRACTS),
    **{
        column: state(column, ENABLEMENT)
        for column in (
            "certified_people",
            "certificates",
            "seats_bought",
            "seats_used",
            "active_users",
        )
    },
    "adoption_rate": figure("adoption_rate", ENABLEMENT),
    "milestones_reached": flow("milestones_reached", ENABLEMENT),
    "first_uses": flow("first_uses", ENABLEMENT),
    "open_opportunities": feed("count(*)"),
    "estimated_opportunity_mrr": feed("coalesce(sum(estimated_mrr), 0)"),
    **{
        column: state(column, FEED_OUTCOMES)
        for column in (
            "judged_opportunities",
            "accepted_opportunities",
            "feed_decided_upsells",
            "feed_won_upsells",
            "other_decided_upsells",
            "other_won_upsells",
        )
    },
    "opportunity_acceptance_rate": figure("acceptance_rate", FEED_OUTCOMES),
    "feed_upsell_success_rate": figure("feed_upsell_success_rate", FEED_OUTCOMES),
    "other_upsell_success_rate": figure("other_upsell_success_rate", FEED_OUTCOMES),
    **{
        column: state(column, PARTNER_HEALTH)
        for column in ("health_points_mrr", "scored_mrr", "mrr_at_churn_risk", "unknown_risk_mrr")
    },
    "expected_lost_mrr": [
        replace(check, absent=None) for check in state("expected_lost_mrr", PARTNER_HEALTH)
    ],
    "mean_health_score": figure("mean_health_score", PARTNER_HEALTH),
    "health_customers": [
        Parity(
            (MONTH, "health__health_band", "customer__segment"),
            "select month_start, health_band, segment, count(*) from customer_health_monthly "
            "inner join customers using (customer_id) group by all",
        ),
        *of_health_band("health_band"),
    ],
    **{
        f"{band}_customers": of_health_band(f"'{band}'")
        for band in ("healthy", "watch", "at_risk", "leaving")
    },
    **{
        name: [
            Parity(
                (MONTH, "backtest__health_band", "backtest__horizon_months"),
                f"select month_start, health_band, horizon_months, {column} "
                "from customer_health_backtest_monthly",
            )
        ]
        for name, column in (
            ("health_cases", "customers"),
            ("churned_health_cases", "churned_customers"),
        )
    },
    **{
        f"health_churn_rate_{months}_months": [
            Parity(
                (MONTH, "backtest__health_band"),
                "select month_start, health_band, churn_rate "
                f"from customer_health_backtest_monthly where horizon_months = {months}",
                absent=None,
                tolerance=RATIO,
            )
        ]
        for months in (3, 6)
    },
    **{
        column: program_payout(column)
        for column in ("payout", "lasting_value_payout", "direct_revenue_payout")
    },
    **{
        measure: program_health(measure)
        for measure in (
            "payout_share_lasting_value",
            "payout_share_direct_revenue",
            "payout_share_unclassified",
            "payout_share_lasting_value_partners",
            "payout_share_lasting_value_own_people",
        )
    },
    **{
        f"program_{measure}": program_health(measure)
        for measure in (
            "recurring_share",
            "first_reply_hours",
            "reopen_rate",
            "satisfaction_rate",
            "conversing_partners_share",
            *(
                f"{kind}_{role}"
                for kind in ("contribution_share", "reward_share", "reward_gap")
                for role in (
                    "account_manager",
                    "customer_support",
                    "customer_success",
                    "partner_staff",
                )
            ),
        )
    },
    **{
        f"effect_on_{name}{bound}": effect(outcome, f"difference{bound}")
        for name, outcome in {
            "renewal": "renewed",
            "expansion": "expanded",
            "nrr": "mrr_kept",
        }.items()
        for bound in ("", "_low", "_high")
    },
    "touches": [
        Parity(
            (MONTH, "touch__role_id"),
            "select month_start, role_id, sum(touches) from customer_touches_monthly group by all",
        ),
        Parity((), "select sum(touches) from customer_touches_monthly"),
    ],
    **{
        column: flow(column, SERVICE)
        for column in (
            "tickets_asked",
            "knowledge_answers",
            "enablement_sessions",
            "first_reply_tickets",
            "first_reply_minutes",
            "first_resolution_tickets",
            "first_resolution_minutes",
            "solved_tickets",
            "reopened_tickets",
            "good_ratings",
            "rated_tickets",
        )
    },
    **{
        column: figure(column, SERVICE)
        for column in (
            "mean_first_reply_minutes",
            "mean_first_resolution_minutes",
            "reopen_rate",
            "satisfaction_rate",
        )
    },
    "contributed_retained_mrr": contributed(
        "retained_mrr",
        "select month_start, sum(gross_retained_mrr) from partner_retention_monthly "
        "where window_months = 12",
    ),
    "contributed_expanded_mrr": contributed(
        "expanded_mrr", "select month_start, sum(expansion_mrr) from partner_mrr_monthly"
    ),
    "conversation_threads": state("threads", CONVERSATION),
    **{
        column: state(column, CONVERSATION)
        for column in (
            "two_way_threads",
            "continuing_threads",
            "threads_by_partner",
            "threads_by_vendor",
            "answered_by_partner",
            "answered_by_vendor",
            "window_messages_sent",
            "window_messages_read",
        )
    },
    **{
        column: figure(column, CONVERSATION)
        for column in (
            "two_way_share",
            "continuing_share",
            "started_by_partner_share",
            "answered_share",
            "vendor_answered_share",
            "read_share",
        )
    },
    **{
        column: mean_of_partners(column, CONVERSATION)
        for column in (
            "conversation_index",
            "partner_median_hours_to_answer",
            "vendor_median_hours_to_answer",
        )
    },
    **{
        column: flow(column, CONVERSATION)
        for column in (
            "messages_sent",
            "messages_received",
            "portal_logins",
            "deals_registered",
            "deals_won",
            "deals_lost",
            "deals_rejected",
        )
    },
    "training_enrolments": flow("enrolled", LEARNING),
    "training_completions": flow("completed", LEARNING),
    "training_enrolments_12_months": state("enrolled_12_months", LEARNING),
    "training_completions_12_months": state("completed_12_months", LEARNING),
    "training_completion_rate": figure("completion_rate", LEARNING),
    **{column: state(column, LEARNING) for column in ("lapsing_certificates", "lapsing_people")},
    **{
        f"days_to_first_{step}": onboarding(f"days_to_first_{step}")
        for step in ("registered_deal", "sale", "renewal", "certificate")
    },
    "retention_cohort_mrr": cohort_base("cohort_mrr"),
    "retention_cohort_customers": cohort_base("cohort_customers"),
    **{
        column: cohort_base(column)
        for column in (
            "retained_mrr",
            "gross_retained_mrr",
            "reported_retained_mrr",
            "reported_gross_retained_mrr",
            "retained_customers",
        )
    },
    **{
        f"{who}_{column}_{window}_month{'s' if window > 1 else ''}": checks(column, window)
        for column in ("nrr", "grr", "logo_retention")
        for window in (1, 3, 12)
        for who, checks in (("partner", partner_retention), ("vendor", vendor_retention))
    },
    **{
        f"{who}_{column}_as_reported_12_months": checks(f"{column}_as_reported", 12)
        for column in ("nrr", "grr")
        for who, checks in (("partner", partner_retention), ("vendor", vendor_retention))
    },
    **{
        f"level_{column}_12_months": level_retention(column)
        for column in ("nrr", "grr", "logo_retention")
    },
    **{
        f"{who}_cohort_{name}": landing_cohort(who, column, absent)
        for name, column, absent in (
            ("landing_mrr", "landing_mrr", 0),
            ("retained_mrr", "retained_mrr", 0),
            ("landed_customers", "landed_customers", 0),
            ("retained_customers", "retained_customers", 0),
            ("mrr_retention", "mrr_retention", None),
            ("logo_retention", "logo_retention", None),
        )
        for who in ("vendor", "partner")
    },
    **{
        f"{who}_{name}": land_and_expand(who, column, absent)
        for name, column, absent in (
            ("landing_mrr", "landing_mrr", 0),
            ("landed_mrr_now", "current_mrr", 0),
            ("expansion_multiple", "expansion_multiple", None),
            ("mean_months_to_expansion", "mean_months_to_expansion", None),
            ("median_months_to_expansion", "median_months_to_expansion", None),
        )
        for who in ("vendor", "partner")
    },
}


@pytest.fixture(scope="module")
def published(
    main_run: MainRun,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, SemanticLayer]]:
    """The published file, with the definitions that were published with it."""
    settings = main_run.settings
    with opened(current_file(settings), current_definitions(settings), settings) as (
        connection,
        layer,
    ):
        connection.execute(f"use {settings.warehouse_path.stem}.certified")
        yield connection, layer


@pytest.fixture(scope="module")
def layer(published: tuple[duckdb.DuckDBPyConnection, SemanticLayer]) -> SemanticLayer:
    return published[1]


@pytest.fixture(scope="module")
def tables(
    published: tuple[duckdb.DuckDBPyConnection, SemanticLayer],
) -> duckdb.DuckDBPyConnection:
    """A connection on which published tables go by their bare name."""
    return published[0]


@pytest.fixture(scope="module")
def exports(main_run: MainRun) -> list[Export]:
    return read_exports(read_manifest(main_run.settings))


def asked(layer: SemanticLayer, metric: str, group_by: tuple[str, ...]) -> dict[Any, Any]:
    rows = layer.rows([metric], group_by)
    return {tuple(row[name] for name in group_by): row[metric] for row in rows}


def certified(tables: duckdb.DuckDBPyConnection, sql: str) -> dict[Any, Any]:
    return {row[:-1]: row[-1] for row in tables.execute(sql).fetchall()}


def differs(one: Any, other: Any, tolerance: Decimal) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(Decimal(one) - Decimal(other).quantize(RATIO)) > tolerance


def test_every_metric_is_compared_with_its_certified_table(layer: SemanticLayer) -> None:
    assert {metric.name for metric in layer.manifest.metrics} == set(PARITY)


@pytest.mark.parametrize("metric", PARITY)
def test_a_metric_is_what_its_certified_table_says(
    metric: str, layer: SemanticLayer, tables: duckdb.DuckDBPyConnection
) -> None:
    """For every partner and month, for the vendor, and in total."""
    for check in PARITY[metric]:
        answers = asked(layer, metric, check.group_by)
        truth = certified(tables, check.sql)
        assert truth
        wrong = {
            key: (answers.get(key, check.absent), truth.get(key, check.absent))
            for key in answers.keys() | truth.keys()
            if differs(
                answers.get(key, check.absent), truth.get(key, check.absent), check.tolerance
            )
        }
        assert not wrong, (check.group_by, len(wrong), list(wrong.items())[:5])


def test_every_measure_of_program_health_is_the_metric_that_it_names(
    layer: SemanticLayer, tables: duckdb.DuckDBPyConnection
) -> None:
    """The page, the table and the semantic layer say one figure."""
    named = certified(tables, "select distinct measure_id, metric_id from program_health_monthly")
    assert named
    for (measure,), metric in named.items():
        answers = asked(layer, metric, (MONTH,))
        months = certified(
            tables,
            "select month_start, value from program_health_monthly "
            f"where measure_id = '{measure}' and value is not null",
        )
        wrong = {
            month: (answers.get(month), value)
            for month, value in months.items()
            if differs(answers.get(month), value, RATIO)
        }
        assert not wrong, (measure, metric, list(wrong.items())[:3])


def test_mrr_without_a_month_is_that_of_the_last_month(
    layer: SemanticLayer, tables: duckdb.DuckDBPyConnection
) -> None:
    """Trap: a sum over all months. MRR adds up over partners, never over months."""
    months = certified(tables, "select month_start, closing_mrr from vendor_summary_monthly")
    (row,) = layer.rows(["closing_mrr", "customers"])
    assert row["closing_mrr"] == months[max(months)]
    assert row["closing_mrr"] < sum(months.values())

    by_partner = asked(layer, "closing_mrr", (PARTNER,))
    assert sum(by_partner.values()) == months[max(months)]


def test_mrr_of_a_quarter_is_that_of_its_last_month(
    layer: SemanticLayer, tables: duckdb.DuckDBPyConnection
) -> None:
    truth = tables.execute(
        "select date_trunc('quarter', month_start)::date, "
        "arg_min(opening_mrr, month_start), sum(closing_mrr - opening_mrr), "
        "arg_max(closing_mrr, month_start) from vendor_summary_monthly group by 1 order by 1"
    ).fetchall()
    metrics = ["opening_mrr", "movement_amount", "closing_mrr"]
    rows = layer.rows(metrics, ["metric_time__quarter"])
    answers = [tuple(row[name] for name in ("metric_time__quarter", *metrics)) for row in rows]
    assert sorted(answers) == truth


def test_a_customer_that_left_has_nothing_left(
    layer: SemanticLayer, tables: duckdb.DuckDBPyConnection
) -> None:
    """Trap: a filter is applied before the last month is found, and leaves no month after July."""
    row = tables.execute(
        "select customer_id, max(month_start), arg_max(mrr, month_start) from "
        "(select customer_id, month_start, sum(mrr) as mrr from customer_mrr_monthly group by all) "
        "group by customer_id "
        "having max(month_start) < (select max(month_start) from vendor_summary_monthly) "
        "and month(max(month_start)) % 3 <> 0 order by customer_id limit 1"
    ).fetchone()
    assert row is not None
    customer, month, mrr = row
    gone = [f"{{{{ Entity('customer') }}}} = '{customer}'"]
    metrics = ["closing_mrr", "customers"]
    assert layer.rows(metrics, [], gone) == [{"closing_mrr": 0, "customers": 0}]
    for grain in ("quarter", "year"):
        periods = layer.rows(metrics, [f"metric_time__{grain}"], gone)
        begin = tables.execute(f"select date_trunc('{grain}', ?)::date", [month]).fetchone()
        assert begin is not None
        assert begin[0] not in {row[f"metric_time__{grain}"] for row in periods if row[metrics[0]]}
    # up to the month in which it was there, it was there
    then = [*gone, f"{{{{ TimeDimension('metric_time', 'month') }}}} <= '{month}'"]
    assert layer.rows(metrics, [], then) == [{"closing_mrr": mrr, "customers": 1}]
    dated = layer.rows(["closing_mrr"], [MONTH], gone)
    assert max(row[MONTH] for row in dated) == month
    assert (customer,) not in asked(layer, "closing_mrr", ("customer",))


def test_of_what_is_no_more_nothing_counts_whatever_is_asked(
    layer: SemanticLayer, tables: duckdb.DuckDBPyConnection
) -> None:
    """A measure of each state, filtered on a value of each of its dimensions that is gone at the
    end of a quarter: the rows of the last month say what there is, none says that there is none."""
    cases = list(_states_that_end(layer, tables))
    assert len({model for model, *_ in cases}) >= 8
    for model, measure, name, value, last_months in cases:
        metric, expression = measure
        where = [f"cast({{{{ {name} }}}} as varchar) = '{value}'"]
        for grain, rows in last_months.items():
            answers = {
                row.get(f"metric_time__{grain}"): row[metric]
                for row in layer.rows([metric], [f"metric_time__{grain}"] if grain else [], where)
            }
            truth = dict(tables.execute(rows.replace("VALUE", expression)).fetchall())
            wrong = {
                key: (answers.get(key), truth.get(key))
                for key in answers.keys() | truth.keys()
                if differs(answers.get(key) or 0, truth.get(key) or 0, RATIO)
            }
            assert not wrong, (model, metric, name, value, grain, list(wrong.items())[:3])


AGGREGATES = {"sum": "sum({})", "average": "avg({})", "max": "max({})",
              "count_distinct": "count(distinct {})"}  # fmt: skip


def _states_that_end(
    layer: SemanticLayer, tables: duckdb.DuckDBPyConnection
) -> Iterator[tuple[str, tuple[str, str], str, str, dict[str, str]]]:
    """Semantic model, metric with its SQL, dimension, value, and by grain the query of the truth.

    The value has rows in a quarter, and none at its end.
    """
    simple = {
        metric.type_params.measure.name: metric.name
        for metric in layer.manifest.metrics
        if metric.type.value == "simple" and metric.type_params.measure and metric.filter is None
    }
    for model in layer.manifest.semantic_models:
        measure = next(
            (
                (simple[one.name], AGGREGATES[one.agg.value].format(one.expr or one.name))
                for one in model.measures
                if one.non_additive_dimension and one.name in simple
                and one.non_additive_dimension.window_choice.value == "max"
            ),
            None,
        )  # fmt: skip
        if measure is None:
            continue
        table = model.node_relation.alias
        names = [(f"Entity('{one.name}')", one.expr or one.name) for one in model.entities]
        names += [
            (f"Dimension('{model.primary_entity}__{one.name}')", one.expr or one.name)
            for one in model.dimensions
            if one.type.value == "categorical"
        ]
        for name, expression in names:
            there = (
                f"(select cast({expression} as varchar) as value, month_start, "
                "date_trunc('quarter', month_start) as period, "
                "(select max(month_start) from calendar_months) as last_month "
                f"from {table})"
            )
            row = tables.execute(
                f"select value from {there} where value is not null group by value, period "
                "having max(month_start) < least(max(period) + interval 2 month, max(last_month)) "
                "order by value limit 1"
            ).fetchone()
            if row is None:
                continue
            of_value = f"{table} where cast({expression} as varchar) = '{row[0]}'"
            months = (
                f"select VALUE as value, month_start as key from {of_value} group by month_start"
            )
            last = "(select max(month_start) from calendar_months)"
            yield model.name, measure, name, row[0], {
                "": f"select null, value from ({months}) where key = {last}",
                **{
                    grain: f"select date_trunc('{grain}', key)::date, value from ({months}) "
                    f"where key = least(date_trunc('{grain}', key) + interval {count} month, "
                    f"{last})"
                    for grain, count in (("quarter", 2), ("year", 11))
                },
            }  # fmt: skip


def test_every_state_is_looked_for_in_the_months_after_it(layer: SemanticLayer) -> None:
    """Each metric of a semi-additive measure, alone and beside another of its table, whose rows
    MetricFlow then reads in common."""
    state = {
        measure.name: (model.name, measure.non_additive_dimension.window_choice.value)
        for model in layer.manifest.semantic_models
        for measure in model.measures
        if measure.non_additive_dimension
    }
    metrics = {
        metric.name: state[metric.type_params.measure.name]
        for metric in layer.manifest.metrics
        if metric.type_params.measure and metric.type_params.measure.name in state
    }
    assert len(metrics) > 60
    before: dict[str, str] = {}
    for metric, (model, choice) in metrics.items():
        names = sorted({metric, before.setdefault(model, metric)})
        request = MetricFlowQueryRequest.create(
            metric_names=names, group_by_names=["metric_time__quarter"]
        )
        sql = layer.sql(request)
        searches = sql.count("AS month_start__month__complete")
        assert searches == sql.count("union all select * replace") > 0, (names, sql)
        assert f"(select {choice}(month_start) from" in sql, metric


def test_a_running_total_ends_with_the_last_complete_month(
    layer: SemanticLayer, tables: duckdb.DuckDBPyConnection
) -> None:
    """Trap: cumulative metrics are carried along the time spine, past the last month of data."""
    truth = tables.execute(
        "select min(month_start), max(month_start), max(last_day(month_start)) "
        "from vendor_summary_monthly"
    ).fetchone()
    assert truth is not None
    months = asked(layer, "movement_amount_year_to_date", (MONTH,))
    assert (min(months)[0], max(months)[0]) == truth[:2]
    assert len(months) == len(
        certified(tables, "select month_start, 1 from vendor_summary_monthly")
    )

    days = asked(layer, "movement_amount_year_to_date", ("metric_time__day",))
    assert max(days)[0] == truth[2]
    # Of a month, the value at its end counts, not at its beginning.
    assert months[(truth[1],)] == days[(truth[2],)]


def test_a_gap_between_tables_is_nought_only_where_nought_is_true(
    layer: SemanticLayer, tables: duckdb.DuckDBPyConnection
) -> None:
    """Trap: what one table does not have for a row of another is null. No churn is 0; no retention
    stays empty."""
    metrics = ["closing_mrr", "churn_mrr", "partner_nrr_12_months"]
    rows = layer.rows(metrics, [MONTH, PARTNER])
    truth = {
        row[:2]: row[2:]
        for row in tables.execute(
            "select month_start, partner_id, closing_mrr, churn_mrr, nrr "
            "from partner_mrr_monthly left join partner_retention_monthly "
            "using (month_start, partner_id) where window_months = 12"
        ).fetchall()
    }
    for row in rows:
        closing, churn, nrr = truth[row[MONTH], row[PARTNER]]
        assert (row["closing_mrr"], row["churn_mrr"]) == (closing, churn)
        assert not differs(row["partner_nrr_12_months"], nrr, RATIO)
    values = [tuple(row[metric] for metric in metrics) for row in rows]
    assert any(closing and not churn and nrr is None for closing, churn, nrr in values)
    assert any(churn == 0 and nrr is not None for _, churn, nrr in values)


def test_every_export_is_the_answer_to_its_saved_query(
    layer: SemanticLayer, tables: duckdb.DuckDBPyConnection, exports: list[Export]
) -> None:
    assert len(exports) >= 8
    for export in exports:
        answer = layer.client.query(layer.saved_query_sql(export.query))
        asked = [column for column in export.columns if column != RANK]
        places = [answer.column_names.index(column.source) for column in asked]
        expected = [tuple(row[place] for place in places) for row in answer.rows]
        names = ", ".join(column.name for column in asked)
        if export.ordered_by:
            ranked = tables.execute(f"select {names} from {export.table} order by rank").fetchall()
            assert ranked == expected, "the rank is the place in the answer"
        expected = sorted(expected, key=repr)
        written = tables.execute(f"select {names} from {export.table}").fetchall()
        assert sorted(written, key=repr) == expected, export.table
        keys = f"select count(*) - count(distinct ({', '.join(export.grain)})) from {export.table}"
        assert tables.execute(keys).fetchone() == (0,), export.table


def test_exports_are_certified_tables_like_the_others(
    tables: duckdb.DuckDBPyConnection, exports: list[Export]
) -> None:
    types = set()
    for export in exports:
        columns = tables.execute(
            "select column_name, data_type, comment from duckdb_columns() "
            "where database_name = current_database() and table_name = ? order by column_index",
            [export.table],
        ).fetchall()
        assert [row[0] for row in columns] == [column.name for column in export.columns]
        assert all(comment for _, _, comment in columns), export.table
        types |= {row[1] for row in columns}
    assert types == {"VARCHAR", "DATE", "BIGINT", "DECIMAL(28,6)", "DECIMAL(18,6)"}


def test_a_report_without_rows_is_an_empty_table(exports: list[Export]) -> None:
    """A company without partners has no top partners, and publishes all the same."""
    export = next(one for one in exports if one.ordered_by)
    answer = ", ".join(
        f"null::{'decimal(28, 6)' if column in export.metrics else 'varchar'} as {column.source}"
        for column in export.columns
        if column != RANK
    )
    with duckdb.connect() as connection:
        assert write_table(connection, "report", export, f"select {answer} where false") == 0
        found = connection.execute("describe report").fetchall()
    assert [row[0] for row in found] == [column.name for column in export.columns]


def test_reports_of_another_build_are_not_published(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with pytest.raises(PartnerMetricsError, match="not written yet"):
        require_exports(settings, "run")
    settings.build_dir.mkdir(parents=True)
    record_path(settings).write_text('{"run_id": "another run", "rows": {}}', encoding="utf-8")
    with pytest.raises(PartnerMetricsError, match="another build"):
        require_exports(settings, "run")


def test_customers_land_in_the_same_month_wherever_it_is_said(
    tables: duckdb.DuckDBPyConnection,
) -> None:
    own = certified(tables, "select landing_month, count(*) from customers group by all")
    cohorts = (
        "select landing_month, landed_customers from {} where level = 'vendor' "
        "and landing_month = {}"
    )
    assert own == certified(tables, cohorts.format("landing_cohorts_monthly", "month_start"))
    assert own == certified(tables, cohorts.format("land_and_expand_cohorts", "landing_month"))


# `mf` in a process in which every connection to a network fails.
OFFLINE_MF = """
import runpy, socket

def refuse(*_, **__):
    raise AssertionError("mf asked the network")

socket.socket.connect = socket.getaddrinfo = refuse
runpy.run_module("orchestration.metrics", run_name="__main__")
"""


def test_mf_answers_from_the_published_file_without_a_network(
    main_run: MainRun, tables: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """In a process of its own, as a reader starts it; decimals arrive whole."""
    answer = tmp_path / "answer.csv"
    environment = {
        **os.environ,
        "PARTNER_METRICS_PUBLISH_DIR": str(main_run.settings.publish_dir),
        "PARTNER_METRICS_BUILD_DIR": str(tmp_path / "no_build"),
        "PYTHONPATH": str(PROJECT_DIR),
    }
    done = subprocess.run(
        [
            sys.executable, "-c", OFFLINE_MF,
            "query", "--metrics", "closing_mrr,customers",
            "--group-by", f"{MONTH},partner__partner_tier", "--csv", str(answer),
        ],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    with answer.open(encoding="utf-8", newline="") as file:
        rows = [
            (date.fromisoformat(row[MONTH]), row["partner__partner_tier"], row["closing_mrr"])
            for row in csv.DictReader(file)
        ]
    truth = tables.execute(
        "select month_start, partner_tier, sum(closing_mrr)::varchar from partner_mrr_monthly "
        "join partners using (partner_id) group by all having sum(customers) > 0"
    ).fetchall()
    assert sorted(rows) == sorted(truth)
