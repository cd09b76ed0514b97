"""Swaps are what loops over one customer's items count, and no value is lost or made by them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from conftest import MainRun
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from model_bench import Bench, Row, compiled_queries
from swaps_by_hand import OPEN_END, Item, Moved, interval_rows, movements, renamed

MODELS = (
    "int_mrr__swap_sides", "int_mrr__swap_candidates", "int_mrr__swap_lots",
    "int_mrr__swap_renewals", "int_mrr__swap_matches", "int_mrr__currency_changes",
    "int_mrr__links", "int_mrr__started_values", "int_mrr__standing_values",
    "int_mrr__bridged_intervals", "int_mrr__changes", "int_mrr__change_parts",
    "int_mrr__change_steps", "int_mrr__shared_intervals", "int_mrr__transfers",
    "int_mrr__reported_events", "int_mrr__partner_events", "int_mrr__partner_stock",
)  # fmt: skip
_MRR = "decimal(18, 6)"
INPUTS = {
    "intermediate.int_mrr__intervals": f"""subscription_item_id varchar, subscription_id varchar,
        customer_id varchar, product_id varchar, price_id varchar, currency varchar,
        gross_mrr {_MRR}, mrr {_MRR}, interval_number bigint, is_last boolean, ended_by varchar,
        from_date date, to_date date, previous_to_date date, previous_ended_by varchar,
        next_from_date date, billing_interval varchar default 'month:1',
        evidence varchar default 'current_item', numerator integer default 1,
        denominator bigint default 1, quantity bigint default 1,
        is_escalator boolean default false, is_at_risk boolean default false,
        is_resumed boolean default false, is_trial_conversion boolean default false,
        previous_currency varchar, next_currency varchar,
        discount_key varchar, percent_off decimal(9, 4) default 0, amount_off {_MRR} default 0""",
    "input.input_recurring_prices": """price_id varchar, billing_scheme varchar,
        package_rounding varchar,
        package_size bigint, unit_amount_minor decimal(28, 6), minor_unit_value decimal(9, 6)""",
    "intermediate.int_subscriptions__share_sets": """subscription_id varchar,
        share_set_id varchar, from_date date, to_date date""",
    "intermediate.int_share_set_members": """share_set_id varchar, partner_id varchar,
        share decimal(9, 6), takes_remainder boolean, member_count bigint""",
    "intermediate.int_exchange_rates__month_end": """currency varchar, month_start date,
        reporting_units decimal(18, 8), currency_units decimal(18, 8)""",
}
COLUMNS = (
    "subscription_item_id, subscription_id, customer_id, product_id, price_id, currency, "
    "gross_mrr, mrr, interval_number, is_last, ended_by, from_date, to_date, previous_to_date, "
    "previous_ended_by, next_from_date"
)
SHARE_SETS: dict[str, dict[str, str]] = {
    "a": {"p_a": "1"},
    "b": {"p_b": "1"},
    "ab": {"p_a": "0.666667", "p_b": "0.333333"},
}
LAST = 100  # every day of a history is before this one


@pytest.fixture(scope="module")
def bench(main_run: MainRun) -> Bench:
    return prepared(Bench(compiled_queries(main_run, MODELS), INPUTS))


def prepared(bench: Bench) -> Bench:
    members: list[Row] = [
        (name, partner, Decimal(share), place == 0, len(shares))
        for name, shares in SHARE_SETS.items()
        for place, (partner, share) in enumerate(shares.items())
    ]
    months = [date(2025, month, 1) for month in range(1, 9)]
    rates: list[Row] = [
        (currency, month, rate + Decimal(place) / 1000, 1)
        for currency, rate in (("EUR", Decimal(1)), ("USD", Decimal("0.91234567")))
        for place, month in enumerate(months)
    ]
    bench.fill(
        {
            "intermediate.int_share_set_members": members,
            "intermediate.int_exchange_rates__month_end": rates,
        }
    )
    return bench


@st.composite
def histories(draw: st.DrawFn) -> list[Item]:
    """Few days, products and values, so that much coincides."""
    days = st.sampled_from((10, 12, 15, 20, 41, 42, 43, 50)) | st.integers(10, LAST)
    amounts = st.sampled_from((10, 20, 50, 50, 60, 100, 100, 150))
    items = []
    for number in range(draw(st.integers(2, 8))):
        start = draw(st.sampled_from((0, 0, 5)) | days)
        end = draw(st.none() | st.integers(start + 1, LAST + 1))
        inside = st.integers(start + 1, min(LAST, end or LAST) - 1)
        has_change = (end or LAST + 2) - start > 2 and draw(st.integers(0, 3)) == 0
        changes = draw(st.sets(inside, max_size=2)) if has_change and start < LAST - 2 else set()
        items.append(
            Item(
                f"i_{number}",
                draw(st.sampled_from(("p", "p", "q", "r"))),
                draw(st.sampled_from(("EUR", "EUR", "EUR", "USD"))),
                tuple((since, draw(amounts)) for since in sorted({start} | changes)),
                end,
                draw(st.sampled_from(("voluntary", "non_renewal", None, None, "pause"))),
                draw(st.sampled_from(tuple(SHARE_SETS))),
            )
        )
    return items


def filled(bench: Bench, customers: dict[str, list[Item]], shuffle: Random | None = None) -> None:
    rows = [row for name, items in customers.items() for row in interval_rows(name, items)]
    shares: list[Row] = [
        (f"s_{item.name}", item.shares, date(2020, 1, 1), OPEN_END)
        for items in customers.values()
        for item in items
    ]
    if shuffle is not None:
        shuffle.shuffle(rows)
    bench.fill({"intermediate.int_subscriptions__share_sets": shares})
    bench.fill({f"intermediate.int_mrr__intervals ({COLUMNS})": rows})
    bench.compute()


def told(bench: Bench) -> dict[str, dict[Moved, Decimal]]:
    """Movements of each customer, as the oracle has them."""
    found: dict[str, dict[Moved, Decimal]] = {}
    for (customer, *key), value in rows_of(
        bench,
        "customer_id, change_date, currency, movement, case when movement in ('new', "
        "'reactivation', 'churn') or reason not in ('plan_change', 'currency_change') "
        "then 'other' else reason end",
        "sum(mrr_after - mrr_before)",
        "int_mrr__change_steps",
    ).items():
        found.setdefault(customer, {})[key[0], key[1], key[2], key[3]] = value
    return found


def rows_of(bench: Bench, keys: str, value: str, relation: str) -> dict[Row, Decimal]:
    found = bench.query(f"select {keys}, {value} from {relation} group by all")
    return {row[:-1]: row[-1] for row in found if row[-1]}


def check(bench: Bench, customers: dict[str, list[Item]], seed: int) -> None:
    filled(bench, customers)
    found = told(bench)
    for name, items in customers.items():
        expected = {key: Decimal(value) for key, value in movements(items).items()}
        assert dict(found.get(name, {})) == expected, items
    check_nothing_is_lost(bench)
    # other ids, other order of rows
    before = ledger(bench)
    shuffle = Random(seed)
    other = {}
    for name, items in customers.items():
        names = [f"{name}_{number}" for number in range(len(items))]
        shuffle.shuffle(names)
        other[name] = renamed(items, names)
        shuffle.shuffle(other[name])
    filled(bench, other, shuffle)
    assert ledger(bench) == before


def ledger(bench: Bench) -> dict[Row, Decimal]:
    """What the ledger of movements says: nothing of it may depend on an id."""
    return rows_of(
        bench,
        "customer_id, partner_id, movement_date, product_id, currency, movement, reason",
        "sum(native_after - native_before)",
        "int_mrr__partner_events",
    )


def check_nothing_is_lost(bench: Bench) -> None:
    """Each day the movements are the change of what is in force, partner by partner."""
    events = rows_of(
        bench,
        "customer_id, partner_id, currency, movement_date",
        "sum(native_after - native_before)",
        "int_mrr__partner_events",
    )
    stock = rows_of(
        bench,
        "customer_id, partner_id, currency, day",
        "sum(change)",
        """(select *, from_date as day, native_mrr as change from int_mrr__partner_stock
        union all
        select *, to_date as day, -native_mrr as change from int_mrr__partner_stock
        where to_date < date '9999-01-01')""",
    )
    assert events == stock
    transfers = rows_of(
        bench,
        "customer_id, currency, movement_date",
        "sum(native_after - native_before) + sum(amount)",
        "(from int_mrr__partner_events where movement like 'transfer%')",
    )
    assert transfers == {}


def item(
    name: str, product: str, value: int, start: int, end: int | None, currency: str = "EUR"
) -> Item:
    return Item(name, product, currency, ((start, value),), end, "voluntary", "a")


FIVE = [item(f"o{n}", f"p{n}", 100, 0, 20) for n in range(5)] + [
    item(f"n{n}", f"q{n}", 100, 20, None) for n in range(5)
]
ROLLING = [item(f"o{n}", "p", 100, 0, 40 + n) for n in range(5)] + [
    item(f"n{n}", "q", 100, 45 + n, None) for n in range(5)
]
MERGED = [item("a", "p", 100, 0, 20), item("b", "q", 50, 0, 20), item("c", "r", 160, 20, None)]
LATER = [item("a", "p", 150, 0, 20), item("b", "q", 100, 20, None), item("c", "q", 60, 24, None)]
OVERLAP = [item("a", "p", 200, 0, 25), item("b", "p", 200, 20, None)]
CURRENCY = [item("a", "p", 100, 0, 20), item("b", "p", 110, 25, None, "USD")]


@hypothesis_settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(histories(), min_size=1, max_size=25), st.integers(0, 10_000))
@example([FIVE, ROLLING, MERGED, LATER, OVERLAP, CURRENCY], 1)
def test_swaps_are_what_loops_count(bench: Bench, drawn: list[list[Item]], seed: int) -> None:
    customers = {
        f"c_{place}": renamed(items, [f"c{place}_{one.name}" for one in items])
        for place, items in enumerate(drawn)
    }
    check(bench, customers, seed)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (FIVE, {}),
        (ROLLING, {}),
        (MERGED, {(20, "EUR", "expansion", "plan_change"): 10}),
        (LATER, {(24, "EUR", "expansion", "plan_change"): 10}),
        (OVERLAP, {}),
        (
            CURRENCY,
            {
                (25, "EUR", "contraction", "currency_change"): -100,
                (25, "USD", "expansion", "currency_change"): 110,
            },
        ),
    ],
)
def test_the_rule_s_own_examples(
    bench: Bench, items: list[Item], expected: dict[tuple[int, str, str, str], int]
) -> None:
    filled(bench, {"c": items})
    found = {
        ((moved - date(2025, 1, 1)).days, *key): value
        for (moved, *key), value in told(bench)["c"].items()
        if key[1] != "new"
    }
    assert found == expected
