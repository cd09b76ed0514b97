"""What the page says, read from the published file.

A table that the publication does not have gives None, and the page says so: it was published
before the table existed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from orchestration.errors import PartnerMetricsError
from orchestration.publishing import Publication, current_file, read_pointer
from orchestration.settings import Settings
from orchestration.statements.reading import Row, rows_as

HEALTH = "program_health_monthly"
PROGRAMS, ROLES, EFFECTS = (
    "program_payouts_monthly",
    "reward_gap_monthly",
    "effect_estimates_monthly",
)
STAGES, BANDS = "partner_conversation_monthly", "customer_health_monthly"
FEED, OUTCOMES = "partner_opportunity_feed_monthly", "partner_opportunity_outcomes_monthly"
ONBOARDING = "partner_onboarding"


@dataclass(frozen=True)
class Measure:
    """A measure of a month; `value`, `value_change` and `target` are in its `unit`."""

    measure_id: str
    metric_id: str
    question: str
    measure_name: str
    definition: str | None
    unit: str
    good_direction: str
    value_null_reason: str | None
    trend: str
    target_verification: str | None
    value: Decimal | None
    value_12_months_before: Decimal | None
    value_change: Decimal | None
    target: Decimal | None
    is_on_target: bool | None
    month_start: date


@dataclass(frozen=True)
class Role:
    """A role that meets customers: its share of contribution, of reward, and the gap."""

    name: str
    contribution: Measure
    reward: Measure
    gap: Measure


@dataclass(frozen=True)
class ProgramPayout:
    """What a program owes for twelve months, in reporting currency, by what its levers stand on."""

    program_name: str
    verification: str
    lasting_value: Decimal
    direct_revenue: Decimal
    unclassified: Decimal
    payout: Decimal


@dataclass(frozen=True)
class Effect:
    """An association: a difference of rates with its 95 % interval, as parts of one."""

    exposure_id: str
    outcome_id: str
    exposure_kind: str
    exposure_name: str
    outcome_name: str
    unit_kind: str
    question: str
    null_reason: str | None
    claim_kind: str
    claim: str
    caution: str
    compared_exposed_units: int
    compared_unexposed_units: int
    exposed_rate: Decimal | None
    unexposed_rate: Decimal | None
    crude_difference: Decimal | None
    difference: Decimal | None
    difference_low: Decimal | None
    difference_high: Decimal | None


@dataclass(frozen=True)
class StageCount:
    """Partners in a stage of conversation at the end of a month."""

    month_start: date
    stage: str
    partners: int


@dataclass(frozen=True)
class Band:
    """Customers with MRR who do equally well; `health_band` is None where nobody can tell."""

    health_band: str | None
    customers: int
    mrr: Decimal
    churn_risk: Decimal | None
    expected_lost_mrr: Decimal | None


@dataclass(frozen=True)
class Opportunities:
    """Open opportunities of a kind in the last month; `estimated_mrr` of those that have one."""

    kind_name: str
    mrr_effect: str
    items: int
    partners: int
    estimated_mrr: Decimal | None


@dataclass(frozen=True)
class FeedOutcomes:
    """What became of opportunities whose time came to its end in twelve months, as counts."""

    judged: int
    accepted: int
    feed_decided: int
    feed_won: int
    other_decided: int
    other_won: int


@dataclass(frozen=True)
class FirstStep:
    """How long partners took to a first step: `median_days` of the `partners` known to be there."""

    step: str
    partners: int
    not_yet: int
    median_days: float | None


@dataclass(frozen=True)
class Report:
    """All that the page says. None stands for a table that the publication does not have."""

    publication: Publication
    month: date
    currency: str
    is_simulated: bool
    measures: list[Measure]
    programs: list[ProgramPayout] | None
    effects: list[Effect] | None
    stages: list[StageCount] | None
    bands: list[Band] | None
    opportunities: list[Opportunities] | None
    outcomes: list[FeedOutcomes] | None
    first_steps: list[FirstStep] | None

    def now(self, measure_id: str) -> Measure | None:
        """The measure in the month of the page."""
        return next((one for one in self.latest if one.measure_id == measure_id), None)

    @property
    def latest(self) -> list[Measure]:
        return [one for one in self.measures if one.month_start == self.month]

    @property
    def roles(self) -> list[Role]:
        """Roles of which all three figures are measured, with or without a value."""
        found = []
        for gap in self.latest:
            contribution = self.now(gap.measure_id.replace("reward_gap_", "contribution_share_"))
            reward = self.now(gap.measure_id.replace("reward_gap_", "reward_share_"))
            if gap.measure_id.startswith("reward_gap_") and contribution and reward:
                name = gap.measure_name.rsplit(", ", 1)[-1]
                found.append(Role(name[:1].upper() + name[1:], contribution, reward, gap))
        return found

    def history(self, measure_id: str) -> list[Measure]:
        """Its months that have a value, in order."""
        return [
            one for one in self.measures if one.measure_id == measure_id and one.value is not None
        ]


def read_report(settings: Settings) -> Report:
    """Read the current publication; PartnerMetricsError when there is none, or one without it."""
    file = current_file(settings)
    publication = read_pointer(settings.publish_dir)
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = {
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'certified'"
            ).fetchall()
        }
        months = (
            connection.execute(f"select max(month_start) from certified.{HEALTH}").fetchone()
            if HEALTH in tables
            else None
        )
        if publication is None or months is None or months[0] is None:
            raise PartnerMetricsError(
                f"{file.name} has no rows in {HEALTH}: it was published before the program's "
                "health was measured, or without data. Run `make run`."
            )
        month: date = months[0]

        def rows(kind: type[Row], table: str, sql: str, *values: object) -> list[Row] | None:
            return rows_as(connection, kind, sql, list(values)) if table in tables else None

        return Report(
            publication=publication,
            month=month,
            currency=_currency(connection),
            is_simulated=settings.raw is None,
            measures=rows_as(connection, Measure, _MEASURES, []),
            programs=rows(ProgramPayout, PROGRAMS, _PROGRAMS, month, month),
            effects=rows(Effect, EFFECTS, _EFFECTS, month),
            stages=rows(StageCount, STAGES, _STAGES),
            bands=rows(Band, BANDS, _BANDS, month),
            opportunities=rows(Opportunities, FEED, _FEED, month),
            outcomes=rows(FeedOutcomes, OUTCOMES, _OUTCOMES, month),
            first_steps=rows(FirstStep, ONBOARDING, _FIRST_STEPS),
        )


def _currency(connection: duckdb.DuckDBPyConnection) -> str:
    row = connection.execute(
        "select max(reporting_currency) from certified.vendor_summary_monthly"
    ).fetchone()
    return str(row[0]) if row and row[0] else ""


_MEASURES = f"""
select health.*, catalogue.definition
from certified.{HEALTH} as health
left join certified.metric_catalogue as catalogue
    on health.metric_id = catalogue.metric_id and catalogue.is_current
order by health.month_start, health.measure_order
"""

_PROGRAMS = f"""
select
    coalesce(max(program_name), program_id) as program_name,
    min(verification) as verification,
    sum(lasting_value_payout) as lasting_value,
    sum(direct_revenue_payout) as direct_revenue,
    sum(unclassified_payout) as unclassified,
    sum(payout) as payout
from certified.{PROGRAMS}
where month_start > cast(? as date) - interval 12 month and month_start <= ?
group by program_id
having sum(payout) <> 0
order by payout desc, program_id
"""

_EFFECTS = f"""
select * from certified.{EFFECTS}
where month_start = ?
order by exposure_kind, exposure_id, outcome_id
"""

_STAGES = f"""
select month_start, stage, count(*) as partners
from certified.{STAGES}
where stage is not null
group by month_start, stage
order by month_start, stage
"""

_BANDS = f"""
select
    health_band,
    count(*) as customers,
    sum(mrr) as mrr,
    max(churn_risk) as churn_risk,
    sum(expected_lost_mrr) as expected_lost_mrr
from certified.{BANDS}
where month_start = ?
group by health_band
order by churn_risk desc nulls last, health_band
"""

_FEED = f"""
select
    max(kind_name) as kind_name,
    max(mrr_effect) as mrr_effect,
    count(*) as items,
    count(distinct partner_id) as partners,
    sum(estimated_mrr) as estimated_mrr
from certified.{FEED}
where month_start = ?
group by kind
order by estimated_mrr desc nulls last, kind
"""

_OUTCOMES = f"""
select
    sum(judged_opportunities)::bigint as judged,
    sum(accepted_opportunities)::bigint as accepted,
    sum(feed_decided_upsells)::bigint as feed_decided,
    sum(feed_won_upsells)::bigint as feed_won,
    sum(other_decided_upsells)::bigint as other_decided,
    sum(other_won_upsells)::bigint as other_won
from certified.{OUTCOMES}
where month_start = ?
having count(*) > 0
"""

_FIRST_STEPS = " union all ".join(
    f"""
    select
        '{step.replace("_", " ")}' as step,
        count(days_to_first_{step}) as partners,
        count(*) filter (where {step}_null_reason = 'not_yet') as not_yet,
        median(days_to_first_{step}) as median_days
    from certified.{ONBOARDING}
    """
    for step in ("registered_deal", "sale", "renewal", "certificate")
)
