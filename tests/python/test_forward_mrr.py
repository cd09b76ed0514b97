"""Forward MRR is what plain loops over a history say, and knows nothing that came later."""

from __future__ import annotations

from decimal import Decimal

import pytest
from books_by_hand import COLUMNS, MOMENTS, MONTHS, SHARES, Association, last_day
from conftest import MainRun
from forward_by_hand import Contracts, Coupon, Deal, DealLine, Item, Notice, Step, Subscription
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from model_bench import Bench, compiled_queries

# What is computed, in order; everything else that these read is a table of the history.
MODELS = (
    "int_discounts__recurring_items",
    "int_discounts__item_periods",
    *(f"int_growth__{name}" for name in (
        "scheduled_ends", "ending_subscriptions", "scheduled_churn", "discount_outlook",
        "contracted_changes", "signed_deals", "decided_upsells",
        "partners_of_record", "signed_values", "spine", "partner_forward_months",
    )),
)  # fmt: skip
_MONEY = "decimal(28, 6)"
INPUTS = {
    **COLUMNS,
    "input.input_subscription_versions": """subscription_id varchar,
        is_cancelled_at_period_end boolean, version_started_at timestamp, period_ends_at timestamp,
        cancels_at timestamp""",
    "input.input_subscriptions": """subscription_id varchar, billing_account_id varchar,
        is_cancelled_at_period_end boolean, period_ends_at timestamp, cancels_at timestamp,
        cancelled_at timestamp, ended_at timestamp""",
    "intermediate.int_discounts__distinct": f"""discount_id varchar, target varchar,
        coupon_id varchar, scope varchar, subscription_id varchar, billing_account_id varchar,
        subscription_item_id varchar, duration varchar, duration_in_months bigint,
        percent_off decimal(14, 4), amount_off {_MONEY}, amount_off_currency varchar,
        currency_options varchar, is_one_time boolean, started_at timestamp, ended_at timestamp""",
    "intermediate.int_subscription_items__gross_intervals": """subscription_item_id varchar,
        subscription_id varchar, currency varchar""",
    # no line cuts or lengthens a discount here
    "intermediate.int_subscription_items__billed_periods": """subscription_item_id varchar,
        period_started_at timestamp, from_date date, to_date date, is_long boolean""",
    "seeds.currencies": "currency_code varchar, minor_unit_value decimal(7, 6)",
    "input.input_opportunities": """opportunity_id varchar, customer_id varchar,
        opportunity_type varchar, currency varchar, is_closed boolean, is_won boolean,
        close_date date""",
    "input.input_opportunity_lines": """opportunity_id varchar, product_id varchar,
        total_price decimal(18, 4), service_date date""",
    "input.input_products": "product_id varchar, is_recurring boolean",
    "seeds.forward_horizons": "horizon_months integer",
    "seeds.opportunity_kinds": """opportunity_type varchar, opportunity_kind varchar,
        is_signed_revenue boolean, is_upsell boolean""",
    "intermediate.int_discounts__one_time_periods": """discount_id varchar, target varchar,
        subscription_item_id varchar, from_date date, to_date date""",
    "intermediate.int_subscription_items__discounted": """subscription_item_id varchar,
        subscription_id varchar, currency varchar, numerator bigint, denominator bigint,
        gross_mrr decimal(18, 6), mrr decimal(18, 6), from_date date, to_date date""",
    "intermediate.int_subscription_items__rejected": "subscription_item_id varchar",
    "intermediate.int_mrr__bridged_intervals": """subscription_item_id varchar,
        interval_number bigint, subscription_id varchar""",
    "intermediate.int_mrr__shared_intervals": """subscription_item_id varchar,
        interval_number bigint, currency varchar, share_set_id varchar, mrr decimal(18, 6),
        from_date date, to_date date""",
    "intermediate.int_mrr__partner_months": f"""partner_id varchar, currency varchar,
        closing_native {_MONEY}, closing_mrr {_MONEY}, month_start date""",
    # read where somebody first appears or is asked about; the revenue mix has tests of its own
    "intermediate.int_growth__invoiced_lines": """customer_id varchar, subscription_id varchar,
        revenue_date date""",
    "intermediate.int_growth__revenue_parts": "partner_id varchar, month_start date",
}
KEYS = ["partner_id", "horizon_months", "month_start"]
VALUES = ["closing_mrr", "scheduled_churn_mrr", "contracted_change_mrr", "signed_not_live_mrr",
          "forward_mrr"]  # fmt: skip


@pytest.fixture(scope="module")
def bench(main_run: MainRun) -> Bench:
    return Bench(compiled_queries(main_run, MODELS), INPUTS)


def _decimals(*texts: str) -> st.SearchStrategy[Decimal]:
    return st.sampled_from([Decimal(text) for text in texts])


RECENT = st.integers(0, 6 * (MONTHS + 2) - 1)  # before the last month that is looked at ends
ANY = st.integers(0, MOMENTS - 1)
NO_DECIMAL = Decimal(0)


def _steps(values: st.SearchStrategy[Decimal], most: int) -> st.SearchStrategy[tuple[Step, ...]]:
    return st.dictionaries(RECENT, values, min_size=1, max_size=most).map(
        lambda found: tuple(Step(at, found[at]) for at in sorted(found))
    )


NOTICES = st.lists(
    st.builds(Notice, RECENT, st.none() | ANY, st.booleans(), ANY),
    max_size=4, unique_by=lambda one: one.at,
).map(lambda found: tuple(sorted(found, key=lambda one: one.at)))  # fmt: skip
ITEMS = st.builds(
    Item,
    _steps(_decimals("0", "80", "99.99", "123.456789"), 3),
    st.sampled_from((1, 3, 12)),
    st.sampled_from((False, False, False, True)),
)
SUBSCRIPTIONS = st.builds(
    Subscription,
    st.sampled_from(("EUR", "USD")),
    st.lists(ITEMS, min_size=1, max_size=2).map(tuple),
    NOTICES,
    _steps(st.integers(0, len(SHARES) - 1).map(Decimal), 3),
    st.sampled_from((True, True, False)),
    st.none() | ANY,
)
ASSOCIATIONS = st.builds(
    Association,
    st.integers(0, 1),
    st.sampled_from(("p_a", "p_b", "p_c")),
    _decimals("30", "60", "33.3333", "100"),
    st.sampled_from((True, True, True, False)),
    st.sampled_from((True, True, True, False)),
    st.none() | RECENT,
    st.none() | ANY,
)
DEALS = st.builds(
    Deal,
    st.sampled_from((0, 1, None)),
    st.sampled_from(("New Logo", "add-on", "Renewal", "swap")),
    st.sampled_from((None, "EUR", "USD")),
    RECENT,
    st.lists(
        st.builds(
            DealLine,
            _decimals("1200", "99.9999", "-600", "1000.01"),
            ANY,
            st.sampled_from((True, True, False)),
        ),
        max_size=3,
    ).map(tuple),
    st.sampled_from((True, True, False)),
    st.sampled_from((True, True, False)),
)


@st.composite
def contracts(draw: st.DrawFn) -> Contracts:
    count = draw(st.integers(1, 2))
    off = st.sampled_from(
        [(Decimal(percent), NO_DECIMAL) for percent in ("20", "60", "33.3333", "100")]
        + [(NO_DECIMAL, Decimal(amount)) for amount in ("4", "10.01", "250", "50")]
    )
    coupons = st.builds(
        lambda target, start, duration, months, off, removed: Coupon(
            target, start, duration, months, *off, removed
        ),
        st.sampled_from((*range(count), None)),
        RECENT,
        st.sampled_from(("forever", "repeating", "repeating", "once")),
        st.integers(1, 13),
        off,
        st.none() | ANY,
    ).filter(lambda one: one.removed is None or one.removed > one.start)
    return Contracts(
        tuple(draw(st.lists(SUBSCRIPTIONS, min_size=count, max_size=count))),
        tuple(draw(st.lists(coupons, max_size=4))),
        tuple(draw(st.lists(DEALS, max_size=3))),
        tuple(draw(st.lists(ASSOCIATIONS, max_size=4))),
    )


# Notice given, withdrawn and given again for a fixed day; a coupon for months over one of the
# account whose end nobody knew, and one taken off early; deals live in one, three, twelve months.
_ITEM = Item((Step(2, Decimal("99.99")), Step(22, Decimal(80))), 1)
_KNOWN = Contracts(
    (
        Subscription(
            "USD",
            (_ITEM, Item((Step(2, Decimal("123.456789")),), 1)),
            (Notice(14, None, True, 26), Notice(18, None, False, 26), Notice(27, 40, False, 26)),
            (Step(0, Decimal(3)), Step(20, Decimal(4))),
        ),
        Subscription("EUR", (_ITEM,), (Notice(16, None, True, 41),), (Step(0, Decimal(1)),), False),
        Subscription("EUR", (_ITEM,), (), (Step(8, Decimal(5)),)),
    ),
    (
        Coupon(2, 10, "repeating", 3, Decimal("33.3333"), NO_DECIMAL),
        Coupon(None, 11, "forever", 1, Decimal(20), NO_DECIMAL, 34),
        Coupon(0, 12, "repeating", 4, NO_DECIMAL, Decimal("10.01"), 25),
        Coupon(0, 12, "once", 6, NO_DECIMAL, Decimal(4)),
    ),
    (
        Deal(
            0, "New Logo", "USD", 14, tuple(DealLine(Decimal(1200), at) for at in (17, 22, 23, 60))
        ),
        Deal(
            None, "add-on", None, 16, (DealLine(Decimal("99.9999"), 30), DealLine(NO_DECIMAL, 40))
        ),
    ),
    (
        Association(0, "p_a", Decimal(60)),
        Association(0, "p_b", Decimal(60), end=24),
        Association(0, "p_c", Decimal(30), start=13),
    ),
)


@hypothesis_settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@example(_KNOWN)
@given(history=contracts())
def test_forward_mrr_is_what_loops_say(bench: Bench, history: Contracts) -> None:
    bench.fill(history.tables())
    bench.compute()
    found = bench.rows("int_growth__partner_forward_months", KEYS, VALUES)
    assert found == history.expected()


@hypothesis_settings(
    max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@example(_KNOWN, 2)
@given(history=contracts(), month=st.integers(0, MONTHS - 1))
def test_forward_mrr_knows_nothing_that_came_later(
    bench: Bench, history: Contracts, month: int
) -> None:
    """Somebody who computed it when the month ended saw the same."""
    seen = []
    for known in (history, history.known_at(last_day(month))):
        bench.fill(known.tables())
        bench.compute()
        rows = bench.rows("int_growth__partner_forward_months", KEYS, VALUES)
        seen.append({key: row for key, row in rows.items() if key[2] <= last_day(month)})
    assert seen[0] == seen[1]
