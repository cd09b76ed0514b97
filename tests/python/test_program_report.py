"""The program owner's page, by hand and of the demo: it says what is published."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from conftest import MainRun, settings_in
from published_by_hand import VERSION, change, publish_by_hand

from orchestration.errors import PartnerMetricsError
from orchestration.program_report.page import write_page
from orchestration.publishing import current_file
from orchestration.settings import Settings

# A year apart: January 2025 and 2026. The second month's figures are those of the page.
TABLES = """
create schema certified;
create table certified.vendor_summary_monthly as select 'EUR' as reporting_currency;
create table certified.metric_catalogue as select * from (values
    ('lasting', 'Of all that is paid, <i>what lasts</i>. And more that nobody reads', true),
    ('lasting', 'What it meant before', false)) as t(metric_id, definition, is_current);
create table certified.program_health_monthly as select
    t.*, (value - before)::decimal(18,6) as value_change, before::decimal(18,6)
    as value_12_months_before, 'illustrative' as target_verification
    from (values
    ('payout_share_lasting_value', 'lasting', 1, 'reward', 'Payout for <b>lasting</b> value',
        'share', 'up', null, 'rising', 0.4::decimal(18,6), 0.25, 0.6, false, date '2026-01-01'),
    ('payout_share_lasting_value', 'lasting', 1, 'reward', 'Payout for <b>lasting</b> value',
        'share', 'up', null, 'no_comparison', 0.25, null, 0.6, false, date '2025-01-01'),
    ('payout_share_direct_revenue', 'direct', 2, 'reward', 'Payout for direct revenue',
        'share', 'down', null, 'falling', 0.6, 0.75, null, null, date '2026-01-01'),
    ('payout_share_direct_revenue', 'direct', 2, 'reward', 'Payout for direct revenue',
        'share', 'down', null, 'falling', 0.75, null, null, null, date '2025-01-01'),
    ('payout_share_unclassified', 'none', 3, 'reward', 'Not stated',
        'share', 'down', null, 'steady', 0, 0, null, null, date '2026-01-01'),
    ('payout_share_unclassified', 'none', 3, 'reward', 'Not stated',
        'share', 'down', null, 'steady', 0, null, null, null, date '2025-01-01'),
    ('payout_share_lasting_value_own_people', 'own', 4, 'reward', 'Own people',
        'share', 'up', 'nothing_paid', 'no_comparison', null, null, 0.75, null, date '2026-01-01'),
    ('nrr_12_months', 'nrr', 5, 'reward', 'Net revenue retention',
        'ratio', 'up', null, 'steady', 1.0275, 1.03, 1.05, false, date '2026-01-01'),
    ('contribution_share_customer_support', 'c', 6, 'people', 'Contribution, support',
        'share', 'none', null, 'steady', 0.3, 0.3, null, null, date '2026-01-01'),
    ('reward_share_customer_support', 'r', 7, 'people', 'Reward, support',
        'share', 'none', null, 'steady', 0.05, 0.05, null, null, date '2026-01-01'),
    ('reward_gap_customer_support', 'g', 8, 'people', 'Reward over contribution, support',
        'gap', 'to_zero', null, 'steady', -0.25, -0.25, 0.15, false, date '2026-01-01'),
    ('first_reply_hours', 'h', 9, 'people', 'Hours to the first reply',
        'hours', 'down', null, 'falling', 3.25, 4.5, 4, true, date '2026-01-01'),
    ('two_way_share', 't', 10, 'conversation', 'Two-way threads',
        'share', 'up', 'no_messages', 'no_comparison', null, null, 0.5, null, date '2026-01-01'))
    as t(measure_id, metric_id, measure_order, question, measure_name, unit, good_direction,
        value_null_reason, trend, value, before, target, is_on_target, month_start);
create table certified.program_payouts_monthly as select * from (values
    ('p1', 'Cloud <script>alert(1)</script>', 'verified', 100, 200, 0, 300, date '2025-02-01'),
    ('p1', 'Cloud <script>alert(1)</script>', 'verified', 50, 0, 0, 50, date '2026-01-01'),
    ('p1', 'Cloud <script>alert(1)</script>', 'verified', 9999, 0, 0, 9999, date '2025-01-01')
    ) as t(program_id, program_name, verification, lasting_value_payout, direct_revenue_payout,
        unclassified_payout, payout, month_start);
create table certified.effect_estimates_monthly as select
    t.*, 'role_touch' as exposure_kind, 'customer' as unit_kind, 'Do they?' as question,
    0.9::decimal(18,6) as exposed_rate, 0.8 as unexposed_rate, 0.1 as crude_difference,
    date '2026-01-01' as month_start
    from (values
    ('cs', 'renewed', 'Looked after <em>', 'Renewed', null, 'higher', 'May be <u>said</u>.',
        'Sent where hope is.', 120, 340, 0.061::decimal(18,6), 0.02::decimal(18,6),
        0.102::decimal(18,6)),
    ('cs', 'mrr_kept', 'Looked after <em>', 'Kept', null, 'lower', 'Worse.',
        'Sent where hope is.', 120, 340, -0.02, -0.03, -0.01),
    ('am', 'renewed', 'Called', 'Renewed', null, 'not_distinguishable', 'Chance.',
        'They choose whom they call.', 50, 60, 0.01, -0.05, 0.07),
    ('ps', 'renewed', 'Met', 'Renewed', 'too_few_exposed', 'not_enough_data', 'No figure.',
        'Only what is recorded.', 3, 60, null, null, null)) as t(
        exposure_id, outcome_id, exposure_name, outcome_name, null_reason, claim_kind, claim,
        caution, compared_exposed_units, compared_unexposed_units, difference, difference_low,
        difference_high);
create table certified.partner_conversation_monthly as select * from (values
    ('a', 'silent', date '2025-12-01'), ('a', 'continuing', date '2026-01-01'),
    ('b', 'silent', date '2026-01-01')) as t(partner_id, stage, month_start);
create table certified.customer_health_monthly as select * from (values
    ('c1', 'at_risk', 100, 0.2, 20, date '2026-01-01'),
    ('c2', null, 50, null, null, date '2026-01-01')) as t(
        customer_id, health_band, mrr, churn_risk, expected_lost_mrr, month_start);
create table certified.partner_opportunity_feed_monthly as select * from (values
    ('a', 'white_space', 'White space', 'adds', 1200.4, date '2026-01-01'),
    ('b', 'white_space', 'White space', 'adds', 300, date '2026-01-01'),
    ('b', 'tier', 'Exams', 'none', null, date '2026-01-01')) as t(
        partner_id, kind, kind_name, mrr_effect, estimated_mrr, month_start);
create table certified.partner_opportunity_outcomes_monthly as select * from (values
    ('a', 40, 4, 3, 2, 10, 5, date '2026-01-01')) as t(partner_id, judged_opportunities,
        accepted_opportunities, feed_decided_upsells, feed_won_upsells, other_decided_upsells,
        other_won_upsells, month_start);
create table certified.partner_onboarding as select * from (values
    (10, 20, null::int, 5, null::varchar, null::varchar, 'not_yet', null::varchar),
    (30, 40, null, 7, null, null, null, null)) as t(
        days_to_first_registered_deal, days_to_first_sale, days_to_first_renewal,
        days_to_first_certificate, registered_deal_null_reason, sale_null_reason,
        renewal_null_reason, certificate_null_reason);
"""
# Tables that the page can be without, and what it says then.
WITHOUT = {
    "program_payouts_monthly": "this publication does not say what programs owe",
    "effect_estimates_monthly": "this publication has no estimates of roles",
    "partner_conversation_monthly": "this publication has no conversation with partners",
    "customer_health_monthly": "this publication has no scores of customers",
    "partner_opportunity_feed_monthly": "this publication has no list of opportunities",
    "partner_opportunity_outcomes_monthly": "does not say what became of opportunities",
    "partner_onboarding": "this publication does not say when partners joined",
}


class Figures(HTMLParser):
    """The texts of cells by measure and by association, all text, and what the page asks for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: dict[str, str] = {}
        self.text = ""
        self.asks: list[str] = []
        self.tags: set[str] = set()
        self._cell: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.tags.add(tag)
        self.asks += [known[name] or "" for name in ("src", "href", "srcset") if name in known]
        if tag == "td":
            self._cell = known.get("data-measure") or known.get("data-effect")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._cell = None
            self.text += " "

    def handle_data(self, data: str) -> None:
        data = data.replace("\u00a0", " ")
        self.text += data
        if self._cell:
            self.cells[self._cell] = self.cells.get(self._cell, "") + data


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A publication of the tables above, as of the simulated demo."""
    settings = settings_in(tmp_path)
    publish_by_hand(settings, TABLES)
    return settings


def read(settings: Settings) -> Figures:
    return Figures(write_page(settings).read_text("utf-8"))


def test_figures_stand_on_the_page_as_they_are_published(settings: Settings) -> None:
    page = read(settings)
    assert {name: text.strip() for name, text in page.cells.items()} == {
        "payout_share_lasting_value": "40.0 %",
        "payout_share_direct_revenue": "60.0 %",
        "payout_share_unclassified": "0.0 %",
        "payout_share_lasting_value_own_people": (
            "not enough data: nothing was paid in twelve months"
        ),
        "nrr_12_months": "102.8 %",
        "contribution_share_customer_support": "30.0 %",
        "reward_share_customer_support": "5.0 %",
        "reward_gap_customer_support": "-25.0 points",
        "first_reply_hours": "3.2 hours",
        "two_way_share": "not enough data: no messages",
        "cs renewed": (
            "+6.1 points (+2.0 to +10.2)higher; 90.0 % with, 80.0 % without, before adjusting"
        ),
        "cs mrr_kept": (
            "-2.0 points (-3.0 to -1.0)lower; 90.0 % with, 80.0 % without, before adjusting"
        ),
        "am renewed": (
            "+1.0 points (-5.0 to +7.0)not distinguishable; 90.0 % with, 80.0 % without, "
            "before adjusting"
        ),
        "ps renewed": "not enough datatoo few exposed",
    }


def test_answers_say_what_the_figures_say(settings: Settings) -> None:
    text = " ".join(read(settings).text.split())
    assert "40.0 % of what programs owe for twelve months stands on lasting value" in text
    assert "a year before it was 25.0 % (+15.0 points)" in text
    assert "The target of at least 60.0 % (illustrative) is not reached." in text
    assert "The widest gap is that of support: 30.0 % of the contribution by touches" in text
    assert (
        "Looked after <em>: renewed more often than comparable customers, "
        "+6.1 points (+2.0 to +10.2)." in text
    )
    assert "Renewed: no difference that chance could not explain: called." in text
    assert "Whether partners answer and are answered: not enough data: no messages." in text
    # twelve months to January: 100 of 300 and 50 of 50, and not the January before
    assert "Cloud <script>alert(1)</script> 150 200 0 350 42.9 %" in text
    assert "White space 2 2 1,500 would be added" in text
    assert "Exams 1 1 not estimated" in text
    assert "10.0 % (4 of 40) were taken up" in text
    assert "won at 66.7 % (2 of 3), others at 50.0 % (5 of 10)" in text
    assert "registered deal 20 2 0" in text
    assert "renewal not enough data 0 1" in text


def test_a_claim_and_a_caution_stand_beside_every_association(settings: Settings) -> None:
    text = read(settings).text
    for said in ("May be <u>said</u>.", "Chance.", "No figure.", "Sent where hope is."):
        assert said in text
    assert text.count("They choose whom they call.") == 1


def test_names_are_text_and_the_page_asks_for_nothing(settings: Settings) -> None:
    page = read(settings)
    assert page.tags.isdisjoint({"script", "b", "u", "i", "link", "iframe", "object"})
    assert "Payout for <b>lasting</b> value" in page.text
    assert "Of all that is paid, <i>what lasts</i>." in page.text
    assert "nobody reads" not in page.text
    assert "What it meant before" not in page.text
    assert page.asks
    assert all(one.startswith(("data:image/svg+xml;base64,", "#")) for one in page.asks)
    source = write_page(settings).read_text("utf-8")
    assert not re.search(r"url\(|@import|https?://", source)


def test_the_page_names_its_publication_and_what_is_invented(settings: Settings) -> None:
    text = read(settings).text
    assert VERSION in text
    assert "January 2026" in text
    assert "Demo data." in text
    assert "Illustrative" in text
    own = replace(settings, raw="/data/raw")
    assert "Demo data." not in read(own).text


def test_the_same_publication_gives_the_same_page(settings: Settings) -> None:
    first = write_page(settings).read_bytes()
    assert write_page(settings).read_bytes() == first


def test_a_table_that_is_not_published_is_said_to_be_missing(settings: Settings) -> None:
    whole = read(settings).text
    assert not [said for said in WITHOUT.values() if said in whole]
    for table, said in WITHOUT.items():
        change(settings, f"alter table certified.{table} rename to aside")
        missing = [line for line in read(settings).text.splitlines() if said in line]
        assert missing, table
        assert "Not enough data" in missing[0]
        change(settings, f"alter table certified.aside rename to {table}")


def test_a_month_without_values_says_so_everywhere(settings: Settings) -> None:
    change(
        settings,
        "update certified.program_health_monthly set value = null, value_12_months_before = null, "
        "value_change = null, is_on_target = null, trend = 'no_comparison', "
        "value_null_reason = 'fewer_than_12_months'",
    )
    for table in WITHOUT:
        change(settings, f"delete from certified.{table}")
    page = read(settings)
    said = {text.strip() for text in page.cells.values()}
    assert said == {"not enough data: fewer than twelve months are known"}
    assert "img" not in page.tags


def test_without_the_table_the_reader_is_told_what_to_do(settings: Settings) -> None:
    change(settings, "drop table certified.program_health_monthly")
    with pytest.raises(PartnerMetricsError, match="Run `make run`"):
        write_page(settings)
    (settings.publish_dir / "current.json").unlink()
    with pytest.raises(PartnerMetricsError, match="Nothing is published"):
        write_page(settings)


def test_dagster_shows_the_page_and_outlives_one_that_fails(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.assets.program_report import program_health_page

    monkeypatch.setattr(
        "orchestration.assets.program_report.load_settings", lambda: settings, raising=True
    )
    done = dg.materialize([program_health_page])
    (made,) = done.asset_materializations_for_node("program_health_page")
    assert made.metadata["version"].value == VERSION
    assert "stands on lasting value" in str(made.metadata["in_short"].value)
    assert str(made.metadata["payout"].value).startswith("![")

    change(settings, "drop table certified.program_health_monthly")
    done = dg.materialize([program_health_page])
    assert done.success
    assert done.asset_materializations_for_node("program_health_page") == []


def test_the_demos_page_says_every_figure_of_its_last_month(
    main_run: MainRun, tmp_path: Path
) -> None:
    """Figures are written here a second time, from the table."""
    page = read(replace(main_run.settings, build_dir=tmp_path))
    with duckdb.connect(str(current_file(main_run.settings)), read_only=True) as connection:
        rows = connection.execute(
            "select measure_id, unit, value from certified.program_health_monthly where "
            "month_start = (select max(month_start) from certified.program_health_monthly)"
        ).fetchall()
        effects = connection.execute(
            "select exposure_id || ' ' || outcome_id, difference "
            "from certified.effect_estimates_monthly where month_start = "
            "(select max(month_start) from certified.program_health_monthly)"
        ).fetchall()
    assert len(rows) > 20
    for measure, unit, value in rows:
        said = page.cells[measure].strip()
        if value is None:
            assert said.startswith("not enough data"), measure
            continue
        figure = float(said.split()[0].replace(",", ""))
        assert abs(figure - float(value if unit == "hours" else 100 * value)) <= 0.0501, measure
    assert effects
    for name, difference in effects:
        said = page.cells[name]
        assert said.startswith("not enough data") == (difference is None), name
        if difference is not None:
            assert abs(float(said.split()[0]) - float(100 * difference)) <= 0.0501, name
    assert {"img", "table"} <= page.tags
