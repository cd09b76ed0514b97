"""`make check`: what it says of a delivery in seconds, and when it says that a run would stop."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import duckdb
import pytest
from raw_builder import RawFolder
from rich.console import Console

from orchestration.billing_shape import shapes
from orchestration.check import look, main, print_delivery, print_verdict
from orchestration.contract import load_contract
from orchestration.delivered import NOTE, RENAMED, STOPS, load_needs
from orchestration.errors import PartnerMetricsError
from orchestration.lineage import SPOILED, said_to_spoil
from orchestration.quarantine import held_back_in_short, problems_of, write_list
from orchestration.settings import Settings

Rewrite = dict[str, str]


def company(currency: str = "eur") -> RawFolder:
    """Three customers with a subscription each; one has a partner."""
    raw = RawFolder(as_of="2026-01-02 04:00")
    for name in ("anna", "bert", "cleo"):
        customer = raw.customer(name)
        item = customer.subscribe("2025-06-01").item(
            customer.price("seat", "100", currency=currency)
        )
        item.bill("2025-06-01")
    raw.association("anna", "pat")
    return raw


def rewrite(folder: Path, table: str, query: str) -> None:
    """Replace a table's file by a query on it, which reads `landed`."""
    (file,) = (folder / table.replace(".", "/")).glob("*.parquet")
    with duckdb.connect() as connection:
        connection.execute(f"create table landed as from read_parquet('{file}')")
        connection.execute(f"copy ({query}) to '{file}' (format parquet)")


def said(settings: Settings) -> tuple[int, str]:
    """The exit code and what is printed."""
    delivery = look(settings)
    console = Console(width=160, record=True, file=None)
    with console.capture() as captured:
        print_delivery(console, delivery)
        code = print_verdict(console, delivery)
    return code, " ".join(captured.get().split())


@pytest.fixture
def raw(settings: Settings) -> Path:
    """The raw folder of a small company of which a run could start."""
    return company().write(Path(settings.raw_location))


def test_a_small_company_can_start(settings: Settings, raw: Path) -> None:
    started = time.perf_counter()
    code, text = said(settings)

    assert code == 0
    assert "`make run` can start" in text
    assert "subscription_item 3 2026-01-02 04:00" in text
    assert "zendesk: nothing was delivered. Support by customer is empty." in text
    assert "absent: coupon. No discount lowers MRR." in text
    assert "Billing API of stripe: plan_id era" in text
    assert time.perf_counter() - started < 10


def test_what_is_missing_is_said_with_what_makes_an_empty_one(
    settings: Settings, tmp_path: Path
) -> None:
    company().write(
        tmp_path / "billing", without=["salesforce.account", "partner_portal.partner_association"]
    )
    settings = dataclasses.replace(settings, raw=str(tmp_path / "billing"))

    code, text = said(settings)

    assert code == 1
    assert "2 required raw table(s) are missing" in text
    assert f"echo id > '{tmp_path}/billing/salesforce/account.csv'" in text


def test_all_subscriptions_without_their_customers(settings: Settings, raw: Path) -> None:
    rewrite(raw, "stripe.customer", "select * replace ('x' || id as id) from landed")

    code, text = said(settings)

    assert code == 1
    assert "all 3 subscriptions name customers that were not delivered (stripe.customer)" in text
    assert "e.g. sub_anna names cus_anna" in text


def test_orphans_are_looked_for_within_an_account(settings: Settings, raw: Path) -> None:
    """A customer of another account is not the subscription's."""
    (raw / "stripe__us").mkdir()
    (raw / "stripe" / "customer").rename(raw / "stripe__us" / "customer")

    assert "all 3 subscriptions name customers" in said(settings)[1]


@pytest.mark.parametrize("places", ["price_id", "pricing_price_details_price"])
def test_lines_whose_price_stands_elsewhere(settings: Settings, raw: Path, places: str) -> None:
    """Read where it is, if the contract says so, or refused: never today's price without a word."""
    rewrite(
        raw,
        "stripe.invoice_line_item",
        f"select * replace (null::varchar as plan_id), plan_id as {places} from landed",
    )
    contract = {table.full_name: table for table in load_contract()}
    is_read = places in contract["stripe.invoice_line_item"].places("plan_id")

    code, text = said(settings)

    era = "price_id era" if places == "price_id" else "parent and pricing shape"
    assert f"Billing API of stripe: {era}" in text
    assert code == (0 if is_read else 1)
    if not is_read:
        assert "stripe.invoice_line_item of stripe: plan_id is empty in all" in text
        assert f"price of a line: {places} (not read)" in text


def test_an_empty_column_is_found_in_one_of_two_accounts(settings: Settings, raw: Path) -> None:
    second = RawFolder(as_of="2026-01-02 04:00")
    customer = second.customer("dora")
    customer.subscribe("2025-06-01").item(customer.price("seat", "100")).bill("2025-06-01")
    other = second.write(raw.parent / "second") / "stripe"
    rewrite(other.parent, "stripe.invoice_line_item", "select * exclude (period_end) from landed")
    other.rename(raw / "stripe__us")

    code, text = said(settings)

    assert code == 1
    assert "invoice_line_item of stripe__us: period_end is empty in all" in text
    assert "invoice_line_item of stripe: period_end" not in text


def test_prices_in_another_currency_than_is_reported(settings: Settings) -> None:
    company("usd").write(Path(settings.raw_location))

    code, text = said(settings)

    assert code == 1
    assert "prices are in USD, MRR is reported in EUR" in text
    assert "`reporting_currency`" in text


def test_rates_make_another_currency_reportable(settings: Settings) -> None:
    raw = company("usd")
    raw.rate("2026-01-01", "USD", "1.1")
    raw.write(Path(settings.raw_location))

    assert said(settings)[0] == 0


def test_no_row_says_when_it_was_delivered(settings: Settings, raw: Path) -> None:
    for table in ("stripe.subscription", "stripe.subscription_item"):
        rewrite(raw, table, "select * exclude (_fivetran_synced) from landed")

    code, text = said(settings)

    assert code == 1
    assert "says when it was delivered (_fivetran_synced)" in text
    assert "`as_of`" in text


def test_no_subscriptions(settings: Settings, raw: Path) -> None:
    rewrite(raw, "stripe.subscription", "select * from landed where false")

    assert "stripe.subscription has no row in any account" in said(settings)[1]


def test_a_lost_column_is_looked_for_under_another_name(settings: Settings, raw: Path) -> None:
    rewrite(raw, "stripe.subscription_item", "select * rename (id as item_id) from landed")
    rewrite(raw, "stripe.invoice", "select * rename (customer_id as customerid) from landed")

    code, text = said(settings)

    assert code == 1
    assert "stripe.subscription_item: column id" in text
    assert "(has customerid, not customer_id)" in text


def test_renamed_columns_stop_nothing(settings: Settings, raw: Path) -> None:
    rewrite(
        raw, "partner_portal.partner_association",
        "select * exclude (valid_from), timestamp '2025-01-01' as valid_since from landed",
    )  # fmt: skip

    delivery = look(settings)

    (renamed,) = [one for one in delivery.findings if one.kind == RENAMED]
    assert renamed.weight == NOTE
    assert "has valid_since, not valid_from" in renamed.text
    assert renamed.what == "valid_since (not valid_from)"


def test_databases_and_csv_files_are_looked_at_alike(
    settings: Settings, raw: Path, tmp_path: Path
) -> None:
    expected = {name: table[0].rows for name, table in look(settings).profiles.items() if table}
    database = tmp_path / "raw.duckdb"
    with duckdb.connect(str(database)) as connection:
        for file in sorted(raw.glob("*/*/*.parquet")):
            source, table = file.parts[-3:-1]
            connection.execute(f"create schema if not exists {source}")
            connection.execute(f"create table {source}.{table} as from read_parquet('{file}')")
            target = tmp_path / "csv" / source / f"{table}.csv"
            target.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(f"copy {source}.{table} to '{target}' (header)")

    for place in (f"duckdb:{database}", str(tmp_path / "csv")):
        delivery = look(dataclasses.replace(settings, raw=place))
        found = {name: table[0].rows for name, table in delivery.profiles.items() if table}
        assert found == expected
        assert not delivery.stops, place
        assert delivery.newest_at("stripe.subscription") is not None
        assert [shape.eras for shape in shapes(delivery)] == [("plan",)]

    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create schema stripe_eu; create table stripe_eu.customer as select 1 as id"
        )
        connection.execute("create table stripe.coupons as select 1 as id")
    found_names = {
        one.what for one in look(dataclasses.replace(settings, raw=f"duckdb:{database}")).stops
    }
    assert found_names == {"stripe_eu", "stripe.coupons"}


def test_the_work_list_of_a_build_that_failed(settings: Settings) -> None:
    """What was judged before the build failed, when the list itself was not built."""
    settings.prepare()
    with duckdb.connect(str(settings.warehouse_path)) as warehouse:
        with pytest.raises(PartnerMetricsError, match="make check"):
            problems_of(warehouse)
        warehouse.execute("create schema staging")
        warehouse.execute(
            "create table staging.base_stripe__subscription as select 'stripe' as source_relation, "
            "'sub_1' as row_key, 'orphan_key|customer_id' as row_reason, "
            "'quarantined' as row_status, '{\"customer_id\": \"cus_9\"}'::json as raw_row"
        )
    assert held_back_in_short(settings).startswith(
        "\nHeld back: 1 rows of stripe.subscription (orphan_key)."
    )
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as warehouse:
        file = write_list(warehouse, settings.build_dir / "list.csv", problems_of(warehouse))
    assert "sub_1,orphan_key,customer_id,cus_9,1," in file.read_text("utf-8")


def test_many_spoiled_metrics_are_counted_and_stand_in_a_file(settings: Settings) -> None:
    settings.prepare()
    few, many = [f"m{number}" for number in range(3)], [f"m{number}" for number in range(231)]

    assert said_to_spoil(few, settings) == "\nMetrics that this spoils (3): m0, m1, m2."
    said_of_many = said_to_spoil(many, settings)
    assert "(231): m0, m1, m2 and others; all are in " in said_of_many
    assert len(said_of_many) < 300
    assert (settings.build_dir / SPOILED).read_text("utf-8").split() == many


def test_the_demo_is_not_there_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARTNER_METRICS_BUILD_DIR", str(tmp_path / "build"))
    monkeypatch.delenv("PARTNER_METRICS_RAW", raising=False)

    assert main() == 0
    assert "simulates a demo channel" in capsys.readouterr().out


def test_a_place_that_cannot_be_opened_is_an_error(settings: Settings) -> None:
    with pytest.raises(PartnerMetricsError, match="no-such-folder"):
        look(dataclasses.replace(settings, raw="no-such-folder"))


def test_every_absence_says_what_follows_from_it() -> None:
    """needed_inputs.csv knows each optional table, and nothing that the contract does not have."""
    contract = {table.full_name: table for table in load_contract()}
    needs = load_needs()

    about_tables = {need.table for need in needs if not need.columns}
    assert about_tables == {name for name, table in contract.items() if not table.required}
    for need in needs:
        assert set(need.columns) <= set(contract[need.table].columns), need
        assert need.weight in (STOPS, "doubt", NOTE), need
        assert need.without_it, need
