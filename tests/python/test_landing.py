"""Landing: every shape of raw data that the settings allow, and the errors a person acts on."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from conftest import contracted

from orchestration.contract import TableContract, load_contract
from orchestration.errors import PartnerMetricsError
from orchestration.input_volumes import read_volumes
from orchestration.landed_files import require_same_files
from orchestration.landing import land
from orchestration.look_alikes import columns_like
from orchestration.settings import Settings, load_settings

WriteParquet = Callable[[str, str], Path]
CUSTOMER = contracted("stripe.customer")


def landed_rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_lands_all_files_of_a_table_with_columns_as_found(
    settings: Settings, write_parquet: WriteParquet
) -> None:
    write_parquet("stripe/customer/part-0.parquet", "select 1 as id, 'a' as name")
    write_parquet("stripe/customer/part-1.parquet", "select 2 as id, true as livemode")

    (table,) = land(settings, [CUSTOMER])

    assert (table.rows, table.files, table.accounts) == (2, 2, ("stripe",))
    assert landed_rows(settings, "from raw_stripe.customer order by id") == [
        (1, "a", None, "stripe"),
        (2, None, True, "stripe"),
    ]


def test_lands_csv_as_text_with_quotes_newlines_and_empty_fields(settings: Settings) -> None:
    file = Path(settings.raw_location) / "stripe" / "customer.csv"
    file.parent.mkdir()
    file.write_text('id,name\n007,"O""Neil,\nLtd"\n8,\n', encoding="utf-8")

    (table,) = land(settings, [CUSTOMER])

    assert table.rows == 2
    assert landed_rows(settings, "from raw_stripe.customer order by id") == [
        ("007", 'O"Neil,\nLtd', "stripe"),
        ("8", None, "stripe"),
    ]


def test_unites_several_accounts_of_one_system(
    settings: Settings, write_parquet: WriteParquet
) -> None:
    write_parquet("stripe/customer.parquet", "select 1 as id")
    write_parquet("stripe__us/customer.parquet", "select 1 as id, 'other' as source_relation")
    write_parquet("stripes/customer.parquet", "select 3 as id")

    (table,) = land(dataclasses.replace(settings, ignored=("stripes",)), [CUSTOMER])

    assert table.accounts == ("stripe", "stripe__us")
    assert landed_rows(settings, "select id, source_relation from raw_stripe.customer") == [
        (1, "stripe"),
        (1, "stripe__us"),
    ]


def test_absent_optional_table_lands_empty_with_the_contracted_columns(
    settings: Settings, write_parquet: WriteParquet
) -> None:
    write_parquet("stripe/customer.parquet", "select 1 as id")
    coupon = contracted("stripe.coupon", required=False, columns=("id", "percent_off"))

    _, table = land(settings, [CUSTOMER, coupon])

    assert (table.rows, table.accounts) == (0, ())
    columns = landed_rows(settings, "select column_name from (describe raw_stripe.coupon)")
    assert columns == [("id",), ("percent_off",), ("source_relation",)]


def test_missing_required_tables_are_all_named_with_reason_and_place(settings: Settings) -> None:
    with pytest.raises(PartnerMetricsError) as error:
        land(settings, [CUSTOMER, contracted("zendesk.ticket")])

    message = str(error.value)
    assert "2 required raw table(s) are missing" in message
    assert "stripe.customer: customer is needed" in message
    assert "zendesk.ticket: ticket is needed" in message
    assert f"{settings.raw_location}/zendesk/ticket/*.parquet" in message


def test_half_written_file_is_named(settings: Settings, write_parquet: WriteParquet) -> None:
    write_parquet("stripe/customer/part-0.parquet", "select 1 as id")
    broken = write_parquet("stripe/customer/part-1.parquet", "select 2 as id")
    broken.write_bytes(broken.read_bytes()[:-20])

    with pytest.raises(PartnerMetricsError, match=r"half-written(.|\n)*part-1\.parquet") as error:
        land(settings, [CUSTOMER])
    assert "part-0.parquet" not in str(error.value)


def test_hidden_and_partial_files_are_left_alone(
    settings: Settings, write_parquet: WriteParquet
) -> None:
    write_parquet("stripe/customer/part-0.parquet", "select 1 as id")
    write_parquet("stripe/customer/.part-1.parquet", "select 2 as id")
    write_parquet("stripe/customer/_temporary/part-2.parquet", "select 3 as id")

    (table,) = land(settings, [CUSTOMER])

    assert table.rows == 1


def test_same_table_as_parquet_and_csv_is_refused(
    settings: Settings, write_parquet: WriteParquet
) -> None:
    file = write_parquet("stripe/customer/part-0.parquet", "select 1 as id")
    file.with_suffix(".csv").write_text("id\n1\n", encoding="utf-8")

    with pytest.raises(PartnerMetricsError, match="would count twice"):
        land(settings, [CUSTOMER])


def test_copies_tables_of_an_existing_database(settings: Settings, tmp_path: Path) -> None:
    database = tmp_path / "existing.duckdb"
    with duckdb.connect(str(database)) as connection:
        for schema in ("fivetran_stripe", "fivetran_stripe__us", "fivetran_other"):
            connection.execute(f"create schema {schema}")
            connection.execute(f"create table {schema}.customer as select '{schema}' as id")
    settings = dataclasses.replace(
        settings, raw=f"duckdb:{database}", raw_schema_prefix="fivetran_"
    )

    land(settings, [CUSTOMER])
    database.unlink()

    assert landed_rows(settings, "from raw_stripe.customer order by all") == [
        ("fivetran_stripe", "stripe"),
        ("fivetran_stripe__us", "stripe__us"),
    ]


def test_missing_table_of_a_database_names_schema_and_table(
    settings: Settings, tmp_path: Path
) -> None:
    database = tmp_path / "existing.duckdb"
    duckdb.connect(str(database)).close()
    settings = dataclasses.replace(settings, raw=f"duckdb:{database}")

    with pytest.raises(PartnerMetricsError, match=r"table stripe\.customer in DuckDB file"):
        land(settings, [CUSTOMER])


@pytest.mark.parametrize("place", ["no-such-folder", "duckdb:no-such-file"])
def test_a_place_that_is_not_there_is_named(settings: Settings, place: str) -> None:
    with pytest.raises(PartnerMetricsError, match=place.removeprefix("duckdb:")):
        land(dataclasses.replace(settings, raw=place), [CUSTOMER])


def test_landing_starts_from_a_fresh_build_file(
    settings: Settings, write_parquet: WriteParquet
) -> None:
    write_parquet("stripe/customer.parquet", "select 1 as id")
    land(settings, [CUSTOMER])
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create table left_over as select 1 as x")

    land(settings, [CUSTOMER])

    assert landed_rows(settings, "from duckdb_tables() where table_name = 'left_over'") == []


def test_a_build_file_in_use_is_left_alone(settings: Settings, write_parquet: WriteParquet) -> None:
    write_parquet("stripe/customer.parquet", "select 1 as id")
    land(settings, [CUSTOMER])
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    command = [sys.executable, "-c", hold, str(settings.warehouse_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(PartnerMetricsError, match="Another process has"):
            land(settings, [CUSTOMER])
        other.kill()


def test_contract_of_the_project_says_why_each_required_table_is_needed() -> None:
    contract = load_contract()

    assert len({table.full_name for table in contract}) == len(contract) > 0
    for table in contract:
        assert table.columns, f"{table.full_name} contracts no column"
        assert table.required_because or not table.required, f"{table.full_name} gives no reason"


def test_settings_refuse_values_of_no_use() -> None:
    with pytest.raises(PartnerMetricsError, match="PARTNER_METRICS_THREADS"):
        load_settings({"PARTNER_METRICS_THREADS": "two"})


@pytest.mark.parametrize(
    "columns",
    [
        "plan_id",
        "price_id",
        "pricing_price_details_price",
        "pricing__price_details__price",
        "pricing",
    ],
)
def test_a_needed_column_may_stand_in_another_place(
    settings: Settings, write_parquet: WriteParquet, columns: str
) -> None:
    item = dataclasses.replace(
        contracted("stripe.subscription_item", columns=("id", "plan_id")),
        required_columns=("id", "plan_id"),
        also_in={"plan_id": ("price_id", "pricing.price_details.price")},
    )
    write_parquet("stripe/subscription_item/part-0.parquet", f"select 'si' as id, 'x' as {columns}")

    (table,) = land(settings, [item])

    assert table.rows == 1


def test_a_needed_column_that_stands_nowhere_is_missed(
    settings: Settings, write_parquet: WriteParquet
) -> None:
    item = dataclasses.replace(
        contracted("stripe.subscription_item", columns=("id", "plan_id")),
        required_columns=("id", "plan_id"),
        also_in={"plan_id": ("price_id", "pricing.price_details.price")},
    )
    write_parquet("stripe/subscription_item/part-0.parquet", "select 'si' as id, 'x' as details")

    with pytest.raises(PartnerMetricsError, match=r"stripe\.subscription_item: column plan_id"):
        land(settings, [item])


def test_plans_are_enough_where_there_are_no_prices(
    settings: Settings, write_parquet: WriteParquet
) -> None:
    price = next(table for table in load_contract() if table.full_name == "stripe.price")
    plan = next(table for table in load_contract() if table.full_name == "stripe.plan")
    write_parquet(
        "stripe/plan/part-0.parquet",
        "select 'p' as id, 'a' as product_id, 'eur' as currency, 'month' as interval, "
        "1 as interval_count",
    )

    landed = land(settings, [price, plan])

    assert [(table.name, table.rows) for table in landed] == [("price", 0), ("plan", 1)]


def test_prices_are_missed_where_there_are_no_plans_either(settings: Settings) -> None:
    tables = [one for one in load_contract() if one.full_name in ("stripe.price", "stripe.plan")]

    with pytest.raises(PartnerMetricsError, match=r"stripe\.price"):
        land(settings, tables)


@pytest.mark.parametrize("folder", ["stripe_eu", "Stripe", "stripe-eu", "stripe2", "sStripe"])
def test_a_folder_that_looks_like_an_account_and_is_not_read_stops_the_run(
    settings: Settings, write_parquet: WriteParquet, folder: str
) -> None:
    write_parquet("stripe/customer.parquet", "select 1 as id")
    write_parquet(f"{folder}/customer/part-0.parquet", "select 2 as id")
    write_parquet(f"{folder}/invoice/part-0.parquet", "select 2 as id")
    write_parquet("hubspot/deal.parquet", "select 3 as id")

    with pytest.raises(PartnerMetricsError, match="looks like source stripe") as error:
        land(settings, [CUSTOMER])
    assert f"{folder} (2 files)" in str(error.value)
    assert "hubspot" not in str(error.value), "a system that nothing knows is no concern"

    (table,) = land(dataclasses.replace(settings, ignored=("x", folder)), [CUSTOMER])
    assert table.rows == 1
    told = landed_rows(settings, "select weight, source_name, what from delivery.findings")
    assert told == [("note", "stripe", folder)]


@pytest.mark.parametrize(
    "name",
    [
        "stripe/coupons.csv",
        "stripe/Coupon.csv",
        "stripe/coupon.json",
        "stripe/coupon.parquet.gz",
        "stripe/coupons/part-0.csv",
        "stripe/customer/part-1.csv.zst",
        "stripe/customer/part-1.jsonl",
    ],
)
def test_a_file_that_looks_like_a_table_and_is_not_read_stops_the_run(
    settings: Settings, write_parquet: WriteParquet, name: str
) -> None:
    write_parquet("stripe/customer/part-0.parquet", "select 1 as id")
    file = Path(settings.raw_location) / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("id\n1\n", encoding="utf-8")
    coupon = contracted("stripe.coupon", required=False)

    with pytest.raises(PartnerMetricsError, match="nothing reads them") as error:
        land(settings, [CUSTOMER, coupon])
    place = name.removesuffix("/part-0.csv").removesuffix(".csv")
    assert place in str(error.value)

    ignored = dataclasses.replace(settings, ignored=("stripe/coupon*", "stripe/C*", f"{name}"))
    assert [table.rows for table in land(ignored, [CUSTOMER, coupon])] == [1, 0]


def test_what_is_no_data_of_the_contract_is_left_alone(
    settings: Settings, write_parquet: WriteParquet
) -> None:
    write_parquet("stripe/customer/part-0.parquet", "select 1 as id")
    write_parquet("stripe/payment_intent/part-0.parquet", "select 1 as id")
    for name in (
        "README.md",
        "stripe/customer/schema.json",
        "stripe/customer/_SUCCESS",
        "notes.txt",
    ):
        (Path(settings.raw_location) / name).write_text("{}", encoding="utf-8")

    land(settings, [CUSTOMER])

    assert landed_rows(settings, "from delivery.findings") == []


def test_links_to_folders_and_to_nothing_are_named(
    settings: Settings, write_parquet: WriteParquet, tmp_path: Path
) -> None:
    write_parquet("stripe/customer/part-0.parquet", "select 1 as id")
    raw = Path(settings.raw_location)
    (raw / "stripe" / "customer" / "part-1.parquet").symlink_to(tmp_path / "gone")
    (tmp_path / "elsewhere").mkdir()
    (raw / "stripe" / "coupon").symlink_to(tmp_path / "elsewhere")
    (raw / "stripe__eu").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(PartnerMetricsError) as error:
        land(settings, [CUSTOMER, contracted("stripe.coupon", required=False)])

    message = str(error.value)
    assert "stripe/customer/part-1.parquet: a link to something that is not there" in message
    assert "stripe/coupon: a link to a folder; such links are not followed" in message
    assert "stripe__eu: a link to a folder" in message


@pytest.mark.parametrize("name", ["a*b", "a?b", "a[1]b", "a'b", 'a"b', "a{x,y}b", "a,b", "é"])
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_names_that_are_patterns_are_read_as_names(
    settings: Settings, name: str, kind: str
) -> None:
    folder = Path(settings.raw_location) / "stripe" / "customer"
    folder.mkdir(parents=True)
    plain = folder / "plain"
    if kind == "parquet":
        duckdb.execute(f"copy (select 'it' as id) to '{plain}' (format parquet)")
    else:
        plain.write_text("id\nit\n", encoding="utf-8")
    plain.rename(folder / f"{name}.{kind}")

    (table,) = land(settings, [CUSTOMER])

    assert (table.rows, table.files) == (1, 1)
    assert landed_rows(settings, "select id from raw_stripe.customer") == [("it",)]


def test_a_pattern_reads_no_other_file(settings: Settings) -> None:
    folder = Path(settings.raw_location) / "stripe"
    folder.mkdir()
    for table, content in (("customer/a*b", "one"), ("customer/axb", "two"), ("coupon/axb", "no")):
        file = folder / f"{table}.csv"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"id\n{content}\n", encoding="utf-8")

    (table,) = land(settings, [CUSTOMER])

    assert table.rows == 2, "not one file twice"


def test_a_name_that_is_not_utf_8_is_named(settings: Settings, write_parquet: WriteParquet) -> None:
    file = write_parquet("stripe/customer/part-0.parquet", "select 1 as id")
    file.rename(Path(os.fsdecode(os.fsencode(file.parent) + b"/caf\xe9.parquet")))

    with pytest.raises(PartnerMetricsError, match=r"not UTF-8(.|\n)*caf\\xe9\.parquet"):
        land(settings, [CUSTOMER])


def test_a_file_written_over_with_its_old_time_is_noticed(
    settings: Settings, write_parquet: WriteParquet
) -> None:
    file = write_parquet("stripe/customer.parquet", "select 1 as id")
    land(settings, [CUSTOMER])
    require_same_files(settings)
    before = file.stat()

    with file.open("r+b") as opened:
        opened.write(file.read_bytes())
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    after = file.stat()
    assert (after.st_size, after.st_mtime_ns, after.st_ino) == (
        before.st_size, before.st_mtime_ns, before.st_ino,
    )  # fmt: skip
    with pytest.raises(PartnerMetricsError, match=r"written over or touched(.|\n)*its old time"):
        require_same_files(settings)


@pytest.mark.parametrize(
    ("column", "others", "expected"),
    [
        ("plan_id", ["price_id", "plan_name"], ["price_id"]),
        ("created", ["created_at"], ["created_at"]),
        ("customer_id", ["customer", "customer_email"], ["customer"]),
        ("subscription_item_id", ["parent_subscription_item_details_subscription_item"],
         ["parent_subscription_item_details_subscription_item"]),
        ("_fivetran_synced", ["_airbyte_extracted_at"], ["_airbyte_extracted_at"]),
        ("currentPeriodEnd", ["current_period_end"], ["current_period_end"]),
        ("amount_off", ["percent_off"], []),
        ("period_start", ["period_end", "trial_start"], []),
        ("id", ["uid", "other_id"], []),
        ("name", ["nickname", "number"], []),
    ],
)  # fmt: skip
def test_columns_alike(column: str, others: list[str], expected: list[str]) -> None:
    assert columns_like(column, others) == expected


def test_other_places_of_a_fact_are_read_from_the_contract() -> None:
    table = TableContract(
        "stripe", "invoice_line_item", "raw_stripe", ("id", "plan_id"), True, "why",
        also_in={"plan_id": ("price_id", "pricing.price_details.price")},
    )  # fmt: skip

    assert table.places("plan_id") == [
        "plan_id", "price_id", "pricing_price_details_price", "pricing__price_details__price",
        "pricing_price_details", "pricing__price_details", "pricing",
    ]  # fmt: skip
    assert table.places("id") == ["id"]


def test_what_is_not_read_is_kept_beside_the_rows_of_its_table(
    settings: Settings, write_parquet: WriteParquet
) -> None:
    write_parquet("stripe/customer.parquet", "select 1 as id, 'a' as customer_name")
    write_parquet("stripe_eu/customer.parquet", "select 2 as id")
    settings = dataclasses.replace(settings, ignored=("stripe_eu",))
    land(settings, [contracted("stripe.customer", columns=("id", "customer_nam"))])

    with duckdb.connect(str(settings.warehouse_path)) as warehouse:
        warehouse.execute("create schema audit")
        warehouse.execute(
            "create table audit.row_accounting as select 'stripe' as source_name, 'customer' as "
            "table_name, 1 as landed_rows, 1 as accepted_rows, 0 as quarantined_rows, "
            "0 as superseded_rows"
        )
        volumes = read_volumes(warehouse)

    assert [(one.table_name, one.landed_rows, one.not_read) for one in volumes] == [
        ("customer", 1, "customer_name (not customer_nam)"),
        ("", 0, "stripe_eu"),
    ]
