"""Money in another currency: exact to six places, whatever the amount and the official rates."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import jinja2

from orchestration.settings import PROJECT_DIR

MACROS = PROJECT_DIR / "macros" / "engine" / "arithmetic.sql"
# The bounds of the contracts: a rate (`exchange_rates.daily_rate`), and what an amount holds.
LARGEST_RATE, LARGEST_AMOUNT = 10**7, 10**21


def exchanged_sql() -> str:
    """The macro's SQL for DuckDB, on columns `amount`, `multiplier` and `divisor`."""
    environment = jinja2.Environment(autoescape=False)  # noqa: S701  # SQL, no page
    macros: Any = environment.from_string(MACROS.read_text("utf-8")).module
    return str(macros.duckdb__exchanged("amount", "multiplier", "divisor", "decimal(28, 6)"))


def half_up(value: Fraction) -> Decimal:
    """The value to six places, half away from nought."""
    units = (2 * abs(value) * 10**6 + 1) // 2
    return Decimal(units if value >= 0 else -units).scaleb(-6)


def decimal(rng: random.Random, largest: int, places: int) -> Decimal:
    """A positive number of any size up to the largest, with up to so many places."""
    top = rng.randint(1, len(str(largest)) + places - 1)
    return Decimal(rng.randint(1, 10**top)).scaleb(-places)


def test_amounts_are_exact_at_any_size() -> None:
    """Random amounts and rates, the extremes, and halves of the last place."""
    rng = random.Random(18)
    rows = [
        (Decimal(4_000_000_000), Decimal(1), Decimal("4139.12")),
        (Decimal(LARGEST_AMOUNT), Decimal(LARGEST_RATE), Decimal(LARGEST_RATE)),
        (Decimal(LARGEST_AMOUNT), Decimal("9999999.99999999"), Decimal("9999999.99999998")),
        (Decimal("0.000001"), Decimal("0.00000001"), Decimal(LARGEST_RATE)),
        (Decimal("0.000001"), Decimal(1), Decimal(2)),
        (Decimal("-0.000001"), Decimal(1), Decimal(2)),
        (Decimal("-0.000003"), Decimal(1), Decimal(2)),
        (Decimal(0), Decimal(3), Decimal(7)),
    ]
    while len(rows) < 3000:
        amount = decimal(rng, LARGEST_AMOUNT, 6) * rng.choice((1, -1))
        multiplier = rng.choice((Decimal(1), decimal(rng, LARGEST_RATE, 8)))
        divisor = decimal(rng, LARGEST_RATE, 8)
        if abs(amount) * multiplier / divisor < LARGEST_AMOUNT:
            rows.append((amount, multiplier, divisor))
    with duckdb.connect() as connection:
        connection.execute(
            "create table rates"
            " (amount decimal(28, 6), multiplier decimal(18, 8), divisor decimal(18, 8))"
        )
        connection.executemany("insert into rates values (?, ?, ?)", rows)
        found = connection.execute(
            f"select amount, multiplier, divisor, {exchanged_sql()} from rates"
        ).fetchall()
    assert found == [
        (*row, half_up(Fraction(row[0]) * Fraction(row[1]) / Fraction(row[2]))) for row in rows
    ]


def test_a_missing_rate_is_no_amount() -> None:
    """Without a rate nothing is assumed."""
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select {exchanged_sql()}"
            " from (select 1.5 as amount, null as multiplier, 2 as divisor)"
        ).fetchone()
    assert found == (None,)
