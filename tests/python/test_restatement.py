"""Closed months from raw files to published tables: late facts become corrections (W19).

One company over four months. Each step lands what the connectors have delivered until then, builds,
runs the data tests, publishes, and closes; the tests look at what each step published.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from compiled_project import CompiledProject
from conftest import settings_in
from raw_builder import Customer, Item, RawFolder, instant, later
from warehouse_builds import Built, land_here

from orchestration.build_record import BuildRecord, write_record
from orchestration.certificates import CertificateFacts, Metric
from orchestration.ledger.closed_months import CLOSED_MONTHS
from orchestration.ledger.closing import close_month
from orchestration.ledger.closings import read_closings, table_path
from orchestration.ledger.contract import CLOSINGS, load_closed_tables
from orchestration.manifest import TableDescription, certified_tables, read_manifest
from orchestration.publishing import PUBLIC_TABLES, Publication, publish
from orchestration.settings import Settings

TABLES = sorted(
    {one.name for one in load_closed_tables()} - {CLOSINGS} | {*PUBLIC_TABLES, CLOSED_MONTHS}
)
RATES = {"2025-01-31": "1.25", "2025-02-28": "1.25", "2025-03-31": "2", "2025-04-30": "2"}


@dataclass
class Company:
    """Subscriptions that are billed on their day every month until the extract's moment."""

    raw: RawFolder = field(default_factory=lambda: RawFolder(as_of="2025-01-05"))
    items: list[tuple[Item, str, int]] = field(default_factory=list)
    lines: dict[tuple[str, str], str] = field(default_factory=dict)

    def sell(self, customer: Customer, start: str, product: str, amount: str, **terms: Any) -> None:
        item = customer.subscribe(start).item(customer.price(product, amount, **terms))
        self.items.append((item, start, 0))

    def deliver(self, as_of: str, wrong_lines: dict[tuple[str, str], int] | None = None) -> None:
        """Bill what is due until `as_of`; rows that were delivered before stay as they were."""
        self.raw.as_of = instant(as_of)
        for position, (item, start, billed) in enumerate(self.items):
            while (begin := later(instant(start), "month", billed)) < self.raw.as_of:
                billed += 1
                key = (item.id, f"{begin:%Y-%m}")
                amount = (wrong_lines or {}).get(key, item.price.amount(1))
                end = later(instant(start), "month", billed)
                self.lines[key] = item.line(begin, end, amount)
            self.items[position] = (item, start, billed)


@dataclass
class Books:
    """Builds, publishes and closes in one folder; `steps` are the published files by name."""

    folder: Path
    project: CompiledProject
    described: dict[str, TableDescription]
    steps: dict[str, tuple[Publication, Path]] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return settings_in(self.folder, PARTNER_METRICS_RAW=str(self.folder / "raw"))

    def publish(self, step: str, company: Company) -> None:
        settings = self.settings
        shutil.rmtree(self.folder / "raw", ignore_errors=True)
        company.raw.write(self.folder / "raw")
        land_here(settings)
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            self.project.build(connection)
            assert not self.project.failed_tests(connection)
        write_record(BuildRecord(step, True, 9, 9, 1.0, [], []), settings)
        facts = CertificateFacts(
            run_id=step, code_version="abc", inputs_as_of=company.raw.as_of,
            metrics=[Metric("closing_mrr", "1", "partner_mrr_monthly", "closing_mrr")],
        )  # fmt: skip
        published = publish(settings, {name: self.described[name] for name in TABLES}, facts)
        self.steps[step] = (published, settings.publish_dir / published.file)

    def query(self, step: str, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.steps[step][1]), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def corrections(self, step: str, month: str) -> list[tuple[Any, ...]]:
        return self.query(
            step,
            "select customer_id, partner_id, product_id, reason, "
            "strftime(corrected_month, '%Y-%m'), native_amount, amount "
            "from certified.customer_mrr_movements where movement = 'correction' "
            f"and month_start = date '{month}-01' order by all",
        )

    def bridge(self, step: str, month: str) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
        """Opening, correction and closing MRR of each partner."""
        rows = self.query(
            step,
            "select partner_id, opening_mrr, correction_mrr, closing_mrr "
            f"from certified.partner_mrr_monthly where month_start = date '{month}-01'",
        )
        return {row[0]: row[1:] for row in rows}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory, worked_examples: Built) -> Books:
    described = certified_tables(read_manifest(settings_in(worked_examples.workshop.folder)))
    books = Books(tmp_path_factory.mktemp("restatement"), worked_examples.project, described)
    company = Company()
    raw = company.raw
    for day, units in RATES.items():
        raw.rate(day, "USD", units)
    anna, bert, cora, eve = (raw.customer(name) for name in ("anna", "bert", "cora", "eve"))
    raw.association("anna", "p_north")
    raw.association("bert", "p_north", name="assoc_bert")
    raw.association("eve", "p_south")
    company.sell(anna, "2025-01-05", "seat", "100")
    company.sell(bert, "2025-01-05", "seat", "200")
    company.sell(cora, "2025-01-05", "seat", "300")
    company.sell(eve, "2025-01-05", "seat", "50")

    company.deliver("2025-04-03 04:00", {("si_cora_1", "2025-03"): 35000})
    books.publish("april", company)
    close_month(books.settings, "2025-02")
    close_month(books.settings, "2025-03")

    company.raw.as_of = instant("2025-05-03 04:00")
    company.sell(anna, "2025-02-10", "support", "60")
    company.sell(eve, "2025-02-12", "storage", "100", currency="usd")
    company.deliver("2025-05-03 04:00")
    raw.stripe.add(
        "credit_note", id="cn_price", status="issued", currency="eur", subtotal=5000, amount=5000,
        invoice_id=company.items[2][0].subscription.invoice(), livemode=True, created="2025-04-20",
        metadata=json.dumps({
            "correction": "price", "invoice_line_item_id": company.lines["si_cora_1", "2025-03"],
        }),
    )  # fmt: skip
    books.publish("may", company)
    close_month(books.settings, "2025-04")

    company.raw.as_of = instant("2025-06-03 04:00")
    raw.rate("2025-05-31", "USD", "2")
    company.sell(anna, "2025-02-25", "support", "7")
    moved = {"since": None, "until": "2025-02-15", "recorded": "2025-05-20"}
    raw.association("bert", "p_north", name="assoc_bert", **moved)  # type: ignore[arg-type]
    raw.association("bert", "p_south", since="2025-02-15", recorded="2025-05-20")
    company.deliver("2025-06-03 04:00")
    books.publish("june", company)

    settings = books.settings
    shutil.rmtree(settings.build_dir)
    books.publish("rebuilt", company)
    return books


def test_closed_months_are_published_as_they_were_closed(books: Books) -> None:
    """To the last column, in every later version."""
    for one in read_closings(books.settings):
        for table in one.tables:
            kept = duckdb.execute(
                f"from '{table_path(books.settings, one.month, table)}' order by all"
            ).fetchall()
            query = (
                f"from certified.{table} where month_start = date '{one.month_start}' order by all"
            )
            for step in list(books.steps)[0 if one.month < "2025-04" else 1 :]:
                assert books.query(step, query) == kept, (step, one.month, table)


def test_w19_a_late_line_is_a_correction_in_the_open_month(books: Books) -> None:
    """+60 since February and a credit note for March arrive in May; April is open."""
    assert books.corrections("may", "2025-04") == [
        ("anna", "p_north", "support", "late_data", "2025-02", 60, 60),
        ("cora", "direct", "seat", "credit_note", "2025-03", -50, -50),
        ("eve", "p_south", "storage", "late_data", "2025-02", 100, 80),
        ("eve", "p_south", "storage", "late_data", "2025-03", 0, -30),
    ]
    assert books.bridge("may", "2025-03") == books.bridge("april", "2025-03")
    assert books.bridge("may", "2025-04") == {
        "p_north": (300, 60, 360), "p_south": (50, 50, 100), "direct": (350, -50, 300),
    }  # fmt: skip


def test_what_was_corrected_in_a_closed_month_is_not_corrected_again(books: Books) -> None:
    """April is closed with its corrections: only +7 and the change of partner are new in May."""
    assert books.corrections("june", "2025-05") == [
        ("anna", "p_north", "support", "late_data", "2025-02", 7, 7),
        ("bert", "p_north", "seat", "backdated", "2025-02", -200, -200),
        ("bert", "p_south", "seat", "backdated", "2025-02", 200, 200),
    ]
    assert books.corrections("june", "2025-04") == books.corrections("may", "2025-04")
    assert books.bridge("june", "2025-05") == {
        "p_north": (360, -193, 167), "p_south": (100, 200, 300), "direct": (300, 0, 300),
    }  # fmt: skip


def test_a_backdated_change_of_partner_is_nothing_to_the_vendor(books: Books) -> None:
    assert books.query(
        "june",
        "select opening_mrr, correction_mrr, closing_mrr from certified.vendor_summary_monthly "
        "where month_start = date '2025-05-01'",
    ) == [(760, 7, 767)]


def test_open_months_arrive_at_what_the_data_says(books: Books) -> None:
    """The certified stock by customer, against the price list."""
    expected = {"anna": 167, "bert": 200, "cora": 300, "eve": 100}
    found = books.query(
        "june",
        "select customer_id, sum(amount) from certified.customer_mrr_movements "
        "group by customer_id order by customer_id",
    )
    assert dict(found) == expected


def test_the_build_folder_can_be_deleted(books: Books) -> None:
    """The same certified history, closed months and corrections included."""
    assert books.steps["rebuilt"][0].content_hash == books.steps["june"][0].content_hash


def test_nothing_was_ever_said_differently_of_a_month(books: Books) -> None:
    """Months were published when they were complete, and what came later is in the next one."""
    assert books.query(
        "june",
        "select count(*), count(said_until_at) from certified.closing_mrr_snapshots",
    ) == books.query("june", "select count(*), 0 from certified.partner_mrr_monthly")


def test_closings_follow_one_another(books: Books) -> None:
    closings = read_closings(books.settings)
    assert [one.month_start for one in closings] == [date(2025, month, 1) for month in (1, 2, 3, 4)]
    assert [one.run_id for one in closings] == ["april", "april", "april", "may"]
    assert books.query("june", f"select count(*) from certified.{CLOSED_MONTHS}") == [(4,)]
