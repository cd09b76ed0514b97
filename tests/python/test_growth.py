"""Growth metrics are what plain loops over a history say, and what the simulator knows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import duckdb
import pytest
from conftest import MainRun
from growth_by_hand import MONTHS, RATES, SHARES, Change, Customer, Deal, History
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from model_bench import Bench, compiled_queries

from orchestration.settings import Settings

# What is computed, in order; everything else that these read is a table of the history.
MODELS = (
    "int_growth__customer_changes", "int_growth__upsell_outcomes", "int_growth__spine",
    "int_growth__months", "int_growth__metrics", "int_retention__landings",
    "int_retention__landed_customers", "int_growth__landings", "land_and_expand_cohorts",
)  # fmt: skip
_MONEY = "decimal(28, 6)"
INPUTS = {
    "intermediate.int_mrr__movements": f"""customer_id varchar, partner_id varchar,
        currency varchar, movement varchar, reason varchar, native_amount {_MONEY},
        amount {_MONEY}, is_upsell boolean, movement_date date, month_start date""",
    "intermediate.int_mrr__partner_months": f"""partner_id varchar, currency varchar,
        closing_native {_MONEY}, closing_mrr {_MONEY}, month_start date""",
    "intermediate.int_partners__customer_months": """partner_id varchar, customers bigint,
        month_start date""",
    "intermediate.int_mrr__customer_months": f"""customer_id varchar, partner_id varchar,
        product_id varchar, currency varchar, native_mrr {_MONEY}, mrr {_MONEY},
        month_start date""",
    "intermediate.int_growth__decided_upsells": """opportunity_id varchar, customer_id varchar,
        opportunity_kind varchar, is_won boolean, close_date date""",
    "intermediate.int_growth__partners_of_record": """customer_id varchar, partner_id varchar,
        share decimal(9, 6), takes_remainder boolean, on_date date""",
    "intermediate.int_growth__signed_values": f"""partner_id varchar, annual_value {_MONEY},
        month_start date""",
    "intermediate.int_growth__revenue_parts": "partner_id varchar, month_start date",
    "intermediate.int_growth__contracted_changes": "partner_id varchar, month_start date",
    "intermediate.int_months": "month_start date, month_end date",
    "intermediate.int_exchange_rates__month_end": """currency varchar,
        reporting_units decimal(18, 8), month_start date, currency_units decimal(18, 8)""",
    "intermediate.int_as_of": "last_complete_month date",
    "intermediate.int_mrr__partner_events": """customer_id varchar, partner_id varchar,
        movement varchar, movement_date date""",
    "intermediate.int_retention__transfers": """level varchar, level_value varchar,
        customer_id varchar, month_start date""",
}


@pytest.fixture(scope="module")
def bench(main_run: MainRun) -> Bench:
    return Bench(compiled_queries(main_run, MODELS), INPUTS)


@st.composite
def customers(draw: st.DrawFn, number: int) -> Customer:
    moments = draw(st.sets(st.integers(0, 3 * MONTHS - 1), max_size=7))
    changes = tuple(
        Change(
            when,
            draw(st.sampled_from((0, 0, 10, 100, 120, 250))),
            draw(st.integers(0, len(SHARES) - 1)) if draw(st.booleans()) or not index else -1,
            draw(st.booleans()),
        )
        for index, when in enumerate(sorted(moments))
    )
    settled: list[Change] = []
    for change in changes:
        shares = settled[-1].shares if change.shares < 0 else change.shares
        settled.append(Change(change.when, change.amount, shares, change.is_agreed))
    return Customer(f"c_{number}", draw(st.sampled_from(tuple(RATES))), tuple(settled))


@st.composite
def histories(draw: st.DrawFn) -> History:
    count = draw(st.integers(1, 4))
    deals = st.builds(
        Deal, st.integers(0, count - 1), st.integers(0, 3 * MONTHS - 1), st.booleans()
    )
    return History(
        tuple(draw(customers(number)) for number in range(count)),
        tuple(draw(st.lists(deals, max_size=4))),
    )


# Lost and handed over within one month; a landing that left within its month, and came back; first
# expansions after none, one and six months; handed over within the month of the landing.
_KNOWN = History(
    (
        Customer("c_0", "EUR", (Change(0, 100, 1), Change(4, 100, 3), Change(5, 0, 3))),
        Customer("c_1", "USD", (Change(0, 100, 1), Change(1, 0, 1), Change(9, 250, 2))),
        Customer("c_2", "EUR", (Change(0, 100, 1), Change(20, 120, 1), Change(30, 120, 1))),
        Customer("c_3", "EUR", (Change(0, 100, 1), Change(2, 120, 1))),
        Customer("c_4", "USD", (Change(1, 100, 3), Change(3, 120, 3))),
        Customer("c_5", "EUR", (Change(0, 100, 1), Change(2, 100, 3))),
    ),
    (Deal(0, 0, True), Deal(0, 35, False), Deal(2, 36, True)),
)


@hypothesis_settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@example(_KNOWN)
@given(history=histories())
def test_growth_is_what_loops_say(bench: Bench, history: History) -> None:
    bench.fill(history.tables())
    bench.compute()
    expected = history.expected()
    values = [*next(iter(expected.values()), {"customers": 0})]
    found = bench.rows("int_growth__metrics", ["partner_id", "month_start"], values)
    # a vendor that nobody ever paid is shown, with nothing
    assert {key: found[key] for key in found if expected} == expected
    cohorts = history.expected_cohorts()
    keys = ["level", "level_value", "landing_month"]
    values = [*next(iter(cohorts.values()), {})]
    assert bench.rows("land_and_expand_cohorts", keys, values) == cohorts


def test_lost_and_expanded_customers_are_the_true_ones(demo: Settings, main_run: MainRun) -> None:
    """From the simulator's own movements, replayed day by day."""
    truth = duckdb.execute(f"""
        select customer_id, partner_id, movement, reason, amount, movement_date
        from '{demo.demo_truth_dir}/movements/*.parquet'
        where movement_date < date '2026-11-01'
        order by movement_date, case when movement like 'transfer%' then 0 else 1 end""").fetchall()
    worth: dict[tuple[str | None, str], Any] = defaultdict(int)
    months: dict[tuple[str | None, str, Any], list[Any]] = {}
    for customer, partner, movement, reason, amount, day in truth:
        for who in (partner, None):
            if who is None and movement.startswith("transfer"):
                continue
            month = day.replace(day=1)
            # [at the start, bought more, what came last]
            entry = months.setdefault((who, customer, month), [worth[who, customer], False, ""])
            worth[who, customer] += amount
            entry[1] |= movement == "expansion" and reason not in ("escalator", "discount_end")
            entry[2] = movement
            entry[3:] = [worth[who, customer]]
    expected: dict[str, set[Any]] = {"churned": set(), "expanded": set()}
    for key, (start, bought, last, end) in months.items():
        if start and not end and last != "transfer_out":
            expected["churned"].add(key)
        if start and bought:
            expected["expanded"].add(key)
    assert min(len(keys) for keys in expected.values()) > 100
    with main_run.warehouse() as warehouse:
        for flag, keys in expected.items():
            found = warehouse.execute(
                "select partner_id, customer_id, month_start "
                f"from intermediate.int_growth__customer_changes where is_{flag}"
            ).fetchall()
            assert set(found) == keys, flag


def test_landings_are_the_true_ones(demo: Settings, main_run: MainRun) -> None:
    """The vendor's landings with their first purchase, and those that a partner landed and kept."""
    truth = duckdb.execute(f"""
        select customer_id, partner_id, movement, reason, amount, movement_date
        from '{demo.demo_truth_dir}/movements/*.parquet'
        where movement_date < date '2026-11-01' order by movement_date""").fetchall()
    landed: dict[str, int] = {}
    bought: dict[str, int] = {}
    brought: set[tuple[str, str]] = set()
    passed: set[tuple[str, str]] = set()
    # what each partner has of a customer at the end of the month in which it landed
    worth: dict[tuple[str, str], Any] = defaultdict(int)
    for customer, partner, movement, reason, amount, day in truth:
        month = 12 * day.year + day.month
        if movement == "new":
            landed[customer] = month
            brought.add((partner, customer))
        elif movement.startswith("transfer") and month > landed[customer]:
            passed.add((partner, customer))
        elif movement == "expansion" and reason not in ("escalator", "discount_end"):
            bought.setdefault(customer, month - landed[customer])
        if month == landed[customer]:
            worth[partner, customer] += amount
    there = {key for key, amount in worth.items() if amount}
    kept = {customer for _, customer in there}
    brought = there | {key for key in brought if key[1] not in kept}
    assert len(bought) > 100
    with main_run.warehouse() as warehouse:
        rows = warehouse.execute(
            "select partner_id, customer_id, 12 * year(landing_month) + month(landing_month), "
            "months_to_expansion from intermediate.int_growth__landings"
        ).fetchall()
    vendor = {customer: (month, wait) for who, customer, month, wait in rows if who is None}
    assert vendor == {customer: (month, bought.get(customer)) for customer, month in landed.items()}
    assert {(who, customer) for who, customer, *_ in rows if who} == brought - passed


def test_the_demo_shows_every_figure(main_run: MainRun) -> None:
    """Somebody who looks at the demo sees each figure of the growth tables at work."""
    tables = ("partner_growth_monthly", "partner_forward_mrr_monthly",
              "partner_revenue_mix_monthly", "land_and_expand_cohorts")  # fmt: skip
    never = {"other_revenue"}  # the simulated vendor sells nothing without a product
    with main_run.warehouse() as warehouse:
        for table in tables:
            described = warehouse.execute(f"describe certified.{table}").fetchall()
            for name, kind, *_ in described:
                test = f"{name} > 0" if kind.startswith(("DECIMAL", "BIGINT")) else "true"
                if kind == "BOOLEAN":
                    test = name
                query = f"select 1 from certified.{table} where {name} is not null and {test}"
                shown = warehouse.execute(query + " limit 1").fetchone()
                assert (shown is None) == (name in never), (table, name)
