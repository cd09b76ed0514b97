"""The revenue mix is what plain loops over invoice lines say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from books_by_hand import COLUMNS, MONTHS, SHARES, Association
from conftest import MainRun
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from model_bench import Bench, compiled_queries
from revenue_mix_by_hand import CENTS, METERED, PRICES, Invoice, Line, Revenue

# What is computed, in order; everything else that these read is a table of the history.
MODELS = tuple(
    f"int_growth__{name}"
    for name in (
        "invoiced_lines", "partners_of_record", "revenue_parts", "spine", "partner_revenue_months",
    )
)  # fmt: skip
INPUTS = {
    **COLUMNS,
    "input.input_invoice_lines": """invoice_line_id varchar, invoice_id varchar,
        subscription_id varchar, subscription_item_id varchar, price_id varchar, currency varchar,
        amount_minor bigint, is_proration boolean, is_regular boolean, is_live boolean,
        period_started_at timestamp,
        period_ends_at timestamp""",
    "input.input_price_corrections": "invoice_line_id varchar, corrected_amount_minor hugeint",
    "input.input_invoices": """invoice_id varchar, billing_account_id varchar,
        subscription_id varchar, is_issued boolean, is_live boolean""",
    "input.input_prices": """price_id varchar, product_id varchar, price_type varchar,
        usage_type varchar, committed_minimum_minor decimal(18, 0)""",
    "input.input_products": "product_id varchar, revenue_type varchar",
    "input.input_subscriptions": "subscription_id varchar, customer_id varchar",
    "input.input_billing_accounts": "billing_account_id varchar, crm_account_id varchar",
    "seeds.currencies": "currency_code varchar, minor_unit_value decimal(4, 3)",
    "intermediate.int_mrr__partner_months": """partner_id varchar, currency varchar,
        closing_mrr decimal(28, 6), month_start date""",
    # read where somebody first appears or is asked about; forward MRR has tests of its own
    "intermediate.int_growth__signed_deals": "customer_id varchar, month_end date",
    "intermediate.int_growth__decided_upsells": "customer_id varchar, close_date date",
    "intermediate.int_growth__signed_values": "partner_id varchar, month_start date",
    "intermediate.int_growth__contracted_changes": "partner_id varchar, month_start date",
}
KEYS = ["partner_id", "month_start"]
VALUES = ["hardware_revenue", "setup_revenue", "services_revenue", "other_revenue",
          "pass_through_revenue", "recurring_mrr", "usage_mrr", "one_off_revenue",
          "recurring_share", "recurring_share_null_reason"]  # fmt: skip


@pytest.fixture(scope="module")
def bench(main_run: MainRun) -> Bench:
    return Bench(compiled_queries(main_run, MODELS), INPUTS)


# a little more than the months that are looked at
WHEN = st.integers(6, 6 * (MONTHS + 3) - 1)
MOSTLY = st.sampled_from((True, True, True, True, False))
LINES = st.builds(
    Line,
    st.sampled_from((None, 0, 0, 1, 1, 2)),
    st.sampled_from((None, None, 0, 1)),
    st.none() | st.integers(0, len(PRICES) - 1),
    st.sampled_from(tuple(CENTS)),
    st.tuples(st.sampled_from((129000, 3333, 1, -1000, -50001))),
    st.sampled_from((0, 0, 0, 1000, 3333)),
    st.none() | WHEN,
    WHEN,
    MOSTLY.map(lambda yes: not yes),
    MOSTLY.map(lambda yes: not yes),
    MOSTLY,
)
USAGE = st.builds(
    Line,
    st.sampled_from((0, 0, 1, 2)),
    st.sampled_from((None, 0, 1)),
    st.sampled_from(METERED),
    st.sampled_from(tuple(CENTS)),
    st.lists(st.sampled_from((4000, 3000, 1, 0)), min_size=1, max_size=3).map(tuple),
    st.sampled_from((0, 0, 0, 500, 4000)),
    WHEN,
    WHEN,
    st.just(True),
    st.just(False),
    MOSTLY,
)
REVENUES = st.builds(
    Revenue,
    st.lists(LINES | LINES | USAGE, max_size=8).map(tuple),
    st.tuples(
        *[st.builds(Invoice, st.sampled_from((None, 0, 1)), st.integers(0, 1), MOSTLY, MOSTLY)] * 3
    ),
    st.tuples(st.integers(0, 1), st.integers(0, 1)),
    st.tuples(st.integers(0, 1), st.none() | st.integers(0, 1)),
    st.lists(
        st.tuples(st.integers(0, 1), WHEN, st.integers(0, len(SHARES) - 1)),
        max_size=4, unique_by=lambda one: one[:2],
    ).map(lambda found: tuple(sorted(found))),
    st.lists(
        st.builds(
            Association,
            st.integers(0, 1),
            st.sampled_from(("p_a", "p_b", "p_c")),
            st.sampled_from([Decimal(text) for text in ("30", "60", "33.3333", "100")]),
            MOSTLY,
            MOSTLY,
            st.none() | WHEN,
            st.none() | WHEN,
        ),
        max_size=4,
    ).map(tuple),
    st.lists(
        st.tuples(
            st.sampled_from(("p_a", "p_b", "direct")),
            st.sampled_from(("EUR", "USD")),
            st.integers(0, MONTHS - 1),
            st.sampled_from([Decimal(text) for text in ("0", "900", "99.999999")]),
        ),
        max_size=6, unique_by=lambda one: one[:3],
    ).map(tuple),
)  # fmt: skip

# One-off revenue of each kind beside 200 of MRR, a wrong price, more credited than sold though MRR
# is larger, usage above and below its minimum in months that follow, lines of nobody.
_KNOWN = Revenue(
    (
        *(Line(0, 0, price, "EUR", (129000,), 0, 14, 20) for price in range(len(PRICES))),
        Line(0, None, 1, "USD", (3333,), 1000, 17, 17),
        Line(1, None, 2, "JPY", (1000,), 0, 20, 20),
        Line(1, None, None, "EUR", (-50001,), 0, None, 26),
        Line(0, None, METERED[0], "EUR", (4000, 3000, 1), 500, 12, 18, True),
        Line(0, None, METERED[0], "EUR", (4000, 500), 0, 18, 24, True),
        Line(1, None, METERED[1], "USD", (4000, 3333), 0, 24, 30, True),
        Line(2, None, 3, "EUR", (65000,), 0, 20, 20),
        Line(None, None, 3, "EUR", (1,), 0, 20, 20),
        Line(0, 0, 1, "EUR", (1,), 0, 20, 20, is_live=False),
    ),
    (Invoice(0, 0), Invoice(None, 0), Invoice(None, 1, is_issued=False)),
    (0, 1),
    (0, None),
    ((0, 12, 4), (0, 20, 3)),
    (Association(0, "p_a", Decimal(60)), Association(0, "p_c", Decimal(60), end=20)),
    (
        ("p_a", "EUR", 0, Decimal(200)),
        ("p_a", "USD", 1, Decimal("99.999999")),
        ("p_a", "EUR", 2, Decimal(400)),
    ),
)


@hypothesis_settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@example(_KNOWN)
@given(history=REVENUES)
def test_the_revenue_mix_is_what_loops_say(bench: Bench, history: Revenue) -> None:
    bench.fill(history.tables())
    bench.compute()
    found = bench.rows("int_growth__partner_revenue_months", KEYS, VALUES)
    assert found == history.expected()
