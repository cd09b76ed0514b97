"""Retention counted by hand: small random histories, and what follows from them by plain loops.

Nothing here knows the SQL. A history says what each item is worth and whose it is on each of a few
days a month; the same history is written as the rows that the retention models read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

MICRO = Decimal("0.000001")
ZERO = Decimal(0)
WINDOWS = (1, 3, 12)
DAYS = (5, 15, 25)  # the days of a month on which something can happen
FIRST_YEAR = 2024
Shares = tuple[tuple[str, Decimal], ...]
Row = dict[str, Any]

# tier and region; p_x is in no portal, and the portal knows no region of p_c
PARTNERS: dict[str, tuple[str | None, str | None]] = {
    "p_a": ("gold", "EMEA"), "p_b": ("gold", "AMER"), "p_c": ("silver", None),
}  # fmt: skip
SHARES: tuple[Shares, ...] = tuple(
    tuple((partner, Decimal(share)) for partner, share in members.items())
    for members in (
        {"direct": "1"}, {"p_a": "1"}, {"p_b": "1"}, {"p_c": "1"}, {"p_x": "1"},
        {"p_a": "0.7", "p_b": "0.3"}, {"p_a": "0.3", "p_b": "0.7"},
        {"p_a": "0.333333", "direct": "0.666667"},
    )
)  # fmt: skip
PARTNER_LEVELS = ("partner", "partner_tier", "partner_region")
LEVELS = ("vendor", *PARTNER_LEVELS, "segment", "customer_region", "product")


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(MICRO, ROUND_HALF_UP)


def ratio(part: Decimal | int, total: Decimal | int) -> Decimal:
    return rounded(Decimal(part) / Decimal(total))


def parts_of(amount: Decimal, shares: Shares) -> dict[str, Decimal]:
    """Each partner's part; the largest share takes what rounding leaves."""
    parts = {partner: rounded(amount * share) for partner, share in shares}
    largest = min(shares, key=lambda member: (-member[1], member[0]))[0]
    parts[largest] += amount - sum(parts.values())
    return parts


def month_start(month: int) -> date:
    return date(FIRST_YEAR + month // 12, month % 12 + 1, 1)


@dataclass(frozen=True)
class Item:
    """What an item is worth and whose it is, from one slot (month x day) to the next change."""

    id: str
    customer: str
    product: str
    currency: str
    changes: tuple[tuple[int, Decimal, Shares], ...]

    def at(self, slot: int) -> tuple[Decimal, Shares]:
        state: tuple[Decimal, Shares] = (ZERO, SHARES[0])
        for since, mrr, shares in self.changes:
            if since <= slot:
                state = (mrr, shares)
        return state

    def parts(self, slot: int) -> dict[str, Decimal]:
        mrr, shares = self.at(slot)
        return parts_of(mrr, shares) if mrr else {}


@dataclass(frozen=True)
class Movement:
    item: Item
    partner: str
    movement: str
    before: Decimal
    after: Decimal
    slot: int

    @property
    def month(self) -> int:
        return self.slot // len(DAYS)


@dataclass
class History:
    months: int
    items: tuple[Item, ...]
    rates: dict[tuple[str, int], Decimal]
    segments: dict[str, tuple[str | None, str | None]]
    returning_is_new: bool = False
    """A customer that comes back counts as new again (reactivation_max_gap_days)."""

    @cached_property
    def customers(self) -> list[str]:
        return sorted({item.customer for item in self.items})

    @cached_property
    def movements(self) -> list[Movement]:
        return list(self._movements())

    def _movements(self) -> Iterator[Movement]:
        for customer in self.customers:
            items = [item for item in self.items if item.customer == customer]
            had_mrr = False
            for slot in range(self.months * len(DAYS)):
                before = sum((item.at(slot - 1)[0] for item in items), ZERO)
                after = sum((item.at(slot)[0] for item in items), ZERO)
                for item in items:
                    yield from _item_movements(
                        item, slot, before, after, had_mrr and not self.returning_is_new
                    )
                had_mrr = had_mrr or after > 0

    def value_of(self, level: str, item: Item, partner: str) -> str:
        tier, region = PARTNERS.get(partner, (None, None))
        segment, customer_region = self.segments.get(item.customer, (None, None))
        return {
            "vendor": "all",
            "partner": partner,
            "partner_tier": "direct" if partner == "direct" else tier or "unknown",
            "partner_region": "direct" if partner == "direct" else region or "unknown",
            "segment": segment or "unknown",
            "customer_region": customer_region or "unknown",
            "product": item.product,
        }[level]

    @cached_property
    def rows(self) -> dict[tuple[str, str, str, str, int], tuple[Decimal, Decimal]]:
        """(customer, partner, product, currency, month) to MRR at its end, native and reported."""
        rows: dict[tuple[str, str, str, str, int], tuple[Decimal, Decimal]] = {}
        for month in range(self.months):
            slot = (month + 1) * len(DAYS) - 1
            for item in self.items:
                mrr, shares = item.at(slot)
                if not mrr:
                    continue
                reported = parts_of(rounded(mrr * self.rates[item.currency, month]), shares)
                for partner, native in parts_of(mrr, shares).items():
                    key = (item.customer, partner, item.product, item.currency, month)
                    old = rows.get(key, (ZERO, ZERO))
                    rows[key] = (old[0] + native, old[1] + reported[partner])
        return rows


def _item_movements(
    item: Item, slot: int, before: Decimal, after: Decimal, known: bool
) -> Iterator[Movement]:
    """A transfer of what there was, then the change of it, as they fall to partners."""
    (old_mrr, old_shares), (mrr, shares) = item.at(slot - 1), item.at(slot)
    if old_mrr and mrr and old_shares != shares:
        olds, news = parts_of(old_mrr, old_shares), parts_of(old_mrr, shares)
        for partner in sorted(olds.keys() | news.keys()):
            was, now = olds.get(partner, ZERO), news.get(partner, ZERO)
            if was != now:
                movement = "transfer_in" if now > was else "transfer_out"
                yield Movement(item, partner, movement, was, now, slot)
    if old_mrr == mrr:
        return
    if not before:
        movement = "reactivation" if known else "new"
    elif not after:
        movement = "churn"
    else:
        movement = "expansion" if mrr > old_mrr else "contraction"
    owners = shares if mrr else old_shares
    olds, news = parts_of(old_mrr, owners), parts_of(mrr, owners)
    for partner in olds:
        if olds[partner] != news[partner]:
            yield Movement(item, partner, movement, olds[partner], news[partner], slot)


@dataclass
class Cohort:
    """Sums over the customers of a cohort."""

    customers: int = 0
    retained_customers: int = 0
    mrr: Decimal = ZERO
    retained: Decimal = ZERO
    gross: Decimal = ZERO
    reported: Decimal = ZERO
    gross_reported: Decimal = ZERO


@dataclass(frozen=True)
class Rules:
    """The switches."""

    transfers_leave: bool = True
    min_customers: int = 1
    min_mrr: Decimal = ZERO


def _members(history: History, level: str) -> dict[tuple[str, str, int], list[tuple[str, int]]]:
    """(value, customer, month) to the keys of its rows."""
    by_id = {(item.customer, item.product): item for item in history.items}
    members: dict[tuple[str, str, int], list[Any]] = defaultdict(list)
    for key in history.rows:
        customer, partner, product, _, month = key
        value = history.value_of(level, by_id[customer, product], partner)
        members[value, customer, month].append(key)
    return members


def _worth(history: History, keys: list[Any], rate_month: int) -> Decimal:
    """Rows valued at the rate of another month; of their own where there was none then."""
    total = ZERO
    for key in keys:
        currency, month = key[3], key[4]
        rate = history.rates.get((currency, rate_month), history.rates[currency, month])
        total += rounded(history.rows[key][0] * rate)
    return total


def _transfer_months(history: History, level: str) -> dict[tuple[str, str], set[int]]:
    """(value, customer) to the months in which MRR came or left, net of each item's day."""
    if level not in PARTNER_LEVELS:
        return {}
    net: dict[tuple[str, str, str, int], Decimal] = defaultdict(Decimal)
    for one in history.movements:
        if one.movement.startswith("transfer"):
            value = history.value_of(level, one.item, one.partner)
            net[value, one.item.customer, one.item.id, one.slot] += one.after - one.before
    months: dict[tuple[str, str], set[int]] = defaultdict(set)
    for (value, customer, _, slot), amount in net.items():
        if amount:
            months[value, customer].add(slot // len(DAYS))
    return months


def _judge(customers: int, mrr: Decimal, rules: Rules) -> str | None:
    if not customers:
        return "empty_cohort"
    if customers < rules.min_customers or mrr < rules.min_mrr:
        return "tiny_cohort"
    return None


def retention(history: History, rules: Rules) -> dict[tuple[str, str, int, date], tuple[Any, ...]]:
    """(level, value, window, month) to reason, sizes, bases and the five ratios."""
    found: dict[tuple[str, str, int, date], tuple[Any, ...]] = {}
    for level in LEVELS:
        first_months: dict[str, int] = {}
        for one in history.movements:
            value = history.value_of(level, one.item, one.partner)
            first_months[value] = min(first_months.get(value, one.month), one.month)
        members = _members(history, level)
        transfers = _transfer_months(history, level)
        for value, first_month in first_months.items():
            for month in range(first_month, history.months):
                for window in WINDOWS:
                    cohort = _cohort(history, members, transfers, value, month, window, rules)
                    reason = _judge(cohort.customers, cohort.mrr, rules)
                    ratios: tuple[Decimal | None, ...] = (None,) * 5
                    if reason is None:
                        ratios = (
                            ratio(cohort.retained, cohort.mrr),
                            ratio(cohort.gross, cohort.mrr),
                            ratio(cohort.retained_customers, cohort.customers),
                            ratio(cohort.reported, cohort.mrr),
                            ratio(cohort.gross_reported, cohort.mrr),
                        )
                    found[level, value, window, month_start(month)] = (
                        reason, cohort.customers, cohort.retained_customers, cohort.mrr,
                        cohort.retained, cohort.gross, cohort.reported, cohort.gross_reported,
                        *ratios,
                    )  # fmt: skip
    return found


def _cohort(
    history: History,
    members: dict[tuple[str, str, int], list[Any]],
    transfers: dict[tuple[str, str], set[int]],
    value: str,
    month: int,
    window: int,
    rules: Rules,
) -> Cohort:
    cohort = Cohort()
    start = month - window
    for customer in history.customers:
        then = members.get((value, customer, start), [])
        mrr = sum((history.rows[key][1] for key in then), ZERO)
        moved = {at for at in transfers.get((value, customer), ()) if start < at <= month}
        if mrr <= 0 or (rules.transfers_leave and moved):
            continue
        now = members.get((value, customer, month), [])
        worth = _worth(history, now, start)
        kept = mrr if worth == _worth(history, then, start) else worth
        reported = sum((history.rows[key][1] for key in now), ZERO)
        cohort.customers += 1
        cohort.retained_customers += kept > 0
        cohort.mrr += mrr
        cohort.retained += kept
        cohort.gross += min(kept, mrr)
        cohort.reported += reported
        cohort.gross_reported += min(reported, mrr)
    return cohort


def landing_cohorts(
    history: History, rules: Rules
) -> dict[tuple[str, str, date, date], tuple[Any, ...]]:
    """(level, value, landing month, month) to reason, customers, MRR and the two ratios."""
    found: dict[tuple[str, str, date, date], tuple[Any, ...]] = {}
    transfers = _transfer_months(history, "partner")
    for level in ("vendor", "partner"):
        members = _members(history, level)
        cohorts: dict[tuple[str, int], list[str]] = defaultdict(list)
        for customer in history.customers:
            news = [
                one for one in history.movements
                if one.item.customer == customer and one.movement == "new"
            ]  # fmt: skip
            if not news:
                continue
            landing = min(one.month for one in news)
            values = {value for value, who, at in members if (who, at) == (customer, landing)}
            if not values:
                values = {
                    history.value_of(level, one.item, one.partner)
                    for one in news
                    if one.month == landing
                }
            for value in values:
                cohorts[value, landing].append(customer)
        for (value, landing), customers in cohorts.items():
            for month in range(landing, history.months):
                row = _landed(history, members, transfers if level == "partner" else {},
                              (value, landing, month), customers, rules)  # fmt: skip
                found[level, value, month_start(landing), month_start(month)] = row
    return found


def _landed(
    history: History,
    members: dict[tuple[str, str, int], list[Any]],
    transfers: dict[tuple[str, str], set[int]],
    cell: tuple[str, int, int],
    customers: list[str],
    rules: Rules,
) -> tuple[Any, ...]:
    value, landing, month = cell
    landed, kept_customers, landing_mrr, kept_mrr = 0, 0, ZERO, ZERO
    for customer in customers:
        moved = any(landing < at <= month for at in transfers.get((value, customer), ()))
        if moved and rules.transfers_leave:
            continue
        then = members.get((value, customer, landing), [])
        mrr = sum((history.rows[key][1] for key in then), ZERO)
        worth = _worth(history, members.get((value, customer, month), []), landing)
        kept = mrr if worth == _worth(history, then, landing) else worth
        landed += 1
        kept_customers += kept > 0
        landing_mrr += mrr
        kept_mrr += kept
    reason = _judge(landed, landing_mrr, rules)
    if reason is None and not landing_mrr:
        reason = "no_landing_mrr"
    mrr_retention = ratio(kept_mrr, landing_mrr) if reason is None else None
    logos = ratio(kept_customers, landed) if reason in (None, "no_landing_mrr") else None
    return (reason, landed, kept_customers, landing_mrr, kept_mrr, mrr_retention, logos)


def input_rows(history: History) -> dict[str, list[Row]]:
    """The history as the rows of the models that retention reads."""
    months = range(history.months)
    return {
        "int_mrr__customer_months": [
            {
                "customer_id": customer, "partner_id": partner, "product_id": product,
                "currency": currency, "native_mrr": native, "mrr": mrr,
                "month_start": month_start(month),
            }
            for (customer, partner, product, currency, month), (native, mrr) in history.rows.items()
        ],
        "int_mrr__partner_events": [
            {
                "customer_id": one.item.customer, "partner_id": one.partner,
                "product_id": one.item.product, "currency": one.item.currency,
                "subscription_item_id": one.item.id, "movement": one.movement,
                "native_before": one.before, "native_after": one.after,
                "movement_date": month_start(one.month).replace(day=DAYS[one.slot % len(DAYS)]),
            }
            for one in history.movements
        ],
        "int_mrr__partner_months": [
            {"partner_id": partner}
            for partner in sorted({one.partner for one in history.movements})
        ],
        "input_partners": [
            {"partner_id": partner, "tier": tier, "region": region}
            for partner, (tier, region) in PARTNERS.items()
        ],
        "input_customers": [
            {"customer_id": customer, "segment": segment, "region": region}
            for customer, (segment, region) in history.segments.items()
        ],
        "int_months": [{"month_start": month_start(month)} for month in months],
        "int_exchange_rates__month_end": [
            {"currency": currency, "rate": rate, "month_start": month_start(month)}
            for (currency, month), rate in history.rates.items()
        ],
    }  # fmt: skip
