"""What programs owe is posted as published, approved by somebody else, paid once, never changed.

Without dbt: lines and balances are computed by the models' own SQL from what a test says is owed.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from company import Company
from conftest import MainRun
from model_bench import compiled_queries

from orchestration.build_record import BuildRecord, write_record
from orchestration.errors import PartnerMetricsError
from orchestration.incentives import requests
from orchestration.incentives.closing import approve, close
from orchestration.incentives.events import Event, events_folder, read_events
from orchestration.incentives.landing import land_incentive_ledger
from orchestration.incentives.payment import Payment, pay
from orchestration.settings import Settings

MODELS = [
    "int_incentives__open_months",
    "int_incentives__posting_states",
    "int_incentives__posted_keys",
    "int_incentives__posted_lines",
    "int_incentives__line_differences",
    "int_incentives__line_recoveries",
    "partner_incentive_statement_lines",
    "partner_incentive_balances_monthly",
    "incentive_ledger_events",
]
PUBLISHED = [
    "partner_incentive_statement_lines",
    "partner_incentive_balances_monthly",
    "incentive_ledger_events",
    "partner_fund_balances",
    "incentive_line_explanations",
    "incentive_base_lines",
]
MONTHS = {f"2025-0{month}": {"p_1": "100"} for month in range(1, 5)}
TODAY = date(2025, 6, 20)


@dataclass
class Owed:
    """What a program owes as known today: a line a customer and month, of partner p_1."""

    amount: str
    month: str = "2025-01"
    customer: str = "c_1"
    version: str = "v_1"
    base: str = "1000"
    bucket: str = "rebate"
    payable_from: str | None = "2025-02-15"
    lost: str | None = None
    recovery: str = "offset"

    @property
    def key(self) -> str:
        return f"{self.customer}|{self.month}|{self.bucket}"

    def row(self) -> str:
        first = f"date '{self.month}-01'"
        payable = f"date '{self.payable_from}'" if self.payable_from else "null::date"
        return (
            f"('{self.key}', 'plan', '{self.version}', 'rebate_on_mrr', 'p_1', 'company', 'p_1', "
            f"'{self.customer}', '{self.bucket}', null, 'closing_mrr', 'rebate', 'EUR', "
            f"'illustrative', 1, null, {self.base}, null, {self.amount}, true, {first}, "
            f"{first} + interval 1 month, {first}, {payable})"
        )


COLUMNS = (
    "line_key varchar, program_id varchar, program_version_id varchar, lever_id varchar, "
    "partner_id varchar, payee_kind varchar, payee_id varchar, customer_id varchar, "
    "bucket varchar, fund_wallet_id varchar, metric_id varchar, incentive_nature varchar, "
    "currency varchar, verification varchar, metric_version integer, metric_value decimal(28,6), "
    "base_amount decimal(28,6), rate decimal(18,6), amount decimal(28,2), is_complete boolean, "
    "period_start date, period_end date, first_occurred_on date, payable_from date"
)


@dataclass
class Books(Company):
    """Publishes statements and balances as the models compute them from the ledger."""

    queries: dict[str, str] = field(default_factory=dict)

    def state(self, *owed: Owed) -> None:
        """Publish anew with this owed; what was paid of lost customers is taken back by 7/12."""
        self.build(MONTHS)
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            run = connection.execute
            land_incentive_ledger(self.settings, connection)
            run("create schema intermediate")
            run(f"create table intermediate.int_incentives__calculated_lines ({COLUMNS})")
            for one in owed:
                run(f"insert into intermediate.int_incentives__calculated_lines values {one.row()}")
            run("create table intermediate.int_incentives__versions as select 'plan' as program_id")
            run("create table intermediate.int_as_of as select date '2025-06-20' as as_of_date")
            for name, query in self.queries.items():
                schema = "intermediate" if name.startswith("int_") else "certified"
                run(f"create table {schema}.{name} as {query}")
                if name == "int_incentives__posted_lines":
                    self._take_back(connection, owed)
            run(
                "create table certified.partner_fund_balances as select 'plan' as program_id, "
                "'fund' as fund_wallet_id, 'p_1' as partner_id, 500.00::decimal(28,2) as "
                "available, date '2025-01-01' as earn_start, date '2025-07-01' as earn_end"
            )
            for name in PUBLISHED[-2:]:
                run(
                    f"create table certified.{name} as select program_id, lever_id, partner_id, "
                    "period_start, period_end, 0::bigint as event_sequence "
                    "from intermediate.int_incentives__calculated_lines"
                )
        write_record(BuildRecord(f"run-{self.run}", True, 9, 9, 1.0, [], []), self.settings)
        self.publish_build([*PUBLISHED])

    def _take_back(self, connection: duckdb.DuckDBPyConnection, owed: tuple[Owed, ...]) -> None:
        lost = {one.key: one for one in owed if one.lost}
        marks = " ".join(f"when '{key}' then date '{one.lost}'" for key, one in lost.items())
        ways = " ".join(f"when '{key}' then '{one.recovery}'" for key, one in lost.items())
        keys = ", ".join(f"'{key}'" for key in lost) or "''"
        connection.execute(
            "create table intermediate.int_incentives__clawbacks as "
            "select line_key, program_id, program_version_id, lever_id, partner_id, payee_kind, "
            "payee_id, customer_id, 'rule' as clawback_rule_id, bucket, 'cancel' as trigger, "
            "'linear_by_remaining_term' as method, "
            f"case line_key {ways or 'when null then null'} else 'offset' end as recovery, "
            "currency, 5 as elapsed_months, sum(paid_amount) as paid_amount, "
            "round(sum(paid_amount) * 7 / 12, 2)::decimal(28,2) as recoverable_amount, "
            "round(sum(paid_amount) * 7 / 12, 2)::decimal(28,2) as recovered_amount, "
            "true as carries_negative, period_start, "
            f"case line_key {marks or 'when null then null'} end::date as occurred_on "
            f"from intermediate.int_incentives__posted_lines where line_key in ({keys}) "
            "group by all having sum(paid_amount) > 0"
        )

    def lines(self) -> list[tuple[object, ...]]:
        """Entry, amount, status, cause and month of every published line."""
        return self.query(
            "select entry, amount, status, cause, strftime(posted_period, '%Y-%m') "
            "from certified.partner_incentive_statement_lines order by posted_period, entry, amount"
        )

    def line_id(self, entry: str = "earned") -> str:
        found = self.query(
            "select statement_line_id from certified.partner_incentive_statement_lines "
            f"where entry = '{entry}' order by posted_period limit 1"
        )
        return str(found[0][0])

    def closing_balance(self) -> Decimal:
        found = self.query(
            "select closing_balance from certified.partner_incentive_balances_monthly "
            "order by month_start desc limit 1"
        )
        return Decimal(str(found[0][0]))


@pytest.fixture
def books(settings: Settings, main_run: MainRun) -> Books:
    return Books(
        dataclasses.replace(settings, user="carla"), queries=compiled_queries(main_run, MODELS)
    )


def by(books: Books, person: str) -> Settings:
    return dataclasses.replace(books.settings, user=person)


def approved(books: Books, month: str) -> None:
    close(books.settings, "plan", month)
    approve(by(books, "mark"), "plan", month)


def paid(books: Books, month: str, day: date = TODAY) -> list[Payment]:
    return pay(books.settings, "plan", month, day)[1]


def lost_after_payment(books: Books, lost: Owed, next_month: Owed) -> None:
    """January is paid, then its customer leaves; February is approved, with what is taken back."""
    books.state(dataclasses.replace(lost, lost=None))
    approved(books, "2025-01")
    paid(books, "2025-01")
    books.state(lost, next_month)
    approved(books, "2025-02")
    books.state(lost, next_month)


def test_what_is_paid_once_is_not_owed_again(books: Books) -> None:
    books.state(Owed("100.00"))
    assert books.lines() == [("earned", 100, "accrued", None, "2025-01")]

    close(books.settings, "plan", "2025-01")
    books.state(Owed("100.00"))
    assert books.lines() == [("earned", 100, "closed", None, "2025-01")]

    approve(by(books, "mark"), "plan", "2025-01")
    books.state(Owed("100.00"))
    assert books.lines() == [("earned", 100, "approved", None, "2025-01")]

    assert [(one.amount, one.is_settled) for one in paid(books, "2025-01")] == [(100, True)]
    books.state(Owed("100.00"))
    assert books.lines() == [("earned", 100, "paid", None, "2025-01")]
    assert books.closing_balance() == 0
    with pytest.raises(PartnerMetricsError, match="Nothing of plan is due"):
        paid(books, "2025-01")


def test_what_is_found_out_later_is_a_difference_in_the_open_month(books: Books) -> None:
    books.state(Owed("100.00"))
    approved(books, "2025-01")
    posted = books.line_id()

    books.state(Owed("160.00", base="1600"))

    assert books.lines() == [
        ("earned", 100, "approved", None, "2025-01"),
        ("adjusted", 60, "accrued", "late_data", "2025-02"),
    ]
    assert books.query(
        "select related_line_id, strftime(corrected_period, '%Y-%m') "
        "from certified.partner_incentive_statement_lines where entry = 'adjusted'"
    ) == [(posted, "2025-01")]
    books.state(Owed("80.00", version="v_2"))
    assert books.lines()[-1] == ("adjusted", -20, "accrued", "changed_rule", "2025-02")
    books.state()
    assert books.lines()[-1] == ("adjusted", -100, "accrued", "lost_deal", "2025-02")


def test_a_replay_posts_nothing_and_changes_nothing(books: Books) -> None:
    owed = [Owed("100.00"), Owed("40.00", customer="c_2"), Owed("7.00", month="2025-02")]
    books.state(*owed)
    close(books.settings, "plan", "2025-01")
    books.state(*owed)
    before = books.query("from certified.partner_incentive_statement_lines order by all")
    books.state(*reversed(owed))
    assert books.query("from certified.partner_incentive_statement_lines order by all") == before


def test_only_what_was_paid_is_taken_back_and_once(books: Books) -> None:
    books.state(Owed("1200.00"))
    close(books.settings, "plan", "2025-01")
    books.state(Owed("1200.00", lost="2025-06-01"))
    assert [line[0] for line in books.lines()] == ["earned"]  # nothing is paid yet

    approve(by(books, "mark"), "plan", "2025-01")
    paid(books, "2025-01", date(2025, 3, 1))
    books.state(Owed("1200.00", lost="2025-06-01"), Owed("900.00", "2025-02", customer="c_2"))
    assert books.lines()[-1] == ("clawed_back", -700, "accrued", "cancel", "2025-06")


def test_a_clawback_by_offset_lowers_the_next_payment(books: Books) -> None:
    lost = Owed("1200.00", lost="2025-02-10")
    next_month = Owed("1000.00", "2025-02", customer="c_2")
    lost_after_payment(books, lost, next_month)

    assert [(one.amount, one.is_settled) for one in paid(books, "2025-02")] == [(300, True)]

    books.state(lost, next_month)
    assert {line[2] for line in books.lines()} == {"paid"}
    assert books.closing_balance() == 0


def test_a_clawback_by_invoice_is_settled_by_itself(books: Books) -> None:
    lost = Owed("1200.00", lost="2025-02-10", recovery="invoice")
    next_month = Owed("1000.00", "2025-02", customer="c_2")
    lost_after_payment(books, lost, next_month)

    found = [(one.is_invoiced, one.amount, one.is_settled) for one in paid(books, "2025-02")]
    assert found == [(False, 1000, True), (True, -700, True)]


def test_a_negative_balance_is_carried(books: Books) -> None:
    lost = Owed("1200.00", lost="2025-02-10")
    small = Owed("100.00", "2025-02", customer="c_2")
    lost_after_payment(books, lost, small)

    with pytest.raises(PartnerMetricsError, match="not more than what is to be taken back"):
        paid(books, "2025-02")
    assert books.closing_balance() == -600


def test_held_lines_wait_for_their_day(books: Books) -> None:
    waiting = Owed("100.00", payable_from=None)
    books.state(waiting, Owed("9.00", customer="c_2", payable_from="2025-06-30"))
    approved(books, "2025-01")
    books.state(waiting, Owed("9.00", customer="c_2", payable_from="2025-06-30"))
    with pytest.raises(PartnerMetricsError, match="Nothing of plan is due"):
        paid(books, "2025-01")

    # the minimum is reached: today's line has a day, the posted one had none
    books.state(Owed("100.00"), Owed("9.00", customer="c_2", payable_from="2025-06-30"))
    assert [one.amount for one in paid(books, "2025-01")] == [100]


def test_nobody_approves_what_he_or_she_did(books: Books) -> None:
    books.state(Owed("100.00"))
    close(books.settings, "plan", "2025-01")
    with pytest.raises(PartnerMetricsError, match="nobody approves what he or she did"):
        approve(books.settings, "plan", "2025-01")
    proposed = requests.adjust(books.settings, books.line_id(), "5.00", "rounding")
    with pytest.raises(PartnerMetricsError, match="nobody approves"):
        requests.approve_adjustment(books.settings, proposed.sequence)


def test_an_adjustment_by_people_is_not_reversed_by_the_next_run(books: Books) -> None:
    books.state(Owed("100.00"))
    approved(books, "2025-01")
    proposed = requests.adjust(books.settings, books.line_id(), "-20.50", "double counted")
    requests.approve_adjustment(by(books, "mark"), proposed.sequence)
    books.state(Owed("100.00"))

    assert books.lines() == [
        ("earned", 100, "approved", None, "2025-01"),
        ("adjusted", Decimal("-20.50"), "accrued", "adjustment", "2025-02"),
    ]
    approved(books, "2025-02")
    books.state(Owed("100.00"))
    assert [one.amount for one in paid(books, "2025-02")] == [Decimal("79.50")]


def test_what_people_took_off_is_not_taken_back_again(books: Books) -> None:
    books.state(Owed("1200.00"))
    approved(books, "2025-01")
    proposed = requests.adjust(books.settings, books.line_id(), "-900.00", "half was a test")
    requests.approve_adjustment(by(books, "mark"), proposed.sequence)
    books.state(Owed("1200.00"))
    approved(books, "2025-02")
    assert [one.amount for one in paid(books, "2025-02")] == [300]
    books.state(Owed("1200.00", lost="2025-06-01"))
    assert books.lines()[-1] == ("clawed_back", -300, "accrued", "cancel", "2025-06")


def test_a_disputed_line_is_not_paid_until_that_is_resolved(books: Books) -> None:
    books.state(Owed("100.00"))
    approved(books, "2025-01")
    opened = requests.dispute(by(books, "paula"), books.line_id(), "not our customer")
    books.state(Owed("100.00"))
    assert books.lines()[0][2] == "disputed"
    with pytest.raises(PartnerMetricsError, match="Nothing of plan is due"):
        paid(books, "2025-01")
    requests.resolve(by(books, "mark"), opened.sequence, "rejected", "it is, see the contract")
    assert [one.amount for one in paid(books, "2025-01")] == [100]


def test_a_fund_has_what_was_paid_into_it(books: Books) -> None:
    wallet = ("plan", "fund", "p_1", "2025-01-01")
    books.state(Owed("100.00", bucket="fund"))
    with pytest.raises(PartnerMetricsError, match=r"0\.00 is free"):
        requests.claim(books.settings, wallet, "10.00", "fair")
    with pytest.raises(PartnerMetricsError, match="is no day"):
        requests.claim(books.settings, (*wallet[:3], "soon"), "10.00", "fair")
    with pytest.raises(PartnerMetricsError, match="has no fund"):
        requests.claim(books.settings, (*wallet[:3], "2024-01-01"), "10.00", "fair")


def test_months_close_in_order_and_the_first_takes_earlier_ones_along(books: Books) -> None:
    owed = [Owed("1.00"), Owed("2.00", "2025-02"), Owed("4.00", "2025-04")]
    books.state(*owed)
    assert [one.month for one in close(books.settings, "plan", "2025-02")] == ["2025-01", "2025-02"]
    with pytest.raises(PartnerMetricsError, match="does not know event 1"):
        close(books.settings, "plan", "2025-03")
    books.state(*owed)
    with pytest.raises(PartnerMetricsError, match="2025-03 of plan is still open"):
        close(books.settings, "plan", "2025-04")
    with pytest.raises(PartnerMetricsError, match="closed already"):
        close(books.settings, "plan", "2025-01")
    with pytest.raises(PartnerMetricsError, match="is not complete"):
        close(books.settings, "plan", "2025-05")
    with pytest.raises(PartnerMetricsError, match="'nobody' owes nothing"):
        close(books.settings, "nobody", "2025-01")


def test_a_payment_is_of_a_day_that_was_and_is_open(books: Books) -> None:
    books.state(Owed("100.00"))
    close(books.settings, "plan", "2025-01")
    with pytest.raises(PartnerMetricsError, match="is not approved"):
        paid(books, "2025-01")
    with pytest.raises(PartnerMetricsError, match="is in the future"):
        paid(books, "2025-01", date(2999, 1, 1))
    with pytest.raises(PartnerMetricsError, match="is closed, and its balance stays"):
        paid(books, "2025-01", date(2025, 1, 31))


@pytest.mark.parametrize("name", ["event.json", "postings.parquet"])
def test_a_changed_byte_is_found(books: Books, name: str) -> None:
    books.state(Owed("100.00"))
    (event,) = close(books.settings, "plan", "2025-01")
    path = _file(books, event, name)
    path.parent.chmod(0o755)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"plan", b"plot"))
    with pytest.raises(PartnerMetricsError, match=rf"damaged: .*{name}"):
        books.state(Owed("100.00"))


def test_a_ledger_that_is_gone_is_missed(books: Books) -> None:
    books.state(Owed("100.00"))
    close(books.settings, "plan", "2025-01")
    books.state(Owed("100.00"))
    events_folder(books.settings).rename(books.settings.ledger_dir / "elsewhere")
    with pytest.raises(PartnerMetricsError, match="not in the incentive ledger"):
        books.state(Owed("100.00"))


def test_what_explains_a_posted_line_is_kept_with_it(books: Books) -> None:
    books.state(Owed("100.00"), Owed("7.00", "2025-02"))
    (event,) = close(books.settings, "plan", "2025-01")
    kept = {name: table.rows for name, table in event.tables.items()}
    assert kept.pop("postings") == 1
    assert set(kept.values()) == {1}
    assert read_events(books.settings) == [event]


def _file(books: Books, event: Event, name: str) -> Path:
    return events_folder(books.settings) / event.folder_name / name
