"""Forward MRR counted by hand: what was agreed at each month's end, by loops over a history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from books_by_hand import (
    MONTHS,
    OPEN_END,
    RATES,
    SHARES,
    ZERO,
    Association,
    Row,
    association_rows,
    day_of,
    first_day,
    instant,
    last_day,
    moment_or_none,
    money,
    month_after,
    months_rows,
    partners_of,
    parts,
    rates_rows,
    share_set,
    share_set_rows,
)

HORIZONS = (1, 3, 12)
ACCOUNT_CURRENCY = "EUR"
# what the CRM calls a deal, and whether that is revenue which is not there yet
KINDS = {"new logo": True, "add-on": True, "renewal": False}


@dataclass(frozen=True)
class Notice:
    """What a subscription says from a moment on: the end that is set, or that of its period."""

    at: int
    cancels: int | None
    is_flagged: bool
    period_end: int

    @property
    def ends_on(self) -> date | None:
        if self.cancels is not None:
            return day_of(self.cancels)
        return day_of(self.period_end) if self.is_flagged else None


@dataclass(frozen=True)
class Step:
    """From `at` on, a price before discounts, or (for shares) whose it is."""

    at: int
    value: Decimal


@dataclass(frozen=True)
class Item:
    prices: tuple[Step, ...]
    months: int  # of its billing interval: an amount off an invoice is off so many
    is_rejected: bool = False  # quarantined: no MRR, now or later


@dataclass(frozen=True)
class Subscription:
    currency: str
    items: tuple[Item, ...]
    notices: tuple[Notice, ...]  # by their moments
    shares: tuple[Step, ...]
    has_history: bool = True
    ended: int | None = None  # told where there is no history

    def known_end(self, day: date) -> date | None:
        """The first day without service, as it was known at the end of a day that it is after."""
        said = [one for one in self.notices if day_of(one.at) <= day]
        if not self.has_history:
            said = [one for one in self.notices[-1:] if day_of(one.at) <= day]
        ends_on = said[-1].ends_on if said else None
        if said and not self.has_history and self.ended is not None:
            ends_on = day_of(self.ended)
        return ends_on if ends_on and ends_on > day else None


@dataclass(frozen=True)
class Coupon:
    """Of one subscription, or (without one) of the account that all subscriptions are of."""

    subscription: int | None
    start: int
    duration: str
    months: int
    percent: Decimal
    amount: Decimal
    removed: int | None = None

    @property
    def named_end(self) -> date | None:
        if self.duration == "forever":
            return None
        return month_after(day_of(self.start), self.months)

    @property
    def end(self) -> date:
        removed = OPEN_END if self.removed is None else day_of(self.removed)
        # what one invoice covers is covered, whatever becomes of the coupon
        return min(self.named_end or OPEN_END, OPEN_END if self.duration == "once" else removed)


@dataclass(frozen=True)
class DealLine:
    price: Decimal
    service: int
    is_recurring: bool = True


@dataclass(frozen=True)
class Deal:
    customer: int | None
    kind: str
    currency: str | None
    close: int
    lines: tuple[DealLine, ...]
    is_closed: bool = True
    is_won: bool = True


def at_step(steps: tuple[Step, ...], day: date) -> Decimal:
    value = ZERO
    for step in steps:
        if day_of(step.at) <= day:
            value = step.value
    return value


@dataclass(frozen=True)
class Contracts:
    subscriptions: tuple[Subscription, ...]
    coupons: tuple[Coupon, ...]
    deals: tuple[Deal, ...]
    associations: tuple[Association, ...]

    # -- what follows -----------------------------------------------------------------------------

    def expected(self) -> dict[Row, dict[str, Decimal]]:
        months = {month: self._month(month) for month in range(MONTHS)}
        first: dict[str, int] = {}
        for month, (seen, _) in months.items():
            for who in seen:
                first.setdefault(who, month)
        found = {}
        for month, (_, sums) in months.items():
            for who in (one for one in first if first[one] <= month):
                for horizon in HORIZONS:
                    closing, churn, change = (
                        sums[what, who, horizon] for what in ("closing", "churn", "change")
                    )
                    signed = money(sums["signed", who, horizon] / 12)
                    found[who, horizon, first_day(month)] = {
                        "closing_mrr": closing,
                        "scheduled_churn_mrr": churn,
                        "contracted_change_mrr": change,
                        "signed_not_live_mrr": signed,
                        "forward_mrr": closing - churn + change + signed,
                    }
        return found

    def _month(self, month: int) -> tuple[set[str], dict[tuple[str, str, int], Decimal]]:
        """Who is seen at the end of a month, and (what, who, horizon): how much."""
        today, sums, seen = last_day(month), defaultdict(lambda: ZERO), set()
        for (who, _), (_, value) in self._closing(month).items():
            seen.add(who)
            for horizon in HORIZONS:
                sums["closing", who, horizon] += value
        for horizon in HORIZONS:
            then = last_day(month + horizon)
            for number, one in enumerate(self.subscriptions):
                end = one.known_end(today)
                is_ending = end is not None and end <= then
                rate = RATES[one.currency][month]
                for place in range(len(one.items)):
                    now = money(self._mrr(number, place, today) * rate)
                    later = money(self._mrr(number, place, today, then) * rate)
                    what, amount = ("churn", now) if is_ending else ("change", later - now)
                    for who, part in parts(amount, self._shares(one, today)).items():
                        sums[what, who, horizon] += part
                        if what == "change" and amount:
                            seen.add(who)
            for deal in self.deals:
                for service, value in self._signed(deal, month).items():
                    shares = partners_of(deal.customer, today, self.associations)
                    if deal.customer is None:
                        shares = {"direct": Decimal(1)}
                    for who, part in parts(value, shares).items():
                        seen.add(who)
                        if service <= then:
                            sums["signed", who, horizon] += part
        return seen, sums

    def _signed(self, deal: Deal, month: int) -> dict[date, Decimal]:
        """What of a deal is won at the end of a month and starts later: yearly, by its start."""
        today, values = last_day(month), defaultdict(lambda: ZERO)
        if not (deal.is_closed and deal.is_won and KINDS.get(deal.kind.lower())):
            return {}
        for line in deal.lines:
            service = day_of(line.service)
            if line.is_recurring and day_of(deal.close) <= today < service:
                values[service] += line.price
        rate = RATES[deal.currency or "EUR"][month]
        # what is given back on the whole is no revenue
        return {day: money(value * rate) for day, value in values.items() if value > 0}

    def _mrr(self, number: int, place: int, day: date, then: date | None = None) -> Decimal:
        """MRR of an item on a day, or what it will be when only named ends come to pass."""
        item = self.subscriptions[number].items[place]
        if item.is_rejected:
            return ZERO
        return self._lowered(number, place, day, self._off(number, day, then))

    def _lowered(self, number: int, place: int, day: date, coupons: list[Coupon]) -> Decimal:
        """An item's price less what coupons take off it, one after the other."""
        left = at_step(self.subscriptions[number].items[place].prices, day)
        share, off = Decimal(1), ZERO
        for coupon in reversed(coupons):
            off += money(self._amount_off(number, place, day, coupon.amount) * share)
            share *= (100 - coupon.percent) / 100
        return max(money(left * share) - off, ZERO)

    def _amount_off(self, number: int, place: int, day: date, amount: Decimal) -> Decimal:
        """The item's part of an amount off the invoice: by price, the rest to the dearest."""
        items = self.subscriptions[number].items
        prices = [at_step(item.prices, day) for item in items]
        total = sum(prices, ZERO)
        if not prices[place]:
            return ZERO
        wholes = [min(money(amount / item.months), total) for item in items]
        found = [money(whole * price / total) for whole, price in zip(wholes, prices, strict=True)]
        if place == prices.index(max(prices)):
            return found[place] + wholes[place] - sum(found, ZERO)
        return found[place]

    def _off(self, number: int, day: date, then: date | None = None) -> list[Coupon]:
        """The coupons on a subscription in the order in which they apply."""
        there = [
            one for one in self.coupons
            if one.subscription in (number, None) and day_of(one.start) <= day < one.end
            and (then is None or one.named_end is None or one.named_end > then)
        ]  # fmt: skip
        found = [one for one in there if one.subscription is not None] or there
        # an amount off the account is in one currency
        foreign = self.subscriptions[number].currency != ACCOUNT_CURRENCY
        found = [
            replace(one, amount=ZERO) if foreign and one.subscription is None else one
            for one in found
        ]
        return sorted(found, key=lambda one: (day_of(one.start), one.percent == 0))

    def _shares(self, one: Subscription, day: date) -> dict[str, Decimal]:
        return SHARES[int(at_step(one.shares, day))]

    def _closing(self, month: int) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
        """(partner, currency): MRR in native and in reporting currency."""
        native: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
        for number, one in enumerate(self.subscriptions):
            for place in range(len(one.items)):
                mrr = self._mrr(number, place, last_day(month))
                for who, part in parts(mrr, self._shares(one, last_day(month))).items():
                    native[who, one.currency] += part
        return {
            key: (value, money(value * RATES[key[1]][month]))
            for key, value in native.items() if value
        }  # fmt: skip

    def known_at(self, day: date) -> Contracts:
        """The same history as somebody saw it at the end of a day."""

        def past(moment: int | None) -> bool:
            return moment is not None and day_of(moment) <= day

        return Contracts(
            tuple(
                replace(
                    one,
                    notices=tuple(
                        notice for notice in one.notices if not one.has_history or past(notice.at)
                    ),
                    items=tuple(
                        replace(item, prices=tuple(step for step in item.prices if past(step.at)))
                        for item in one.items
                    ),
                    shares=tuple(step for step in one.shares if past(step.at)),
                )
                for one in self.subscriptions
            ),
            tuple(
                replace(one, removed=one.removed if past(one.removed) else None)
                for one in self.coupons if past(one.start)
            ),
            tuple(one for one in self.deals if past(one.close)),
            tuple(
                replace(one, end=one.end if past(one.end) else None)
                for one in self.associations if one.start is None or past(one.start)
            ),
        )  # fmt: skip

    # -- the same history as the models read it ---------------------------------------------------

    def tables(self) -> dict[str, list[Row]]:
        names = [f"s_{number}" for number in range(len(self.subscriptions))]
        by_name = list(zip(names, self.subscriptions, strict=True))
        last = [(name, one, one.notices[-1] if one.notices else None) for name, one in by_name]
        return {
            "input.input_subscription_versions": [
                (name, notice.is_flagged, instant(notice.at), instant(notice.period_end),
                 moment_or_none(notice.cancels))
                for name, one in by_name if one.has_history
                for notice in one.notices
            ],
            "input.input_subscriptions": [
                (name, "b_0", bool(said and said.is_flagged),
                 moment_or_none(said and said.period_end), moment_or_none(said and said.cancels),
                 moment_or_none(said and said.at), moment_or_none(one.ended))
                for name, one, said in last
            ],
            "intermediate.int_discounts__distinct": [
                (f"d_{number}", "t", f"coupon_{number}",
                 "customer" if one.subscription is None else "subscription",
                 None if one.subscription is None else names[one.subscription],
                 "b_0" if one.subscription is None else None, None, one.duration,
                 one.months if one.duration == "repeating" else None, one.percent, one.amount,
                 ACCOUNT_CURRENCY if one.subscription is None
                 else self.subscriptions[one.subscription].currency,
                 None, one.duration == "once", instant(one.start), moment_or_none(one.removed))
                for number, one in enumerate(self.coupons)
            ],
            "intermediate.int_discounts__one_time_periods": [
                (f"d_{number}", "t", f"si_{at}_{place}", day_of(one.start), one.named_end)
                for number, one in enumerate(self.coupons) if one.duration == "once"
                for at, of in enumerate(self.subscriptions) if one.subscription in (at, None)
                for place in range(len(of.items))
            ],
            "intermediate.int_subscription_items__gross_intervals": [
                (f"si_{number}_{place}", name, one.currency)
                for number, (name, one) in enumerate(by_name)
                for place in range(len(one.items))
            ],
            "seeds.currencies": [(currency, Decimal("0.01")) for currency in ("EUR", "USD")],
            "intermediate.int_months": months_rows(),
            "intermediate.int_exchange_rates__month_end": rates_rows(),
            "intermediate.int_share_set_members": share_set_rows(),
            "seeds.forward_horizons": [(horizon,) for horizon in HORIZONS],
            "seeds.opportunity_kinds": [(kind, kind, signed, False)
                                        for kind, signed in KINDS.items()],
            "input.input_products": [("prod", True), ("box", False)],
            **self._item_tables(),
            "intermediate.int_subscriptions__share_sets": [
                (name, share_set(int(step.value)), day_of(step.at), following)
                for name, one in by_name
                for step, following in _until(one.shares)
            ],
            "intermediate.int_mrr__partner_months": [
                (who, currency, native, value, first_day(month))
                for month in range(MONTHS)
                for (who, currency), (native, value) in self._closing(month).items()
            ],
            "input.input_opportunities": [
                (f"o_{number}", None if deal.customer is None else f"c_{deal.customer}", deal.kind,
                 deal.currency, deal.is_closed, deal.is_won, day_of(deal.close))
                for number, deal in enumerate(self.deals)
            ],
            "input.input_opportunity_lines": [
                (f"o_{number}", "prod" if line.is_recurring else "box", line.price,
                 day_of(line.service))
                for number, deal in enumerate(self.deals) for line in deal.lines
            ],
            "intermediate.int_partner_associations__days": association_rows(self.associations),
        }  # fmt: skip

    def _item_tables(self) -> dict[str, list[Row]]:
        """Items cut wherever a price, a discount or a share changes."""
        discounted: list[Row] = []
        bridged: list[Row] = []
        shared: list[Row] = []
        rejected: list[Row] = []
        for number, one in enumerate(self.subscriptions):
            coupons = [coupon for coupon in self.coupons if coupon.subscription in (number, None)]
            off_days = {day for coupon in coupons for day in (day_of(coupon.start), coupon.end)}
            price_days = {day_of(step.at) for item in one.items for step in item.prices}
            share_days = {day_of(step.at) for step in one.shares}
            for place, item in enumerate(one.items):
                name = f"si_{number}_{place}"
                if item.is_rejected:
                    rejected.append((name,))
                for interval, (start, end) in enumerate(_pieces(price_days | off_days)):
                    price = at_step(item.prices, start)
                    if not price:
                        continue
                    mrr = self._lowered(number, place, start, self._off(number, start))
                    discounted.append(
                        (name, f"s_{number}", one.currency, 1, item.months, price, mrr, start, end)
                    )
                    if item.is_rejected:
                        continue
                    bridged.append((name, interval, f"s_{number}"))
                    inside = {day for day in share_days if start < day < end}
                    for since, until in _pieces({start, *inside, end}):
                        if since < end:
                            shares = share_set(int(at_step(one.shares, since)))
                            shared.append((name, interval, one.currency, shares, mrr, since, until))
        return {
            "intermediate.int_subscription_items__discounted": discounted,
            "intermediate.int_subscription_items__rejected": rejected,
            "intermediate.int_mrr__bridged_intervals": bridged,
            "intermediate.int_mrr__shared_intervals": shared,
        }


def _pieces(days: Iterable[date]) -> list[tuple[date, date]]:
    return list(pairwise([*sorted({*days} - {OPEN_END}), OPEN_END]))


def _until(steps: tuple[Step, ...]) -> list[tuple[Step, date]]:
    ends = [*(day_of(step.at) for step in steps), OPEN_END]
    return list(zip(steps, ends[1:], strict=True))
