"""What the histories counted by hand share: days, money, exchange rates, and whose a thing is.

Nothing here knows the SQL. Money is Decimal with six places, rounded half away from zero at each
step.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

MONTHS = 6  # the months that are looked at
AHEAD = 15  # months after the first in which something can happen
MOMENTS = 6 * (2 + AHEAD)  # six a month: the 1st, the 15th and the last day, at two hours each
OPEN_END = date(9999, 12, 31)
ZERO = Decimal(0)
CLOCK = ZoneInfo("Europe/Amsterdam")
RATES = {
    "EUR": [Decimal(1)] * MONTHS,
    "USD": [Decimal("0.93123457") + month * Decimal("0.01717172") for month in range(MONTHS)],
    "JPY": [Decimal("0.00612346") + month * Decimal("0.00001235") for month in range(MONTHS)],
}
SHARES: tuple[dict[str, Decimal], ...] = (
    {"direct": Decimal(1)},
    {"p_a": Decimal(1)},
    {"p_b": Decimal(1)},
    {"p_a": Decimal("0.7"), "p_b": Decimal("0.3")},
    {"p_a": Decimal("0.333333"), "p_b": Decimal("0.333333"), "direct": Decimal("0.333334")},
    {"p_a": Decimal("0.5"), "direct": Decimal("0.5")},
)
Row = tuple[Any, ...]
# What models read of the calendar, the rates, whose things are, and the partners of record.
COLUMNS = {
    "intermediate.int_months": "month_start date, month_end date",
    "intermediate.int_exchange_rates__month_end": """currency varchar,
        reporting_units decimal(18, 8), month_start date, currency_units decimal(18, 8)""",
    "intermediate.int_share_set_members": """share_set_id varchar, partner_id varchar,
        share decimal(9, 6), takes_remainder boolean, member_count bigint""",
    "intermediate.int_subscriptions__share_sets": """subscription_id varchar,
        share_set_id varchar, from_date date, to_date date""",
    "intermediate.int_partner_associations__days": """association_id varchar,
        customer_id varchar, subscription_id varchar, partner_id varchar,
        split_percent decimal(9, 4), is_of_record boolean, from_date date, to_date date,
        recorded_at timestamp""",
}


def first_day(month: int) -> date:
    return date(2024 + (month + 12) // 12, (month + 12) % 12 + 1, 1)


def last_day(month: int) -> date:
    return first_day(month + 1) - timedelta(days=1)


def month_after(day: date, months: int) -> date:
    """The same day some months on, or the last one of a month that is too short."""
    count = 12 * day.year + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def instant(number: int) -> datetime:
    """A moment in UTC. The later ones of a day are of the next day here, in summer."""
    month, within = number // 6 - 2, number % 6
    day = (first_day(month), first_day(month).replace(day=15), last_day(month))[within // 2]
    hour, minute = ((10, 0), (22, 30))[within % 2]
    return datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001


def day_of(number: int) -> date:
    """The day of a moment in the reporting time zone."""
    return instant(number).replace(tzinfo=UTC).astimezone(CLOCK).date()


def moment_or_none(number: int | None) -> datetime | None:
    return None if number is None else instant(number)


def money(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def parts(amount: Decimal, shares: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """An amount by partner: each its rounded share, and the largest what is left."""
    rest = largest(shares)
    found = {who: money(amount * share) for who, share in shares.items() if who != rest}
    return {**found, rest: amount - sum(found.values(), ZERO)}


def months_rows() -> list[Row]:
    return [(first_day(month), last_day(month)) for month in range(MONTHS)]


def rates_rows() -> list[Row]:
    return [
        (currency, rate, first_day(month), 1)
        for currency, rates in RATES.items()
        for month, rate in enumerate(rates)
    ]


def share_set_rows() -> list[Row]:
    return [
        (share_set(number), who, share, who == largest(shares),
         len(shares))
        for number, shares in enumerate(SHARES)
        for who, share in shares.items()
    ]  # fmt: skip


def share_set(number: int) -> str:
    return f"set_{number}" if number else "direct"


def largest(shares: Mapping[str, Decimal]) -> str:
    return min(shares, key=lambda who: (-shares[who], who))


@dataclass(frozen=True)
class Association:
    """A partner of a customer from one moment to another, empty for always; recorded in order."""

    customer: int
    partner: str
    percent: Decimal
    is_of_record: bool = True
    is_whole: bool = True  # with the customer, not with one subscription
    start: int | None = None
    end: int | None = None


def partners_of(
    customer: int | None, day: date, associations: tuple[Association, ...]
) -> dict[str, Decimal]:
    """Whose a customer is on a day: above 100 % the last recorded give way; the rest is direct."""
    kept = [
        one for one in associations
        if one.customer == customer and one.is_of_record and one.is_whole
        and (one.start is None or day_of(one.start) <= day)
        and (one.end is None or day < day_of(one.end))
    ]  # fmt: skip
    while sum(one.percent for one in kept) > 100:
        kept.pop()
    shares: dict[str, Decimal] = {}
    for one in kept:
        shares[one.partner] = shares.get(one.partner, ZERO) + one.percent / 100
    rest = 1 - sum(shares.values(), ZERO)
    return {**shares, "direct": rest} if rest else shares


def association_rows(associations: tuple[Association, ...]) -> list[Row]:
    return [
        (f"a_{number}", f"c_{one.customer}", None if one.is_whole else "s_0", one.partner,
         one.percent, one.is_of_record,
         date(1900, 1, 1) if one.start is None else day_of(one.start),
         date(9999, 12, 31) if one.end is None else day_of(one.end),
         datetime(2020, 1, 1 + number))  # noqa: DTZ001
        for number, one in enumerate(associations)
    ]  # fmt: skip
