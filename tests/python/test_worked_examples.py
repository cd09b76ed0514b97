"""The worked examples of the metric rules: from raw rows to certified tables, exactly."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from raw_builder import RawFolder
from warehouse_builds import Built, open_warehouse
from worked_cases import CASES, Movement, build_all

RAW, EXPECTED = build_all()
ZERO = Decimal(0)
BRIDGE = ("new", "reactivation", "expansion", "contraction", "churn", "transfer_in", "transfer_out")
LOSSES = ("contraction", "churn", "transfer_out")
# Counts of landed rows, which grow when a file lands twice; all else must not.
ROW_COUNTS = {"quarantine_summary": ("quarantined_rows", "table_landed_rows")}


@pytest.fixture(scope="module")
def built(worked_examples: Built) -> duckdb.DuckDBPyConnection:
    """The warehouse of all cases; every data test of the project passed on it."""
    return open_warehouse(worked_examples.file)


def rebuilt(first: Built, name: str, **how: Any) -> duckdb.DuckDBPyConnection:
    """The same rows landed in another way."""
    raw = RAW.write(first.workshop.folder / f"raw_{name}", **how)
    return open_warehouse(first.workshop.rebuild(name, raw, first.project))


def movements(warehouse: duckdb.DuckDBPyConnection, case: str) -> list[Movement]:
    """The certified movements of a case's customer, sorted."""
    rows = warehouse.execute(
        "select movement_date, movement, reason, product_id, partner_id, native_amount, amount "
        "from certified.customer_mrr_movements where customer_id = ?",
        [CASES[case].customer],
    ).fetchall()
    return sorted(Movement(*row) for row in rows)


def closing(warehouse: duckdb.DuckDBPyConnection, partner: str, month: str) -> Decimal | None:
    """Closing MRR of a partner at the end of a month; None where the month has no row."""
    row = warehouse.execute(
        "select closing_mrr from certified.partner_mrr_monthly "
        "where partner_id = ? and month_start = ?",
        [partner, f"{month}-01"],
    ).fetchone()
    return row[0] if row else None


@pytest.mark.parametrize("case", CASES)
def test_movements(built: duckdb.DuckDBPyConnection, case: str) -> None:
    assert movements(built, case) == EXPECTED[case]


def test_there_are_no_other_customers(built: duckdb.DuckDBPyConnection) -> None:
    found = built.execute("select distinct customer_id from certified.customer_mrr_movements")
    with_mrr = {one.customer for one in CASES.values() if EXPECTED[one.name]}
    assert {customer for (customer,) in found.fetchall()} == with_mrr


@pytest.mark.parametrize(
    ("partner", "month", "expected"),
    [
        ("p_W1", "2024-12", None),
        ("p_W1", "2025-01", "300"),
        ("p_W7", "2025-03", "500"),
        *[("p_W8", f"{year}-{month:02d}", "1000") for year in (2024, 2025) for month in (1, 2, 3)],
        ("p_W10", "2025-05", "100"),
        ("p_W10", "2025-06", "0"),
        ("p_W11", "2025-06", None),
        ("p_W11", "2025-07", "100"),
        ("p_W12", "2025-04", "80"),
        ("p_W12", "2025-05", "100"),
        ("p_W13", "2025-07", "0"),
        ("p_W13", "2025-08", "100"),
        ("p_a", "2025-08", "400"),
        ("p_a", "2025-09", "0"),
        ("p_b", "2025-09", "400"),
        ("p_W18", "2025-10", "900"),
        ("p_W18", "2025-11", "950"),
        ("p_W24", "2025-03", None),
        ("p_W24", "2025-04", "100"),
    ],
)
def test_closings(
    built: duckdb.DuckDBPyConnection, partner: str, month: str, expected: str | None
) -> None:
    assert closing(built, partner, month) == (Decimal(expected) if expected else None)


def test_every_partner_bridge_follows_from_the_movements(built: duckdb.DuckDBPyConnection) -> None:
    """All of `partner_mrr_monthly`, counted anew from the expected movements."""
    flows: dict[tuple[str, date, str], Decimal] = defaultdict(Decimal)
    for row in itertools.chain.from_iterable(EXPECTED.values()):
        flows[row.partner, row.movement_date.replace(day=1), row.movement] += row.amount
    expected = []
    for partner in sorted({partner for partner, _, _ in flows}):
        stock = ZERO
        first = min(month for name, month, _ in flows if name == partner)
        for month in (day for day in _months() if day >= first):
            amounts = [flows.get((partner, month, name), ZERO) for name in (*BRIDGE, "fx")]
            opening, stock = stock, stock + sum(amounts)
            signs = [-1 if name in LOSSES else 1 for name in (*BRIDGE, "fx")]
            shown = [sign * amount for sign, amount in zip(signs, amounts, strict=True)]
            expected.append((partner, month, opening, *shown, ZERO, stock, 12 * stock))
    columns = ", ".join(f"{name}_mrr" for name in (*BRIDGE, "fx", "correction"))
    found = built.execute(
        f"select partner_id, month_start, opening_mrr, {columns}, closing_mrr, closing_arr "
        "from certified.partner_mrr_monthly order by partner_id, month_start"
    ).fetchall()
    assert found == expected


def test_the_vendor_is_the_sum_of_all_movements(built: duckdb.DuckDBPyConnection) -> None:
    rows = list(itertools.chain.from_iterable(EXPECTED.values()))
    expected = [
        (month, sum((row.amount for row in rows if row.movement_date < following), ZERO))
        for month, following in itertools.pairwise([*_months(), date(2026, 1, 1)])
    ]
    found = built.execute(
        "select month_start, closing_mrr from certified.vendor_summary_monthly order by month_start"
    ).fetchall()
    assert found == expected


def test_the_vendor_with_one_customer(built: duckdb.DuckDBPyConnection) -> None:
    """W8 is alone in 2024: 1,000 in each month, February and the leap day included."""
    found = built.execute(
        "select opening_mrr, new_mrr, closing_mrr, closing_arr, customers "
        "from certified.vendor_summary_monthly where month_start < date '2025-01-01' "
        "order by month_start"
    ).fetchall()
    assert found == [(0, 1000, 1000, 12000, 1)] + [(1000, 0, 1000, 12000, 1)] * 11


def test_a_transfer_is_no_event_of_the_vendor(built: duckdb.DuckDBPyConnection) -> None:
    columns = [
        row[0] for row in built.execute("describe certified.vendor_summary_monthly").fetchall()
    ]
    assert not [column for column in columns if "transfer" in column]
    total = built.execute(
        "select sum(amount) from certified.customer_mrr_movements where movement like 'transfer%'"
    ).fetchone()
    assert total == (0,)


def test_past_due_is_at_risk_and_no_movement(built: duckdb.DuckDBPyConnection) -> None:
    """W14: past due in September, paid in October."""
    found = built.execute(
        "select monthname(month_start), mrr_at_risk, closing_mrr "
        "from certified.partner_mrr_monthly where partner_id = 'p_W14' "
        "and month(month_start) between 8 and 10 order by month_start"
    ).fetchall()
    assert found == [("August", 0, 100), ("September", 100, 100), ("October", 0, 100)]


def test_customers_are_counted_once(built: duckdb.DuckDBPyConnection) -> None:
    """The transferred customer of W15 leaves one partner for the other; the vendor keeps it."""
    found = built.execute(
        "select partner_id, month(month_start), customers from certified.partner_mrr_monthly "
        "where partner_id in ('p_a', 'p_b') and year(month_start) = 2025 "
        "and month(month_start) in (8, 9) order by all"
    ).fetchall()
    assert found == [("p_a", 8, 1), ("p_a", 9, 0), ("p_b", 9, 1)]
    active = 0
    for one in CASES.values():
        stock: dict[str, Decimal] = defaultdict(Decimal)
        for row in EXPECTED[one.name]:
            stock[row.partner] += row.native_amount
        active += any(stock.values())
    last = built.execute(
        "select customers from certified.vendor_summary_monthly order by month_start desc limit 1"
    ).fetchone()
    assert last == (active,)


def test_agreed_rises_and_ended_discounts_are_no_upsell(built: duckdb.DuckDBPyConnection) -> None:
    found = built.execute(
        "select distinct reason, is_upsell from certified.customer_mrr_movements "
        "where movement = 'expansion' order by reason"
    ).fetchall()
    assert found == [
        ("cross_sell", True),
        ("discount_end", False),
        ("escalator", False),
        ("plan_change", True),
        ("price", True),
        ("quantity", True),
    ]


def test_exactly_the_broken_rows_are_held_back(built: duckdb.DuckDBPyConnection) -> None:
    found = built.execute(
        "select source_name || '.' || table_name, row_key, reason_code, column_name, held_back "
        "from audit.quarantine order by all"
    ).fetchall()
    line, item = "stripe.invoice_line_item", "stripe.subscription_item"
    association = "partner_portal.partner_association"
    unknown_currency = "seat_100_zzz_1_month_licensed"
    assert found == sorted(
        [
            (association, "assoc_late", "split_over_100", "split_percent", "share"),
            (line, "il_1900", "impossible_date", "period_start", "row"),
            (line, "il_backwards", "impossible_date", "period_end", "row"),
            (line, "il_gone", "unknown_price", "plan_id", "row"),
            (line, "il_negative", "negative_amount", "amount", "row"),
            (line, "il_zzz", "unknown_price", "plan_id", "row"),
            ("stripe.price", unknown_currency, "unknown_currency", "currency", "row"),
            (item, "si_missing_rate_1", "missing_rate", "currency", "mrr"),
            (item, "si_unknown_currency_1", "unknown_price", "plan_id", "row"),
            (item, "si_unknown_price_1", "unknown_price", "plan_id", "row"),
        ]
    )  # fmt: skip


def test_the_same_files_twice_in_any_order_change_nothing(
    worked_examples: Built, built: duckdb.DuckDBPyConnection
) -> None:
    """W20, row for row, in every certified table; the rows are shuffled besides."""
    twice = rebuilt(worked_examples, "twice", copies=2, shuffle=1)
    landed = "select count(*) from raw_stripe.invoice_line_item"
    assert twice.execute(landed).fetchall()[0][0] == 2 * built.execute(landed).fetchall()[0][0]
    _assert_same_tables(built, twice)


# Without the history of subscriptions a pause, a failed payment or an unpaid spell that is over
# cannot be known, and an end after a failed payment looks like any other.
KNOWN_BY_HISTORY_ONLY = {
    "W13": ("2025-03-05 new land 100",),
    "dunning_exhausted": ("2025-02-01 new land 100", "2025-06-21 churn voluntary -100"),
    "one_of_two_paused": ("2025-02-01 new land 100", "2025-02-10 expansion cross_sell 30"),
    # what was paid for last says until when it ran
    "left_unpaid": ("2025-02-01 new land 100", "2025-07-01 churn involuntary -100"),
    "paid_too_late": ("2025-02-01 new land 100",),
    "cancelled_while_paused": ("2025-02-01 new land 100", "2025-06-20 churn voluntary -100"),
}


def test_without_the_history_of_subscriptions(
    worked_examples: Built, built: duckdb.DuckDBPyConnection
) -> None:
    """The current rows carry all but what only the history knows, in whatever order they land."""
    missing = ["stripe.subscription_history"]
    warehouse = rebuilt(worked_examples, "no_history", without=missing, shuffle=2)
    different = {
        name: tuple(
            f"{row.movement_date} {row.movement} {row.reason} {row.native_amount:f}".removesuffix(
                ".000000"
            )
            for row in found
        )
        for name in CASES
        if (found := movements(warehouse, name)) != movements(built, name)
    }
    assert different == KNOWN_BY_HISTORY_ONLY


def test_every_worked_example_has_a_case() -> None:
    """W19 and W23 speak of closed months and cohorts, W20 of a second landing."""
    numbers = {int(name.split("_")[0][1:]) for name in CASES if name.startswith("W")}
    assert numbers | {19, 20, 23} == set(range(1, 25))


def test_an_unknown_column_is_an_error_of_the_test(tmp_path: Path) -> None:
    raw = RawFolder("2026-01-02")
    raw.add("stripe.customer", id="c", colour="blue")
    with pytest.raises(AssertionError, match="colour"):
        raw.write(tmp_path)


def test_rows_of_columns_that_nothing_was_compiled_for_are_refused(worked_examples: Built) -> None:
    with duckdb.connect() as warehouse:
        warehouse.execute(
            "create schema raw_stripe; create table raw_stripe.invoice as select 1 as id"
        )
        with pytest.raises(AssertionError, match=r"raw_stripe\.invoice has other columns"):
            worked_examples.project.build(warehouse)


def _months() -> list[date]:
    return [date(year, month, 1) for year in (2024, 2025) for month in range(1, 13)]


def _assert_same_tables(
    first: duckdb.DuckDBPyConnection, second: duckdb.DuckDBPyConnection
) -> None:
    names = "select table_name from information_schema.tables where table_schema = 'certified'"
    tables = sorted(name for (name,) in first.execute(names).fetchall())
    assert {"customer_mrr_movements", "partner_mrr_monthly", "vendor_summary_monthly"} <= {*tables}
    for table in tables:
        counts = ROW_COUNTS.get(table)
        columns = f"* exclude ({', '.join(counts)})" if counts else "*"
        query = f"select {columns} from certified.{table} order by all"
        assert first.execute(query).fetchall() == second.execute(query).fetchall(), table
