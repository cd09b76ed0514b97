"""Retention counted by hand: plain loops over facts, and small random histories to take them from.

Nothing here knows the SQL. A history says what each item is worth and whose it is on each of a few
days a month; the same history is written as the rows that the retention models read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, NamedTuple

MICRO = Decimal("0.000001")
ZERO = Decimal(0)
WINDOWS = (1, 3, 12)
DAYS = (5, 15, 25)  # the days of a month on which something can happen in a history
PARTNER_LEVELS = ("partner", "partner_tier", "partner_region")
LEVELS = ("vendor", *PARTNER_LEVELS, "segment", "customer_region", "product")
Shares = tuple[tuple[str, Decimal], ...]
# Two attributes by id: tier and region of partners, segment and region of customers.
Attributes = dict[str, tuple[str | None, str | None]]

# p_x is in no portal, and the portal knows no region of p_c
PARTNERS: Attributes = {
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


class Place(NamedTuple):
    customer: str
    partner: str
    product: str
    currency: str


class Movement(NamedTuple):
    place: Place
    item: str
    movement: str
    before: Decimal
    after: Decimal
    month: int
    day: int


@dataclass(frozen=True)
class Facts:
    """What retention follows from. Months are numbers from 0 on."""

    first_month: date
    months: int
    mrr: dict[tuple[Place, int], tuple[Decimal, Decimal]]
    """In native and in reporting currency, at the end of a month; nowhere nothing."""
    movements: list[Movement]
    rates: dict[tuple[str, int], Decimal]
    partners: Attributes = field(default_factory=dict)
    customers: Attributes = field(default_factory=dict)

    def month_start(self, month: int) -> date:
        months = self.first_month.month - 1 + month
        return date(self.first_month.year + months // 12, months % 12 + 1, 1)

    def value_of(self, level: str, place: Place) -> str:
        tier, partner_region = self.partners.get(place.partner, (None, None))
        segment, region = self.customers.get(place.customer, (None, None))
        direct = place.partner == "direct"
        return {
            "vendor": "all",
            "partner": place.partner,
            "partner_tier": "direct" if direct else tier or "unknown",
            "partner_region": "direct" if direct else partner_region or "unknown",
            "segment": segment or "unknown",
            "customer_region": region or "unknown",
            "product": place.product,
        }[level]

    def worth(self, rows: Iterable[tuple[Place, int]], rate_month: int) -> Decimal:
        """Rows valued at the rate of another month; of their own where there was none then."""
        total = ZERO
        for place, month in rows:
            own_rate = self.rates[place.currency, month]
            rate = self.rates.get((place.currency, rate_month), own_rate)
            total += rounded(self.mrr[place, month][0] * rate)
        return total

    def reported(self, rows: Iterable[tuple[Place, int]]) -> Decimal:
        return sum((self.mrr[row][1] for row in rows), ZERO)


@dataclass(frozen=True)
class Rules:
    """The switches."""

    transfers_leave: bool = True
    min_customers: int = 1
    min_mrr: Decimal = ZERO

    def reason(self, customers: int, mrr: Decimal) -> str | None:
        if not customers:
            return "empty_cohort"
        if customers < self.min_customers or mrr < self.min_mrr:
            return "tiny_cohort"
        return None


class LevelFacts:
    """The facts of one level: who is where, and who was transferred when."""

    def __init__(self, facts: Facts, level: str) -> None:
        self.facts = facts
        self.members: dict[tuple[str, int], dict[str, list[tuple[Place, int]]]] = {}
        for place, month in facts.mrr:
            there = self.members.setdefault((facts.value_of(level, place), month), {})
            there.setdefault(place.customer, []).append((place, month))
        self.first_months: dict[str, int] = {}
        net: dict[tuple[str, str, str, int, int], Decimal] = defaultdict(Decimal)
        for one in facts.movements:
            value = facts.value_of(level, one.place)
            self.first_months[value] = min(self.first_months.get(value, one.month), one.month)
            if level in PARTNER_LEVELS and one.movement.startswith("transfer"):
                key = (value, one.place.customer, one.item, one.month, one.day)
                net[key] += one.after - one.before
        self.transfers: dict[tuple[str, str], set[int]] = defaultdict(set)
        for (value, customer, _, month, _), amount in net.items():
            if amount:
                self.transfers[value, customer].add(month)

    def rows(self, value: str, customer: str, month: int) -> list[tuple[Place, int]]:
        return self.members.get((value, month), {}).get(customer, [])

    def was_transferred(self, value: str, customer: str, after: int, until: int) -> bool:
        return any(after < at <= until for at in self.transfers.get((value, customer), ()))

    def kept(self, value: str, customer: str, start: int, month: int) -> Decimal:
        """MRR in a month at the rate of the start; what is worth the same is the same."""
        then, now = self.rows(value, customer, start), self.rows(value, customer, month)
        worth = self.facts.worth(now, start)
        return self.facts.reported(then) if worth == self.facts.worth(then, start) else worth


def retention(
    facts: Facts, rules: Rules, levels: Iterable[str] = LEVELS
) -> dict[tuple[str, str, int, date], tuple[Any, ...]]:
    """(level, value, window, month) to reason, sizes, bases and the five ratios."""
    found: dict[tuple[str, str, int, date], tuple[Any, ...]] = {}
    for level in levels:
        there = LevelFacts(facts, level)
        for value, first_month in there.first_months.items():
            for month in range(first_month, facts.months):
                for window in WINDOWS:
                    key = (level, value, window, facts.month_start(month))
                    found[key] = _window(there, value, month - window, month, rules)
    return found


def _window(there: LevelFacts, value: str, start: int, month: int, rules: Rules) -> tuple[Any, ...]:
    customers, retained_customers = 0, 0
    mrr = retained = gross = reported = gross_reported = ZERO
    for customer, rows in there.members.get((value, start), {}).items():
        if rules.transfers_leave and there.was_transferred(value, customer, start, month):
            continue
        then = there.facts.reported(rows)
        now = there.kept(value, customer, start, month)
        now_reported = there.facts.reported(there.rows(value, customer, month))
        customers += 1
        retained_customers += now > 0
        mrr += then
        retained += now
        gross += min(now, then)
        reported += now_reported
        gross_reported += min(now_reported, then)
    reason = rules.reason(customers, mrr)
    ratios: tuple[Decimal | None, ...] = (None,) * 5
    if reason is None:
        ratios = (
            ratio(retained, mrr), ratio(gross, mrr), ratio(retained_customers, customers),
            ratio(reported, mrr), ratio(gross_reported, mrr),
        )  # fmt: skip
    return (
        reason, customers, retained_customers, mrr, retained, gross, reported, gross_reported,
        *ratios,
    )  # fmt: skip


def landing_cohorts(
    facts: Facts, rules: Rules
) -> dict[tuple[str, str, date, date], tuple[Any, ...]]:
    """(level, value, landing month, month) to reason, customers, MRR and the two ratios."""
    news: dict[str, list[Movement]] = defaultdict(list)
    for one in facts.movements:
        if one.movement == "new":
            news[one.place.customer].append(one)
    found: dict[tuple[str, str, date, date], tuple[Any, ...]] = {}
    for level in ("vendor", "partner"):
        there = LevelFacts(facts, level)
        values = {value for value, _ in there.members} | there.first_months.keys()
        cohorts: dict[tuple[str, int], list[str]] = defaultdict(list)
        for customer, movements in news.items():
            landing = min(one.month for one in movements)
            partners = {value for value in values if there.rows(value, customer, landing)} or {
                facts.value_of(level, one.place) for one in movements if one.month == landing
            }
            for value in partners:
                cohorts[value, landing].append(customer)
        for (value, landing), customers in cohorts.items():
            for month in range(landing, facts.months):
                key = (level, value, facts.month_start(landing), facts.month_start(month))
                found[key] = _landed(there, (value, landing, month), customers, rules)
    return found


def _landed(
    there: LevelFacts, cell: tuple[str, int, int], customers: list[str], rules: Rules
) -> tuple[Any, ...]:
    value, landing, month = cell
    landed, kept_customers, landing_mrr, kept_mrr = 0, 0, ZERO, ZERO
    for customer in customers:
        if rules.transfers_leave and there.was_transferred(value, customer, landing, month):
            continue
        kept = there.kept(value, customer, landing, month)
        landed += 1
        kept_customers += kept > 0
        landing_mrr += there.facts.reported(there.rows(value, customer, landing))
        kept_mrr += kept
    reason = rules.reason(landed, landing_mrr)
    if reason is None and not landing_mrr:
        reason = "no_landing_mrr"
    mrr_retention = ratio(kept_mrr, landing_mrr) if reason is None else None
    logos = ratio(kept_customers, landed) if reason in (None, "no_landing_mrr") else None
    return (reason, landed, kept_customers, landing_mrr, kept_mrr, mrr_retention, logos)


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

    def place(self, partner: str) -> Place:
        return Place(self.customer, partner, self.product, self.currency)


@dataclass(frozen=True)
class History:
    """A small channel that never was."""

    months: int
    items: tuple[Item, ...]
    rates: dict[tuple[str, int], Decimal]
    customers: Attributes
    returning_is_new: bool = False
    """A customer that comes back counts as new again (reactivation_max_gap_days)."""

    @cached_property
    def facts(self) -> Facts:
        return Facts(
            date(2024, 1, 1), self.months, self._mrr(), list(self._movements()), self.rates,
            PARTNERS, self.customers,
        )  # fmt: skip

    def _mrr(self) -> dict[tuple[Place, int], tuple[Decimal, Decimal]]:
        rows: dict[tuple[Place, int], tuple[Decimal, Decimal]] = {}
        for month in range(self.months):
            for item in self.items:
                mrr, shares = item.at((month + 1) * len(DAYS) - 1)
                if not mrr:
                    continue
                reported = parts_of(rounded(mrr * self.rates[item.currency, month]), shares)
                for partner, native in parts_of(mrr, shares).items():
                    key = (item.place(partner), month)
                    old = rows.get(key, (ZERO, ZERO))
                    rows[key] = (old[0] + native, old[1] + reported[partner])
        return rows

    def _movements(self) -> Iterator[Movement]:
        for customer in sorted({item.customer for item in self.items}):
            items = [item for item in self.items if item.customer == customer]
            had_mrr = False
            for slot in range(self.months * len(DAYS)):
                before = sum((item.at(slot - 1)[0] for item in items), ZERO)
                after = sum((item.at(slot)[0] for item in items), ZERO)
                start = "reactivation" if had_mrr and not self.returning_is_new else "new"
                for item in items:
                    yield from _item_movements(item, slot, before, after, start)
                had_mrr = had_mrr or after > 0


def _item_movements(
    item: Item, slot: int, before: Decimal, after: Decimal, start: str
) -> Iterator[Movement]:
    """A transfer of what there was, then the change of it, as they fall to partners."""
    (old_mrr, old_shares), (mrr, shares) = item.at(slot - 1), item.at(slot)
    steps: list[tuple[str | None, dict[str, Decimal], dict[str, Decimal]]] = []
    if old_mrr and mrr and old_shares != shares:
        steps.append((None, parts_of(old_mrr, old_shares), parts_of(old_mrr, shares)))
    if old_mrr != mrr:
        movement = "expansion" if mrr > old_mrr else "contraction"
        if not before:
            movement = start
        elif not after:
            movement = "churn"
        owners = shares if mrr else old_shares
        steps.append((movement, parts_of(old_mrr, owners), parts_of(mrr, owners)))
    month, day = divmod(slot, len(DAYS))
    for step, olds, news in steps:
        for partner in sorted(olds.keys() | news.keys()):
            was, now = olds.get(partner, ZERO), news.get(partner, ZERO)
            if was != now:
                name = step or ("transfer_in" if now > was else "transfer_out")
                yield Movement(item.place(partner), item.id, name, was, now, month, DAYS[day])


def input_rows(facts: Facts) -> dict[str, list[dict[str, Any]]]:
    """The facts as the rows of the models that retention reads."""
    starts = [facts.month_start(month) for month in range(facts.months)]
    return {
        "int_mrr__customer_months": [
            {**_ids(place), "native_mrr": native, "mrr": mrr, "month_start": starts[month]}
            for (place, month), (native, mrr) in facts.mrr.items()
        ],
        "int_mrr__partner_events": [
            {
                **_ids(one.place), "subscription_item_id": one.item, "movement": one.movement,
                "native_before": one.before, "native_after": one.after,
                "movement_date": starts[one.month].replace(day=one.day),
            }
            for one in facts.movements
        ],
        "int_mrr__partner_months": [
            {"partner_id": partner}
            for partner in sorted({one.place.partner for one in facts.movements})
        ],
        "input_partners": [
            {"partner_id": partner, "tier": tier, "region": region}
            for partner, (tier, region) in facts.partners.items()
        ],
        "input_customers": [
            {"customer_id": customer, "segment": segment, "region": region}
            for customer, (segment, region) in facts.customers.items()
        ],
        "int_months": [{"month_start": start} for start in starts],
        "int_exchange_rates__month_end": [
            {"currency": currency, "currency_units": 1, "reporting_units": rate,
             "month_start": starts[month]}
            for (currency, month), rate in facts.rates.items()
        ],
    }  # fmt: skip


def _ids(place: Place) -> dict[str, str]:
    return {f"{name}_id" if name != "currency" else name: value
            for name, value in place._asdict().items()}  # fmt: skip
