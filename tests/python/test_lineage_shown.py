"""What Dagster's pages show of a table: the columns upstream, plots, and why a check failed."""

from __future__ import annotations

import base64
from typing import Any

import dagster as dg
import duckdb
import pytest
from conftest import MainRun
from sqlglot.errors import SqlglotError

from orchestration.build_events import BuildEvents
from orchestration.certified_plots import PLOTTED, plots_of
from orchestration.check_samples import explained, key_columns
from orchestration.column_lineage import ColumnLineage, Columns, read_columns
from orchestration.manifest import read_manifest
from orchestration.plots import LARGEST_PNG, as_markdown, figure, stacked_bars, waterfall
from orchestration.publishing import current_file

TABLES = {
    "items": ('"w"."raw"."items"', ["item_id", "price", "quantity", "started"]),
    "closed": ('"w"."kept"."months"', ["month", "mrr"]),
}
# Read from the SQL by eye, model by model; `closed` is short for a closed month's table.
MOVED = {("customer_mrr_movements", "amount"), ("customer_mrr_movements", "movement")}
CUSTOMERS = {("int_partners__customer_months", "customers")}
CHANGES = "int_growth__customer_changes"
PARTNER, ENDS = "stg_partner_portal__partner", "int_partners__certified_month_ends"
BY_HAND: dict[str, dict[str, set[tuple[str, str]]]] = {
    "stg_stripe__subscription_item": {
        "subscription_item_id": {("base_stripe__subscription_item", "id")},
        "price_id": {("base_stripe__subscription_item", "plan_id")},
        "synced_at": {("base_stripe__subscription_item", "_fivetran_synced")},
    },
    "input_partners": {  # an id is told apart by account
        "partner_id": {(PARTNER, "partner_id"), (PARTNER, "source_relation")},
        "region": {(PARTNER, "region")},
    },
    ENDS: {  # a union of three, read by position
        "closing_mrr": {("int_partners__month_ends", "closing_mrr"), ("closed", "closing_mrr")},
        "month_start": {
            ("int_partners__month_ends", "month_start"),
            ("closed", "month_start"),
            ("int_months", "month_start"),
        },
    },
    "int_growth__months": {  # nine CTEs, joined in a loop
        "gained_mrr": {("int_mrr__movements", "amount"), ("int_mrr__movements", "movement")},
        "opening_customers": CUSTOMERS,
        "window_opening_customers": CUSTOMERS,
        "window_churned_customers": {(CHANGES, "is_churned")},
        "expanded_customers": {(CHANGES, "is_expanded")},
    },
    "partner_mrr_monthly": {
        "reporting_currency": set(),
        "partner_name": {("input_partners", "partner_name"), (ENDS, "partner_id")},
        "closing_mrr": {(ENDS, "closing_mrr")},
        "closing_arr": {(ENDS, "closing_mrr")},
        "opening_mrr": {(ENDS, "closing_mrr")},
        "churn_mrr": MOVED,
    },
    "vendor_summary_monthly": {
        "closing_mrr": {("int_vendor__month_ends", "closing_mrr"), ("closed", "closing_mrr")},
        "new_mrr": MOVED,
    },
}


@pytest.fixture(scope="module")
def manifest(main_run: MainRun) -> dict[str, Any]:
    return read_manifest(main_run.settings)


@pytest.fixture(scope="module")
def lineage(main_run: MainRun, manifest: dict[str, Any]) -> dict[str, Columns]:
    """Column lineage of every model, by name."""
    read = ColumnLineage(manifest, main_run.settings)
    return {
        node["name"]: read.of_model(node["unique_id"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }


def test_every_column_of_every_model_is_read(
    manifest: dict[str, Any], lineage: dict[str, Columns]
) -> None:
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            assert set(lineage[node["name"]]) == set(node["columns"]), node["name"]


@pytest.mark.parametrize("model", BY_HAND)
def test_columns_are_computed_from_what_the_sql_says(
    model: str, lineage: dict[str, Columns]
) -> None:
    for column, expected in BY_HAND[model].items():
        found = {
            ("closed" if ".closed_months." in table else table.split(".")[-1], name)
            for table, name in lineage[model][column]
        }
        assert found == expected, column


def test_closing_mrr_is_followed_to_raw_columns(lineage: dict[str, Columns]) -> None:
    open_, seen = [("model.partner_metrics.partner_mrr_monthly", "closing_mrr")], set()
    while open_:
        step = open_.pop()
        if step not in seen:
            seen.add(step)
            open_ += lineage.get(step[0].split(".")[-1], {}).get(step[1], [])
    raw = {(table.split(".", 2)[2], column) for table, column in seen if table[:6] == "source"}
    assert {
        ("stripe.subscription_item", "quantity"),
        ("stripe.subscription_item", "plan_id"),
        ("stripe.price", "unit_amount"),
        ("stripe.coupon", "percent_off"),
        ("exchange_rates.daily_rate", "rate"),
        ("partner_portal.partner_association", "split_percent"),
        ("closed_months.partner_mrr_monthly", "closing_mrr"),
    } <= raw
    assert not [one for one in raw if one[0].startswith("zendesk")]


def test_a_union_is_read_by_position_and_a_window_by_what_it_returns() -> None:
    sql = """
        with items as (
            select started, price * quantity as worth,
                sum(price) over (partition by item_id order by started) as so_far
            from "w"."raw"."items"
        )
        select started as month, worth as mrr, so_far, 'x' as kind from items
        union all
        select month, mrr, mrr, 'y' from "w"."kept"."months"
    """
    assert read_columns(sql, TABLES) == {
        "month": [("closed", "month"), ("items", "started")],
        "mrr": [("closed", "mrr"), ("items", "price"), ("items", "quantity")],
        "so_far": [("closed", "mrr"), ("items", "price")],
        "kind": [],
    }


def test_a_column_that_cannot_be_found_gives_no_lineage_instead_of_a_wrong_one() -> None:
    with pytest.raises(SqlglotError, match="lost"):
        read_columns('select lost from "w"."raw"."items" cross join "w"."kept"."months"', TABLES)


def test_what_was_read_is_kept_until_the_sql_changes(
    main_run: MainRun, manifest: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run of the demo read them all; the next build would read none of them again."""
    monkeypatch.setattr("orchestration.column_lineage.read_columns", lambda *_, **__: {})
    model = "model.partner_metrics.partner_mrr_monthly"
    assert ColumnLineage(manifest, main_run.settings).of_model(model)["closing_mrr"]
    changed = {**manifest["nodes"][model], "depends_on": {"nodes": []}}
    anew = {**manifest, "nodes": {**manifest["nodes"], model: changed}}
    assert ColumnLineage(anew, main_run.settings).of_model(model) == {}


def test_the_run_told_dagster_of_lineage_rows_and_plots(main_run: MainRun) -> None:
    with dg.DagsterInstance.from_config(str(main_run.settings.dagster_home)) as instance:
        for table, (plot, _) in PLOTTED.items():
            key = dg.AssetKey(["certified", table])
            event = instance.get_latest_materialization_event(key)
            assert event and event.asset_materialization
            metadata = event.asset_materialization.metadata
            assert "dagster/column_lineage" in metadata
            assert str(metadata[plot].value).startswith("![")
            (seen,) = instance.fetch_observations(key, limit=1).records
            assert seen.asset_observation
            rows = seen.asset_observation.metadata["dagster/row_count"].value
            with duckdb.connect(str(current_file(main_run.settings)), read_only=True) as published:
                assert published.execute(f"select count(*) from certified.{table}").fetchone() == (
                    rows,
                )


def check_of(manifest: dict[str, Any], name: str, *, passed: bool) -> dg.AssetCheckResult:
    """What dagster-dbt says of a test of `partner_mrr_monthly`."""
    (unique_id,) = [one for one in manifest["nodes"] if one.split(".")[2] == name]
    return dg.AssetCheckResult(
        passed=passed,
        asset_key=dg.AssetKey(["certified", "partner_mrr_monthly"]),
        check_name=name,
        metadata={"unique_id": unique_id, "dagster_dbt/failed_row_count": 7},
    )


def test_a_failed_check_says_which_rows_by_key_only(
    main_run: MainRun, manifest: dict[str, Any]
) -> None:
    check = check_of(manifest, "assert_partner_bridge_adds_up", passed=False)
    unique_id = str(check.metadata["unique_id"].value)
    sql = (
        "select 'P-' || i as partner_id, 'Jane Doe' as partner_name, 'jane@doe.eu' as customer_id, "
        "1.5 as closing_mrr from range(7) as numbers(i) order by i"
    )
    results = {
        "results": [{"unique_id": unique_id, "compiled_code": sql, "message": "Got 7 results"}]
    }
    with main_run.warehouse() as warehouse:
        said = explained(check, results, manifest, warehouse, "build/warehouse.duckdb").metadata
    samples = str(said["samples"].value)
    assert samples.splitlines()[0] == "| partner_id | customer_id |"
    assert samples.splitlines()[2:] == [f"| P-{number} | ***@*** |" for number in range(5)]
    assert "Jane" not in samples and "jane" not in samples
    assert said["dagster_dbt/failed_row_count"].value == 7
    assert sql in str(said["sql"].value)
    assert "build/warehouse.duckdb" in str(said["what_to_do"].value)
    assert "Nothing is published" in str(said["what_to_do"].value)
    assert "raw_row" not in key_columns(manifest)


def test_no_table_is_told_before_one_that_it_is_made_of(
    main_run: MainRun, manifest: dict[str, Any]
) -> None:
    """What waits for the build file keeps dbt's order; what need not wait does not."""
    prefix = "model.partner_metrics."
    names = ["int_months", "partner_mrr_monthly", "partner_mrr_monthly_restated"]
    outputs = [
        dg.Output(None, output_name=name, metadata={"unique_id": prefix + name}) for name in names
    ]
    check = check_of(manifest, "assert_partner_bridge_adds_up", passed=True)
    told = BuildEvents(
        manifest, main_run.settings, lambda node: dg.AssetKey([node["schema"], node["name"]])
    )
    first = list(told.during(iter([*outputs[:2], check, outputs[2]])))
    assert [event.output_name for event in first] == names[:1]
    plotted, unchanged, last = told.after({})
    assert "top_partners" in plotted.metadata
    assert unchanged == check
    assert last.output_name == names[2]


def test_plots_are_small_images_with_title_and_unit(main_run: MainRun) -> None:
    with duckdb.connect(str(current_file(main_run.settings)), read_only=True) as published:
        for table in PLOTTED:
            ((_, plot),) = plots_of(table, published, is_simulated=True).items()
            text, image = plot.value.removesuffix(")").split("](data:image/png;base64,")
            assert text.startswith("![")
            is_counted = table in (
                "quarantine_summary", "partner_scorecard_monthly", "mrr_evidence_monthly",
            )  # fmt: skip
            assert ("EUR" in text) != is_counted, "rows, partners and shares; the rest is money"
            png = base64.b64decode(image)
            assert png.startswith(b"\x89PNG")
            assert len(png) <= LARGEST_PNG


def test_tables_without_rows_have_no_plots(main_run: MainRun) -> None:
    """A company without partners, scores or rows held back; what is all of one kind is drawn."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{current_file(main_run.settings)}' as published (read_only)")
        connection.execute("create schema certified")
        for table in PLOTTED:
            connection.execute(
                f"create table certified.{table} as from published.certified.{table} limit 0"
            )
            assert plots_of(table, connection, is_simulated=False) == {}, table
        for table, kept in {
            "partner_mrr_monthly": "partner_id = 'direct'",
            "mrr_evidence_monthly": "agreement = 'agrees'",
        }.items():
            rows = f"from published.certified.{table} where {kept}"
            connection.execute(f"insert into certified.{table} {rows}")
        assert plots_of("partner_mrr_monthly", connection, is_simulated=False) == {}
        assert plots_of("mrr_evidence_monthly", connection, is_simulated=False)


def test_a_bridge_of_one_height_has_an_axis_below_it() -> None:
    """A company's first month goes from nought to what is new; one without MRR goes nowhere."""
    for worth in (0.0, 100.0):
        with figure("Bridge, EUR") as (_, axes):
            waterfall(axes, ("opening", 0.0), {"new": worth}, ("closing", worth))
            low, high = axes.get_ylim()
            assert low <= worth / 2 < high, worth


def test_names_of_any_kind_are_drawn_as_they_are() -> None:
    with figure("Names, EUR") as (drawing, axes):
        stacked_bars(axes, ["$\\frac{$ & Co", "<b>", ""], {"worth": [1.0, 2.0, 0.0]})
        assert "PNG" not in as_markdown(drawing, "Names").value


def test_a_waterfall_steps_from_opening_to_closing() -> None:
    with figure("Bridge, EUR") as (_, axes):
        waterfall(axes, ("opening", 100.0), {"new": 30.0, "churn": -10.0}, ("closing", 120.0))
    bars = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in axes.patches]
    assert bars == [(0, 100), (100, 130), (130, 120), (0, 120)]
