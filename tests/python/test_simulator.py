"""The simulator: same seed same bytes, all that should occur occurs, and truth that holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from simulated import Simulated, digest
from simulator_rebuild import Rebuild

from orchestration.simulator import SimulationConfig
from orchestration.simulator.clock import (
    add_months,
    day_of,
    instant,
    local_day,
    whole_months,
)

REASONS = {
    ("new", "land"), ("new", "trial_conversion"),
    ("reactivation", "won_back"), ("reactivation", "resume"),
    ("expansion", "quantity"), ("expansion", "price"), ("expansion", "escalator"),
    ("expansion", "cross_sell"), ("expansion", "plan_change"), ("expansion", "discount_end"),
    ("contraction", "quantity"), ("contraction", "price"), ("contraction", "product_drop"),
    ("contraction", "plan_change"), ("contraction", "discount_start"), ("contraction", "pause"),
    ("churn", "voluntary"), ("churn", "involuntary"), ("churn", "non_renewal"), ("churn", "pause"),
    ("transfer_in", "change_of_record"), ("transfer_out", "change_of_record"),
    ("transfer_in", "split_change"), ("transfer_out", "split_change"),
}  # fmt: skip
DIRT = {
    "replay", "older_version", "late", "null_optional", "null_required", "bad_encoding",
    "damaged_key", "orphan", "impossible_date", "unknown_price", "unknown_currency", "no_rate",
    "deleted", "test_mode", "over_100_percent",
}  # fmt: skip
SMALL = {"customers": 300, "usage": False}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """The demo as the main job uses it, without usage to save time."""
    return Simulated(tmp_path_factory.mktemp("demo"), usage=False)


@pytest.fixture(scope="module", params=[7, 11])
def clean(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """Two runs without dirt, which a plain reader can rebuild MRR from."""
    root = tmp_path_factory.mktemp("clean")
    return Simulated(root, seed=request.param, dirt=False, usage=False)


def test_the_bytes_depend_on_the_seed_and_not_on_the_workers(tmp_path: Path) -> None:
    settings = {"customers": 520, "months": 24}
    one = Simulated(tmp_path / "one", workers=1, **settings)
    two = Simulated(tmp_path / "two", workers=2, **settings)
    other = Simulated(tmp_path / "other", workers=2, seed=8, **settings)
    assert digest(one.raw.parent) == digest(two.raw.parent)
    assert one.counts == two.counts
    assert digest(one.raw.parent) != digest(other.raw.parent)


def test_a_second_run_into_the_same_folder_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    Simulated(tmp_path / "same", seed=3, customers=600, usage=False)
    again = Simulated(tmp_path / "same", seed=4, **SMALL)
    fresh = Simulated(tmp_path / "fresh", seed=4, **SMALL)
    assert digest(again.raw) == digest(fresh.raw)


def test_every_movement_and_reason_occurs_in_the_demo(demo: Simulated) -> None:
    assert set(demo.rows("select distinct movement, reason from truth:movements")) == REASONS


def test_every_kind_of_dirt_occurs_often_and_in_every_source(demo: Simulated) -> None:
    found = dict(demo.rows("select kind, count(*) from truth:dirt_log group by 1"))
    assert set(found) == DIRT
    assert min(found.values()) >= 20, found
    sources = {row[0] for row in demo.rows("select distinct source from truth:dirt_log")}
    assert sources >= {"stripe", "salesforce", "zendesk", "partner_portal", "exchange_rates"}


def test_dirt_changes_no_truth(demo: Simulated, tmp_path: Path) -> None:
    plain = Simulated(tmp_path, dirt=False, usage=False)
    for table in ("mrr_item_days", "partner_shares", "movements"):
        query = f"select * from truth:{table} order by all"
        assert demo.rows(query) == plain.rows(query)


def test_every_source_and_currency_is_there(tmp_path: Path) -> None:
    run = Simulated(tmp_path)
    assert run.counts["product_usage.daily_usage"] > 1_000_000
    for source in ("stripe", "salesforce", "zendesk", "partner_portal", "exchange_rates"):
        assert any(table.startswith(source) for table in run.counts)
    found = {row[0] for row in run.rows("select distinct currency from truth:mrr_item_days")}
    assert found == {"EUR", "USD", "GBP", "CHF", "SEK", "JPY", "KWD"}
    intervals = run.rows(
        "select distinct recurring_interval, recurring_interval_count "
        "from raw:stripe.invoice_line_item l join raw:stripe.price p on p.id = l.plan_id "
        "where recurring_interval is not null"
    )
    assert {("month", 1), ("month", 3), ("month", 6), ("year", 1), ("year", 2), ("year", 3),
            ("week", 1), ("week", 2), ("day", 1)} <= set(intervals)  # fmt: skip


def test_the_raw_rows_tell_the_true_mrr(clean: Simulated) -> None:
    truth: dict[str, list[Any]] = {}
    for item, *span in clean.rows(
        "select subscription_item_id, product_id, from_date - date '1970-01-01', "
        "to_date - date '1970-01-01', (mrr * 1000000)::bigint, is_at_risk "
        "from truth:mrr_item_days order by 1, 3"
    ):
        truth.setdefault(item, []).append(tuple(span))
    assert Rebuild(clean.raw).spans() == truth


def test_mrr_is_positive_and_its_spans_do_not_overlap(clean: Simulated) -> None:
    assert not clean.rows(
        "select 1 from truth:mrr_item_days where mrr <= 0 or from_date >= to_date"
    )
    assert not clean.rows(
        "select 1 from (select from_date, lag(coalesce(to_date, date '2999-01-01')) over "
        "(partition by subscription_item_id order by from_date) as before from "
        "truth:mrr_item_days ) where before > from_date"
    )


def test_shares_are_whole_on_every_day(clean: Simulated) -> None:
    changes = clean.rows(
        "with points as (select distinct subscription_id, from_date as day from "
        "truth:partner_shares ) select sum(share) from points join truth:partner_shares s "
        "using (subscription_id) where from_date <= day and (to_date is null or to_date > day) "
        "group by subscription_id, day"
    )
    assert {share for (share,) in changes} == {1}


def test_movements_add_up_to_the_present_mrr(clean: Simulated) -> None:
    by_customer = (
        "select customer_id, sum(amount) from truth:movements group by 1 having sum(amount) <> 0"
    )
    now = "select customer_id, sum(mrr) from truth:mrr_item_days where to_date is null group by 1"
    assert sorted(clean.rows(by_customer)) == sorted(clean.rows(now))


def test_transfers_net_to_zero(clean: Simulated) -> None:
    assert not clean.rows(
        "select 1 from truth:movements where movement like 'transfer%' "
        "group by customer_id, movement_date, product_id having sum(amount) <> 0"
    )


def test_the_sign_of_an_amount_follows_its_movement(clean: Simulated) -> None:
    assert not clean.rows(
        "select 1 from truth:movements where (amount < 0) <> "
        "(movement in ('contraction', 'churn', 'transfer_out')) or amount = 0"
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_seed_finds_room_for_every_story(seed: int, tmp_path: Path) -> None:
    run = Simulated(tmp_path, seed=seed, **SMALL)
    assert run.counts["truth.movements"] > 500


def test_csv_has_the_same_rows_as_parquet(tmp_path: Path) -> None:
    parquet = Simulated(tmp_path / "parquet", **SMALL)
    csv = Simulated(tmp_path / "csv", file_format="csv", **SMALL)
    assert parquet.counts == csv.counts
    path = csv.raw / "stripe" / "invoice_line_item" / "*.csv"
    (lines,) = duckdb.sql(f"select count(*) from read_csv('{path}', all_varchar=true)").fetchall()
    assert lines[0] == csv.counts["stripe.invoice_line_item"]


@pytest.mark.parametrize(
    "settings",
    [{"customers": 0}, {"months": 3}, {"partners": 2}, {"file_format": "xml"}],
)
def test_impossible_settings_are_refused(settings: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must"):
        SimulationConfig(out=tmp_path, truth=tmp_path, **settings)


def test_the_command_line_reports_row_counts(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.simulator", "--out", str(tmp_path / "raw"),
         "--truth", str(tmp_path / "truth"), "--customers", "60", "--no-usage"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "stripe.invoice_line_item" in done.stdout


_PEAK = """
import resource, sys
from pathlib import Path
from orchestration.simulator import SimulationConfig, simulate
root = Path(sys.argv[1])
raw, truth, many = root / "raw", root / "truth", int(sys.argv[2])
simulate(SimulationConfig(out=raw, truth=truth, workers=1, customers=many, usage=False))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_number_of_customers(tmp_path: Path) -> None:
    def peak(customers: int) -> int:
        done = subprocess.run(
            [sys.executable, "-c", _PEAK, str(tmp_path / str(customers)), str(customers)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return int(done.stdout)

    small, large = peak(1_000), peak(5_000)
    assert large < small * 1.25, (small, large)


def test_days_follow_the_reporting_zone() -> None:
    assert local_day(instant(2025, 3, 31, 23, 30)) == day_of(2025, 4, 1)
    assert local_day(instant(2025, 1, 31, 22, 59)) == day_of(2025, 1, 31)
    assert local_day(instant(2025, 1, 31, 23, 0)) == day_of(2025, 2, 1)


def test_months_keep_the_anchor_day() -> None:
    start = instant(2025, 1, 31, 10)
    assert add_months(start, 1) == instant(2025, 2, 28, 10)
    assert add_months(start, 2) == instant(2025, 3, 31, 10)
    assert whole_months(day_of(2024, 1, 31), day_of(2025, 3, 15)) == (13, 15)
