"""What the warehouse says of simulated customers is what the simulator knows to be true, exactly.

The demo and a small channel with another seed, both with all kinds of dirt in the raw data. The
warehouse never sees the truth folder.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from compiled_project import read_project
from conftest import MainRun
from warehouse_builds import Workshop, open_warehouse

from orchestration.settings import Settings
from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.engine import simulate
from orchestration.simulator.rates import rate_rows

OTHER_SEED = 11
CUSTOMERS = 400
LAST_DAY = date(2026, 10, 31)
MICRO = Decimal("0.000001")
Key = tuple[str, str, date]


@dataclass(frozen=True)
class Judged:
    """A warehouse and, in the same connection, the truth as `truth_<table>`."""

    config: SimulationConfig
    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("truth"))


@pytest.fixture(scope="module", params=["demo", "other seed"])
def judged(
    request: pytest.FixtureRequest, workshop: Workshop, demo: Settings, main_run: MainRun
) -> Iterator[Judged]:
    """The demo as the main job built it; the other channel by the models of the same run."""
    folder = workshop.folder
    if request.param == "demo":
        config = SimulationConfig(demo.demo_raw_dir, demo.demo_truth_dir)
        built = Path(shutil.copy(main_run.settings.warehouse_path, folder / "demo.duckdb"))
    else:
        config = SimulationConfig(
            folder / "raw", folder / "truth", customers=CUSTOMERS, seed=OTHER_SEED
        )
        simulate(config)
        with main_run.warehouse() as warehouse:
            project = read_project(main_run.settings.dbt_target_dir, warehouse)
        built = workshop.rebuild("other_seed", config.out, project)
    connection = open_warehouse(built)
    for table in ("mrr_item_days", "partner_shares", "movements"):
        connection.execute(
            f"create temp view truth_{table} as from '{config.truth}/{table}/*.parquet'"
        )
    yield Judged(config, connection)
    connection.close()


def test_every_kind_of_dirt_is_there(judged: Judged) -> None:
    [(kinds,)] = judged.rows(
        f"select count(distinct kind) from '{judged.config.truth}/dirt_log/*.parquet'"
    )
    assert kinds >= 10


def test_movements(judged: Judged) -> None:
    """Each day, customer, partner, product, currency, movement and reason, in native currency."""
    keys = "movement_date, customer_id, partner_id, product_id, currency, movement, reason"
    truth = (
        f"select {keys}, sum(amount)::decimal(28, 6) as amount from truth_movements "
        f"where movement_date <= date '{LAST_DAY}' group by all having sum(amount) <> 0"
    )
    events = (
        f"select {keys}, sum(native_after - native_before)::decimal(28, 6) as amount "
        "from intermediate.int_mrr__partner_events group by all having amount <> 0"
    )
    certified = (
        f"select {keys}, native_amount as amount from certified.customer_mrr_movements "
        "where movement <> 'fx' and native_amount <> 0"
    )
    [(count,)] = judged.rows(f"select count(*) from ({truth})")
    assert count > judged.config.customer_count
    assert _differences(judged, truth, events) == []
    assert _differences(judged, truth, certified) == []


def test_mrr_of_each_item_on_each_day(judged: Judged) -> None:
    """As ranges of days: amount, product, customer, and whether it is at risk."""
    columns = "subscription_id, customer_id, product_id, currency, mrr, is_at_risk"
    truth = f"""
        select subscription_item_id as id, from_date, {_closed("to_date")} as to_date,
            struct_pack({columns}) as state
        from truth_mrr_item_days"""
    found = f"""
        select subscription_item_id as id, from_date, to_date, struct_pack({columns}) as state
        from (select * replace (mrr::decimal(18, 6) as mrr) from intermediate.int_mrr__intervals)"""
    assert _differing_days(judged, truth, found) == []


def test_partner_shares_on_each_day(judged: Judged) -> None:
    """Of each item while it has MRR; what no partner has is direct."""
    truth = f"""
        select items.subscription_item_id || ' ' || shares.partner_id as id,
            greatest(items.from_date, shares.from_date) as from_date,
            least({_closed("items.to_date")}, {_closed("shares.to_date")}) as to_date,
            shares.share::decimal(9, 6) as state
        from truth_mrr_item_days as items
        inner join truth_partner_shares as shares
            on items.subscription_id = shares.subscription_id
            and items.from_date < {_closed("shares.to_date")}
            and shares.from_date < {_closed("items.to_date")}
        where shares.share > 0"""
    found = f"""
        select items.subscription_item_id || ' ' || members.partner_id as id,
            greatest(items.from_date, pieces.from_date) as from_date,
            least({_closed("items.to_date")}, pieces.to_date) as to_date,
            members.share::decimal(9, 6) as state
        from truth_mrr_item_days as items
        inner join intermediate.int_mrr__shared_intervals as pieces
            on items.subscription_item_id = pieces.subscription_item_id
            and items.from_date < pieces.to_date
            and pieces.from_date < {_closed("items.to_date")}
        inner join intermediate.int_share_set_members as members using (share_set_id)"""
    assert _differing_days(judged, truth, found) == []


def test_closing_mrr_recomputed(judged: Judged) -> None:
    """True items x true rates x true shares; item and part are each rounded to six places.

    An item between two linked ones stands in the warehouse with its old value, and not among the
    true items: those partner months are compared in native currency, by the true movements.
    """
    rates = _month_end_rates(judged.config)
    closings: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    by_items: dict[Key, Decimal] = defaultdict(Decimal)
    for month_end in rates:
        for currency, mrr, members in _items_in_force(judged, month_end):
            value = (mrr / rates[month_end][currency]).quantize(MICRO, ROUND_HALF_UP)
            for partner, part in _allocate(mrr, members).items():
                by_items[partner, currency, month_end] += part
            for partner, part in _allocate(value, members).items():
                closings[partner, month_end] += part
    by_movements = _native_closings(judged, list(rates))
    bridged = {
        (partner, month_end)
        for partner, currency, month_end in by_items.keys() | by_movements.keys()
        if by_items.get((partner, currency, month_end), 0)
        != by_movements.get((partner, currency, month_end), 0)
    }
    found = judged.rows(
        "select partner_id, last_day(month_start), closing_mrr from certified.partner_mrr_monthly"
    )
    compared = [row for row in found if (row[0], row[1]) not in bridged]
    assert len(compared) > 0.8 * len(found)
    wrong = [row for row in compared if row[2] != closings.get((row[0], row[1]), Decimal(0))]
    assert wrong == []
    assert {(partner, month) for partner, month, _ in found} >= set(closings)
    native = judged.rows(
        "select partner_id, currency, last_day(month_start), closing_native "
        "from intermediate.int_mrr__partner_months where closing_native <> 0"
    )
    assert {(row[0], row[1], row[2]): row[3] for row in native} == {
        key: amount for key, amount in by_movements.items() if amount
    }


def test_the_vendor_is_the_sum_of_its_partners(judged: Judged) -> None:
    wrong = judged.rows("""
        select month_start, sum(partners.closing_mrr), any_value(vendor.closing_mrr)
        from certified.vendor_summary_monthly as vendor
        left join certified.partner_mrr_monthly as partners using (month_start)
        group by month_start having sum(partners.closing_mrr) <> any_value(vendor.closing_mrr)""")
    assert wrong == []


def _differences(judged: Judged, truth: str, found: str) -> list[tuple[Any, ...]]:
    """Up to 20 rows that only one of two queries has, with the side they are on."""
    return judged.rows(f"""
        (select 'only true', * from (({truth}) except ({found})))
        union all
        (select 'only in the warehouse', * from (({found}) except ({truth})))
        order by all limit 20""")


def _closed(to_date: str) -> str:
    """An end that is always there."""
    return f"coalesce({to_date}, date '9999-12-31')"


def _differing_days(judged: Judged, truth: str, found: str) -> list[tuple[Any, ...]]:
    """Up to 20 day ranges on which two queries of (id, from_date, to_date, state) differ."""
    return judged.rows(f"""
        with truth as ({truth}), found as ({found}),
        days as (
            select id, from_date as day from truth union select id, to_date from truth
            union select id, from_date from found union select id, to_date from found
        ),
        slices as (
            select id, day, lead(day) over (partition by id order by day) as next_day from days
        )
        select slices.*, truth.state, found.state from slices
        left join truth
            on slices.id = truth.id and slices.day >= truth.from_date and slices.day < truth.to_date
        left join found
            on slices.id = found.id and slices.day >= found.from_date and slices.day < found.to_date
        where next_day is not null and truth.state is distinct from found.state
        order by slices.id, day limit 20""")


def _month_end_rates(config: SimulationConfig) -> dict[date, dict[str, Decimal]]:
    """Units of each currency for one euro at the end of each complete month, as published."""
    history: dict[str, dict[date, int]] = defaultdict(dict)
    for _, currency, day, micro, _ in rate_rows(config):
        history[currency][date(1970, 1, 1) + timedelta(days=day)] = micro
    ends = [date(1970, 1, 1) + timedelta(days=config.first_day)]
    while ends[-1] <= LAST_DAY:
        ends.append((ends[-1] + timedelta(days=31)).replace(day=1))
    found: dict[date, dict[str, Decimal]] = {}
    for month_end in (first - timedelta(days=1) for first in ends[1:]):
        found[month_end] = {"EUR": Decimal(1)}
        for currency, rates in history.items():
            latest = rates[max(day for day in rates if day <= month_end)]
            found[month_end][currency] = Decimal(latest) / 1_000_000
    return found


def _items_in_force(
    judged: Judged, day: date
) -> list[tuple[str, Decimal, list[tuple[str, Decimal]]]]:
    """Currency, MRR and (partner, share) pairs of each true item on a day."""
    at = f"from_date <= date '{day}' and (to_date is null or to_date > date '{day}')"
    return judged.rows(f"""
        select items.currency, items.mrr, list((shares.partner_id, shares.share))
        from (from truth_mrr_item_days where {at}) as items
        inner join (from truth_partner_shares where share > 0 and {at}) as shares
            using (subscription_id)
        group by items.subscription_item_id, items.currency, items.mrr""")


def _allocate(amount: Decimal, members: list[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Each partner's part; what rounding leaves goes to the largest share, then the smallest id."""
    parts = {name: (amount * share).quantize(MICRO, ROUND_HALF_UP) for name, share in members}
    largest = min(members, key=lambda member: (-member[1], member[0]))[0]
    parts[largest] += amount - sum(parts.values())
    return parts


def _native_closings(judged: Judged, month_ends: list[date]) -> dict[Key, Decimal]:
    """Running totals of the true movements by partner, currency and month end."""
    totals: dict[tuple[str, str], list[tuple[date, Decimal]]] = defaultdict(list)
    for partner, currency, day, amount in judged.rows(
        "select partner_id, currency, movement_date, sum(amount)::decimal(28, 6) "
        "from truth_movements group by all"
    ):
        totals[partner, currency].append((day, amount))
    return {
        (partner, currency, month_end): sum(
            (amount for day, amount in amounts if day <= month_end), Decimal(0)
        )
        for (partner, currency), amounts in totals.items()
        for month_end in month_ends
    }
