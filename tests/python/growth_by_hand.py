"""Growth counted by hand: small random histories, and what follows from them by plain loops.

Nothing here knows the SQL. A history says what each customer pays and whose it is, change by
change; the same history is written as the rows that the growth models read.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

MONTHS = 15
DAYS = (5, 15, 25)  # the days of a month on which something can happen
MARGIN, LONGEST_LIFE, WINDOW = Fraction(8, 10), 60, 12
SHARES: tuple[dict[str, Fraction], ...] = (
    {"direct": Fraction(1)},
    {"p_a": Fraction(1)},
    {"p_b": Fraction(1)},
    {"p_a": Fraction(7, 10), "p_b": Fraction(3, 10)},
    {"p_a": Fraction(3, 10), "p_b": Fraction(7, 10)},
    {"p_a": Fraction(1, 2), "direct": Fraction(1, 2)},
)
WHO = ("p_a", "p_b", "direct", None)  # None is the vendor
RATES = {
    "EUR": [Fraction(1)] * MONTHS,
    "USD": [Fraction(90 + 3 * month % 7, 100) for month in range(MONTHS)],
}
Row = tuple[Any, ...]


def first_day(month: int) -> date:
    return date(2024 + month // 12, month % 12 + 1, 1)


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def day_of(when: int) -> date:
    return first_day(when // 3).replace(day=DAYS[when % 3])


def rounded(value: Fraction) -> Fraction:
    """Half up to six places; the value is not negative."""
    return Fraction((value * 10**6 * 2 + 1) // 2, 10**6)


@dataclass(frozen=True)
class Change:
    """From `when` (three moments a month) on the customer pays `amount` and is of `shares`."""

    when: int
    amount: int
    shares: int
    is_agreed: bool = False  # a rise that the contract named before


@dataclass(frozen=True)
class Customer:
    name: str
    currency: str
    changes: tuple[Change, ...]

    @cached_property
    def steps(self) -> list[tuple[int, str, int, int, int, bool]]:
        """(when, kind, amount before, amount after, shares, agreed), the hand-over first."""
        found = []
        amount, shares, ever = 0, 0, False
        for change in self.changes:
            if change.shares != shares:
                if amount:
                    found.append((change.when, "transfer", shares, change.shares, amount, False))
                shares = change.shares
            if change.amount != amount:
                if not amount:
                    kind = "reactivation" if ever else "new"
                elif not change.amount:
                    kind = "churn"
                else:
                    kind = "expansion" if change.amount > amount else "contraction"
                found.append((change.when, kind, amount, change.amount, shares, change.is_agreed))
                amount, ever = change.amount, True
        return found

    @cached_property
    def handed_over(self) -> list[tuple[int, str]]:
        """When and whose part of the customer was changed by a transfer."""
        return [
            (at, who)
            for at, kind, before, after, *_ in self.steps
            if kind == "transfer"
            for who in {*SHARES[before], *SHARES[after]}
            if SHARES[before].get(who, Fraction(0)) != SHARES[after].get(who, Fraction(0))
        ]

    def part(self, who: str | None, when: int) -> Fraction:
        """What `who` has of the customer at the end of a moment, in native currency."""
        amount, shares = 0, 0
        for change in self.changes:
            if change.when <= when:
                amount, shares = change.amount, change.shares
        return Fraction(amount) * (1 if who is None else SHARES[shares].get(who, Fraction(0)))

    def at_end(self, who: str | None, month: int) -> Fraction:
        return self.part(who, 3 * month + 2) if month >= 0 else Fraction(0)

    def shares_on(self, when: int) -> dict[str, Fraction]:
        shares = 0
        for change in self.changes:
            if change.when <= when:
                shares = change.shares
        return SHARES[shares]

    def bought(self, who: str | None, when: int) -> bool:
        """Whether it decided to pay more at a moment, as a customer of `who`."""
        return any(
            at == when and kind == "expansion" and not agreed
            and (who is None or who in SHARES[shares])
            for at, kind, _, _, shares, agreed in self.steps
        )  # fmt: skip

    def is_lost(self, who: str | None, month: int) -> bool:
        """There at the start, gone at the end, and the last that went was not handed over."""
        if not self.at_end(who, month - 1) or self.at_end(who, month):
            return False
        for at, kind, *rest, _agreed in reversed(self.steps):
            if at // 3 != month:
                continue
            if kind == "transfer":
                if who is not None and who in SHARES[rest[0]]:
                    return False
            elif kind in ("churn", "contraction") and (who is None or who in SHARES[rest[2]]):
                return True
        raise AssertionError("a customer went without a reason")


@dataclass(frozen=True)
class Deal:
    customer: int
    when: int
    is_won: bool


@dataclass(frozen=True)
class History:
    customers: tuple[Customer, ...]
    deals: tuple[Deal, ...]

    def first_month(self, who: str | None) -> int | None:
        """The month in which `who` first had anything, if only for a day."""
        moments = [
            when for one in self.customers for when in range(3 * MONTHS) if one.part(who, when)
        ]
        return min(moments) // 3 if moments else None

    # -- what follows -----------------------------------------------------------------------------

    def expected(self) -> dict[tuple[str | None, date], dict[str, Any]]:
        found = {}
        for who in WHO:
            first = self.first_month(who)
            for month in range(MONTHS if first is None else first, MONTHS):
                found[who, first_day(month)] = self._month(who, month, first or 0)
        return found

    def _month(self, who: str | None, month: int, first: int) -> dict[str, Any]:
        value = sum(
            (one.at_end(who, month) * RATES[one.currency][month] for one in self.customers),
            Fraction(0),
        )
        gained = lost = Fraction(0)
        for one in self.customers:
            for at, kind, before, after, shares, _ in one.steps:
                if at // 3 != month or kind == "transfer":
                    continue
                part = Fraction(1) if who is None else SHARES[shares].get(who, Fraction(0))
                change = (after - before) * part * RATES[one.currency][month]
                gained, lost = gained + max(change, 0), lost + max(-change, 0)
        customers = self._customers(who, month)
        opening = self._customers(who, month - 1)
        window = range(max(first, month - WINDOW + 1), month + 1)
        there = sum(self._customers(who, one - 1) for one in window)
        gone = sum(self._lost(who, one) for one in window)
        known = len(window) == WINDOW and there > 0
        life = None
        if known:
            life = Fraction(LONGEST_LIFE)
            if gone and Fraction(there, gone) <= LONGEST_LIFE:
                life = Fraction(there, gone)
        expanded = sum(
            1 for one in self.customers
            if one.at_end(who, month - 1)
            and any(one.bought(who, 3 * month + moment) for moment in range(3))
        )  # fmt: skip
        deals = [
            deal for deal in self.deals
            if month - WINDOW < deal.when // 3 <= month
            and (who is None or who in self.customers[deal.customer].shares_on(deal.when))
        ]  # fmt: skip
        won = sum(deal.is_won for deal in deals)
        return {
            "closing_mrr": value,
            "gained_mrr": gained,
            "lost_mrr": lost,
            "quick_ratio": rounded(gained / lost) if lost else None,
            "customers": customers,
            "opening_customers": opening,
            "churned_customers": self._lost(who, month),
            "customer_churn_rate": rounded(Fraction(gone, there)) if known else None,
            "arpa": rounded(value / customers) if customers else None,
            "ltv": rounded(value / customers * MARGIN * life) if life and customers else None,
            "expanded_customers": expanded,
            "expansion_incidence": rounded(Fraction(expanded, opening)) if opening else None,
            "decided_upsells": len(deals),
            "upsell_success_rate": rounded(Fraction(won, len(deals))) if deals else None,
            "is_ltv_capped": bool(
                life and customers and (not gone or Fraction(there, gone) > LONGEST_LIFE)
            ),
        }

    def _customers(self, who: str | None, month: int) -> int:
        return sum(1 for one in self.customers if one.at_end(who, month))

    def _lost(self, who: str | None, month: int) -> int:
        return sum(one.is_lost(who, month) for one in self.customers)

    def expected_cohorts(self) -> dict[tuple[str, str, date], dict[str, Any]]:
        cohorts: dict[tuple[str, str, date], list[tuple[Fraction, Fraction, int | None]]] = {}
        for one in self.customers:
            landing = next((step for step in one.steps if step[1] == "new"), None)
            if landing is None:
                continue
            month = landing[0] // 3
            rate = RATES[one.currency][month]
            for who in WHO:
                if who is not None and not self._landed_and_stayed(one, who, landing):
                    continue
                bought = [when for when in range(3 * MONTHS) if one.bought(who, when)]
                wait = min(bought) // 3 - month if bought else None
                key = ("vendor", "all", first_day(month))
                if who is not None:
                    key = ("partner", who, first_day(month))
                cohorts.setdefault(key, []).append(
                    (one.at_end(who, month) * rate, one.at_end(who, MONTHS - 1) * rate, wait)
                )
        return {key: _cohort(members) for key, members in cohorts.items()}

    @staticmethod
    def _landed_and_stayed(one: Customer, who: str, landing: Row) -> bool:
        """Had it at the end of the landing month (or, if it was gone, when new), and has since."""
        month = landing[0] // 3
        if who not in (
            one.shares_on(3 * month + 2) if one.at_end(None, month) else SHARES[landing[4]]
        ):
            return False
        return not any(at // 3 > month for at, partner in one.handed_over if partner == who)

    # -- the same history as the models read it ---------------------------------------------------

    def tables(self) -> dict[str, list[Row]]:
        months = [first_day(month) for month in range(MONTHS)]
        return {
            "intermediate.int_mrr__movements": self._movements(),
            "intermediate.int_mrr__partner_months": self._partner_months(),
            "intermediate.int_partners__customer_months": self._customer_counts(),
            "intermediate.int_mrr__customer_months": self._customer_months(),
            "intermediate.int_growth__decided_upsells": self._decided_upsells(),
            "intermediate.int_growth__partners_of_record": self._partners_of_record(),
            "intermediate.int_months": [(day, month_end(day)) for day in months],
            "intermediate.int_exchange_rates__month_end": [
                (currency, float(rate), day, 1)
                for currency, rates in RATES.items()
                for rate, day in zip(rates, months, strict=True)
            ],
            "intermediate.int_as_of": [(months[-1],)],
            "intermediate.int_mrr__partner_events": [
                (customer, partner, movement, day)
                for customer, partner, _, movement, *_, day, _ in self._movements()
            ],
            "intermediate.int_retention__transfers": sorted(
                {
                    ("partner", who, one.name, first_day(at // 3))
                    for one in self.customers
                    for at, who in one.handed_over
                }
            ),
        }

    def _movements(self) -> list[Row]:
        rows: list[Row] = []
        for one in self.customers:
            for at, kind, before, after, last, agreed in one.steps:
                rate = RATES[one.currency][at // 3]
                if kind == "transfer":
                    changes = {
                        who: last * (SHARES[after].get(who, 0) - SHARES[before].get(who, 0))
                        for who in {*SHARES[before], *SHARES[after]}
                    }
                else:
                    changes = {who: (after - before) * share for who, share in SHARES[last].items()}
                for who, change in changes.items():
                    movement, reason = kind, "other"
                    if kind == "transfer":
                        movement = "transfer_in" if change > 0 else "transfer_out"
                    elif kind == "expansion":
                        reason = "escalator" if agreed else "quantity"
                    if change:
                        rows.append(
                            (one.name, who, one.currency, movement, reason, float(change),
                             float(change * rate), kind == "expansion" and not agreed,
                             day_of(at), first_day(at // 3))
                        )  # fmt: skip
        return rows

    def _partner_months(self) -> list[Row]:
        return [
            (who, currency, float(native), float(native * RATES[currency][month]), first_day(month))
            for who in WHO[:-1]
            for currency in RATES
            if (first := self._first_in(who, currency)) is not None
            for month in range(first, MONTHS)
            for native in [
                sum(one.at_end(who, month) for one in self.customers if one.currency == currency)
            ]
        ]

    def _first_in(self, who: str, currency: str) -> int | None:
        of_currency = tuple(one for one in self.customers if one.currency == currency)
        return History(of_currency, ()).first_month(who)

    def _customer_counts(self) -> list[Row]:
        return [
            (who, self._customers(who, month), first_day(month))
            for who in WHO
            if (first := self.first_month(who)) is not None
            for month in range(first, MONTHS)
        ]

    def _customer_months(self) -> list[Row]:
        return [
            (one.name, who, "prod", one.currency, float(part),
             float(part * RATES[one.currency][month]), first_day(month))
            for one in self.customers
            for who in WHO[:-1]
            for month in range(MONTHS)
            if (part := one.at_end(who, month))
        ]  # fmt: skip

    def _decided_upsells(self) -> list[Row]:
        return [
            (f"o_{number}", self.customers[deal.customer].name, "upsell", deal.is_won,
             day_of(deal.when))
            for number, deal in enumerate(self.deals)
        ]  # fmt: skip

    def _partners_of_record(self) -> list[Row]:
        asked = {(deal.customer, deal.when) for deal in self.deals}
        return [
            (self.customers[number].name, who, float(share), False, day_of(when))
            for number, when in sorted(asked)
            for who, share in self.customers[number].shares_on(when).items()
        ]


def _cohort(members: list[tuple[Fraction, Fraction, int | None]]) -> dict[str, Any]:
    landed, current = (sum((one[side] for one in members), Fraction(0)) for side in (0, 1))
    waits = sorted(wait for _, _, wait in members if wait is not None)
    middle = waits[(len(waits) - 1) // 2 : len(waits) // 2 + 1]
    return {
        "landed_customers": len(members),
        "landing_mrr": landed,
        "current_mrr": current,
        "expansion_multiple": rounded(current / landed) if landed else None,
        "expanded_customers": len(waits),
        "mean_months_to_expansion": rounded(Fraction(sum(waits), len(waits))) if waits else None,
        "median_months_to_expansion": Fraction(sum(middle), len(middle)) if middle else None,
    }
