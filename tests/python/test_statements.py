"""Explanations and statements of a publication made by hand: what they say, and to whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from conftest import settings_in
from published_by_hand import change, publish_by_hand
from rich.console import Console

from orchestration.errors import PartnerMetricsError
from orchestration.settings import Settings
from orchestration.statements.explain import explain
from orchestration.statements.reading import find_lines, published
from orchestration.statements.statement import read_statement, write_statement

# 10,000.00 billed at 8.25 %: 825.00, of which 495.00 rebate and 330.00 fund; one customer has 60 %.
TABLES = """
create schema certified;
create table certified.partners as select * from (values
    ('acme', 'Acme <b>Cloud</b>'), ('rival', 'Rival Systems')) as t(partner_id, partner_name);
create table certified.customers as select * from (values
    ('c1', 'Bakery <script>alert(1)</script>'), ('c2', 'Mill')) as t(customer_id, customer_name);
create table certified.products as select * from (values
    ('p1', 'Mail')) as t(product_id, product_name);
create table certified.incentive_programs as select * from (values
    ('v1', 'prog', 'Cloud program', 'FY26')) as t(
        program_version_id, program_id, program_name, version_name);
create table certified.incentive_levers as select * from (values
    ('v1', 'core', 'Core rebate'), ('v1', 'sellers', 'Sellers')) as t(
        program_version_id, lever_id, lever_name);
create table certified.metric_catalogue as select * from (values
    ('billed_revenue', '1', 'Billed revenue')) as t(metric_id, metric_version, metric_name);
create table certified.customer_invoice_lines as select * from (values
    ('il1', 'in1', 'c1', 'p1', 'EUR', 6000::decimal(28,6), date '2026-01-01', date '2026-02-01')
    ) as t(invoice_line_id, invoice_id, customer_id, product_id, currency, billed_amount,
        period_from, period_to);
create table certified.incentive_base_lines as select
    'prog' as program_id, 'core' as lever_id, 'acme' as partner_id, t.*, null as condition_key,
    'invoice_line' as source_type, 0 as event_sequence, date '2026-01-01' as period_start,
    date '2026-02-01' as period_end, date '2026-01-05' as occurred_on
    from (values ('c1', 'p1', 'il1', 6000::decimal(28,6), 1), ('c2', 'p1', 'il2', 4000, 2)) as t(
        customer_id, product_id, source_id, amount, piece);
create table certified.incentive_line_explanations as select
    'prog' as program_id, 'core' as lever_id, 'acme' as partner_id, 0 as event_sequence,
    date '2026-01-01' as period_start, date '2026-02-01' as period_end, t.*, null as payee_id
    from (values
    (1, 'base', 'levers', 'core', 'What is paid on', 'blog.example', '2026', 'verified',
        2::decimal(28,6), null::decimal(28,6), 10000::decimal(28,6), null, null),
    (2, 'band', 'rate_bands', 'core/1', 'One rate for all of it', null, null, 'illustrative',
        10000, 0.0825, 825, null, null),
    (3, 'payout', 'levers', 'core', 'What the lever pays', 'blog.example', '2026', 'verified',
        825, null, 825, null, null),
    (4, 'share', 'levers', 'core', 'Falls to this customer', 'blog.example', '2026', 'verified',
        6000, null, 495, 'c1', null),
    (5, 'share', 'levers', 'core', 'Falls to this customer', 'blog.example', '2026', 'verified',
        4000, null, 330, 'c2', null),
    (6, 'split', 'payout_splits', 'core/1', 'The part', 'learn.example', '2021', 'verified',
        825, 60, 495, null, 'rebate'),
    (7, 'split', 'payout_splits', 'core/2', 'The part', 'learn.example', '2021', 'verified',
        825, 40, 330, null, 'fund')) as t(
        step_order, step, rule_table, rule_id, explanation, source, source_date, verification,
        measure, rule_value, amount, customer_id, bucket);
create table certified.partner_incentive_statement_lines as select
    t.*, 'prog' as program_id, 'v1' as program_version_id, null as cause, null as related_line_id,
    'accrued' as status, 'billed_revenue' as metric_id, 1 as metric_version, 'EUR' as currency,
    'illustrative' as verification, null::decimal(28,6) as metric_value, 0.0825 as rate,
    date '2026-01-01' as period_start, date '2026-02-01' as period_end,
    date '2026-01-01' as posted_period, date '2026-03-03' as payable_from, null::date as paid_on,
    null::bigint as event_sequence
    from (values
    ('s1', 'k1', 'core', 'acme', 'company', 'acme', 'c1', 'rebate', 'earned', 6000, 297.00),
    ('s2', 'k2', 'core', 'acme', 'company', 'acme', 'c2', 'rebate', 'earned', 4000, 198.00),
    ('s3', 'k3', 'core', 'acme', 'company', 'acme', 'c1', 'fund', 'earned', 6000, 198.00),
    ('s4', 'k4', 'core', 'acme', 'company', 'acme', 'c2', 'fund', 'earned', 4000, 132.00),
    ('s5', 'k5', 'sellers', 'acme', 'account_manager', 'staff_1', 'c1', 'individual', 'earned',
        100, 77.77),
    ('s6', 'k6', 'core', 'rival', 'company', 'rival', 'c2', 'rebate', 'earned', 999, 88.88)) as t(
        statement_line_id, line_key, lever_id, partner_id, payee_kind, payee_id, customer_id,
        bucket, entry, base_amount, amount);
create table certified.partner_incentive_balances_monthly as select
    'prog' as program_id, 'EUR' as currency, date '2026-01-01' as month_start, t.*,
    opening_balance + earned as closing_balance,
    0.00 as adjusted, 0.00 as clawed_back, 0.00 as paid
    from (values
    ('acme', 'company', 'acme', 'rebate', 5.00, 495.00),
    ('acme', 'company', 'acme', 'fund', 0.00, 330.00),
    ('acme', 'account_manager', 'staff_1', 'individual', 0.00, 77.77),
    ('rival', 'company', 'rival', 'rebate', 0.00, 88.88)) as t(
        partner_id, payee_kind, payee_id, bucket, opening_balance, earned);
create table certified.partner_fund_balances as select
    'prog' as program_id, 'coop' as fund_wallet_id, 'acme' as partner_id, 'Co-op' as fund_name,
    330.00 as earned, 0.00 as converted, 0.00 as forfeited, 0.00 as used, 0.00 as expired,
    330.00 as available,
    date '2026-01-01' as earn_start, date '2026-07-01' as earn_end,
    date '2027-02-15' as usable_until;
create table certified.partner_scorecard_monthly as select
    'prog' as program_id, 'acme' as partner_id, date '2026-01-01' as month_start,
    'security' as track, 'Gold' as tier_name, 'grace' as tier_reason,
    date '2025-03-01' as held_since, 63.5 as score, 100.0 as scale, 'Platinum' as next_tier_name,
    '2 more certified engineers' as cheapest_way, 'illustrative' as verification;
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A publication of the tables above."""
    settings = settings_in(tmp_path)
    publish_by_hand(settings, TABLES)
    return settings


def told(settings: Settings, name: str) -> str:
    """What `make explain` prints."""
    out = StringIO()
    with published(settings) as connection:
        for line in find_lines(connection, name):
            explain(connection, line, Console(file=out, width=200))
    return out.getvalue()


def test_a_line_is_explained_from_amount_to_invoice_line(settings: Settings) -> None:
    text = told(settings, "s1")
    assert "297.00 EUR (rebate, earned, accrued) for Acme" in text
    assert "Cloud program, version FY26: Core rebate, customer Bakery" in text
    assert "Billed revenue (version 1)" in text
    assert "8.25 %" in text
    assert "invoice line il1 of in1: 6,000.00 EUR for 2026-01-01 to before 2026-02-01" in text
    assert "Pieces 6,000.00; base of the line 6,000.00: they agree" in text
    assert (
        "What falls to this line, of which 60.00 % for rebate: 297.00; the line says 297.00: "
        "they agree" in text
    )
    assert "330.00 " not in text.split("Paid on")[0].replace("40.00 %", ""), "another line's share"


def test_a_comparison_is_followed_to_the_lines_of_its_customer(settings: Settings) -> None:
    change(
        settings,
        "update certified.incentive_base_lines set source_type = 'comparison', product_id = null, "
        "occurred_on = date '2026-01-31'",
    )
    assert "invoice line il1 of in1" in told(settings, "s1")
    change(settings, "update certified.incentive_base_lines set occurred_on = date '2026-02-01'")
    assert "invoice line il1" not in told(settings, "s1"), "its period is over"


def test_illustrative_rules_are_said_out_loud_and_sources_named(settings: Settings) -> None:
    text = told(settings, "s1")
    assert "ILLUSTRATIVE" in text
    assert "* illustrative, without a public source: rules in rate_bands" in text
    assert "verified (payout_splits): learn.example (2021)" in text
    change(
        settings,
        "update certified.partner_incentive_statement_lines set verification = 'verified'; "
        "update certified.incentive_line_explanations set verification = 'verified'",
    )
    assert "llustrative" not in told(settings, "s1")


def test_figures_that_do_not_agree_are_said(settings: Settings) -> None:
    change(settings, "update certified.incentive_base_lines set amount = amount - 1")
    assert "base of the line 6,000.00: THEY DIFFER" in told(settings, "s1")
    change(
        settings,
        "update certified.incentive_line_explanations set amount = 490 where customer_id = 'c1'",
    )
    assert "294.00; the line says 297.00: THEY DIFFER" in told(settings, "s1")


def test_a_line_key_finds_its_lines_and_an_unknown_id_says_how_to_find_one(
    settings: Settings,
) -> None:
    assert "297.00 EUR" in told(settings, "k1")
    with pytest.raises(PartnerMetricsError, match=r"no statement line 's99'.*\n.*make query"):
        told(settings, "s99")


def test_what_was_posted_is_explained_as_it_was_posted(settings: Settings) -> None:
    change(
        settings,
        """
        update certified.partner_incentive_statement_lines set event_sequence = 3, status = 'paid'
        where statement_line_id = 's1';
        insert into certified.incentive_line_explanations
        select * replace (3 as event_sequence, 'As it was then' as explanation)
        from certified.incentive_line_explanations where step_order <> 7
        """,
    )
    assert "As it was then" in told(settings, "s1")
    assert "As it was then" not in told(settings, "s2")


def test_a_publication_without_statements_says_what_to_run(settings: Settings) -> None:
    change(settings, "drop table certified.incentive_line_explanations")
    with pytest.raises(PartnerMetricsError, match="make run"):
        told(settings, "s1")


@dataclass
class _Page(HTMLParser):
    """Tags and texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def page_of(settings: Settings, partner: str = "acme") -> tuple[_Page, str]:
    html = write_statement(settings, partner, "2026-01").read_text("utf-8")
    page = _Page()
    page.feed(html)
    return page, html


def test_a_statement_says_what_the_certified_tables_say(settings: Settings) -> None:
    statement = read_statement(settings, "acme", "2026-01")
    [program] = statement.programs
    [lever] = program.levers
    assert (lever.base, lever.rate, lever.total) == (10000, Decimal("0.0825"), 825)
    assert lever.amounts == {"rebate": 495, "fund": 330}
    assert [one.closing_balance for one in program.balances] == [500, 330]
    page, _ = page_of(settings)
    figures = {text for text in page.texts if re.fullmatch(r"[\d,]+\.\d\d", text)}
    assert {"495.00", "330.00", "825.00", "500.00", "10,000.00", "297.00"} <= figures
    assert {"Co-op", "to 2026-06-30"} <= set(page.texts), "the fund, and the last day of its time"
    assert "Gold since March 2025 (grace)" in page.texts
    assert "Platinum: 2 more certified engineers" in page.texts


def test_a_partner_sees_its_own_rows_only(settings: Settings) -> None:
    page, html = page_of(settings)
    assert "88.88" not in page.texts, "the other partner's"
    assert "s6" not in page.texts
    assert "77.77" not in html, "what the vendor's own people earn"
    assert "staff_1" not in html
    other, _ = page_of(settings, "rival")
    assert "88.88" in other.texts
    assert "297.00" not in other.texts


def test_texts_are_escaped_and_nothing_is_loaded(settings: Settings) -> None:
    page, html = page_of(settings)
    assert not {"script", "link", "img", "iframe", "b"} & set(page.tags)
    assert "&lt;script&gt;alert(1)" in html
    assert page.addresses == []
    assert "url(" not in html
    assert "@import" not in html


def test_the_same_figures_have_the_same_hash(settings: Settings) -> None:
    before = read_statement(settings, "acme", "2026-01").fingerprint
    assert read_statement(settings, "acme", "2026-01").fingerprint == before
    change(
        settings,
        "update certified.partner_incentive_statement_lines set amount = 297.01 "
        "where statement_line_id = 's1'",
    )
    assert read_statement(settings, "acme", "2026-01").fingerprint != before


def test_a_month_without_lines_but_with_a_balance_has_a_statement(settings: Settings) -> None:
    change(
        settings,
        "update certified.partner_incentive_balances_monthly set month_start = date '2026-02-01'",
    )
    [program] = read_statement(settings, "acme", "2026-02").programs
    assert (program.lines, len(program.balances), program.currency) == ([], 2, "EUR")
    html = write_statement(settings, "acme", "2026-02").read_text()
    assert "Nothing was earned" in html
    assert "Illustrative." in html, "what the balance is made of is"
    assert "as published 2026-02-10 06:00 UTC" in html


@pytest.mark.parametrize(
    ("partner", "month", "program", "says"),
    [
        ("nobody", "2026-01", None, "no partner 'nobody'.*make query"),
        ("acme", "2025-01", None, "no statement line in 2025-01.*make query"),
        ("acme", "2026-01", "other", "of program 'other'"),
        ("acme", "January", None, "not a month"),
    ],
)
def test_a_statement_that_cannot_be_made_says_why(
    settings: Settings, partner: str, month: str, program: str | None, says: str
) -> None:
    with pytest.raises(PartnerMetricsError, match=says):
        read_statement(settings, partner, month, program)
