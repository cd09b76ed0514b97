"""The MRR that a customer really has, straight from its story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from orchestration.simulator.catalogue import MICRO, monthly_micros
from orchestration.simulator.clock import local_day, whole_months
from orchestration.simulator.config import AS_OF
from orchestration.simulator.model import Customer, Discount, Item, Step, Subscription

COUNTING = ("active", "past_due")


class State(NamedTuple):
    """What an item is worth at an instant; money in millionths of a major unit per month."""

    mrr: int
    gross: int
    amount: int
    quantity: int
    step: Step
    coupon: str | None
    at_risk: bool
    odd: bool


@dataclass(slots=True)
class ItemLine:
    """The states of an item: `days[i]` = (from local day, state or None when worth nothing)."""

    item: Item
    sub: Subscription
    days: list[tuple[int, State | None]]

    def spans(self) -> list[tuple[int, int | None, State]]:
        """(from day, to day or None, state) wherever there is MRR."""
        found = []
        for index, (day, state) in enumerate(self.days):
            if state is not None:
                last = index + 1 == len(self.days)
                found.append((day, None if last else self.days[index + 1][0], state))
        return found


def round_half_up(top: int, bottom: int) -> int:
    """top / bottom for non-negative numbers."""
    return (2 * top + bottom) // (2 * bottom)


def _discount_at(discounts: list[Discount], at: int) -> Discount | None:
    for one in discounts:
        if one.counts and one.start <= at and (one.end is None or at < one.end):
            return one
    return None


def _gross(item: Item, step: Step, sub: Subscription, at: int) -> tuple[int, int, bool]:
    """(millionths per month before discount, minor units per interval, odd-length term)."""
    price = step.price
    if price.product.revenue_type not in ("recurring", None) or price.interval is None:
        return 0, 0, False
    phase = sub.phases[0]
    if item.odd_amount is not None and phase.first_end is not None and at < phase.first_end:
        months, days = whole_months(local_day(phase.start), local_day(phase.first_end))
        exact = monthly_micros(
            item.odd_amount * 365, price.currency, "month", 365 * months + 12 * days
        )
        return exact, item.odd_amount, True
    amount = price.minimum if price.metered else price.amount(step.quantity)
    return monthly_micros(amount, price.currency, price.interval, price.count), amount, False


def _instants(customer: Customer, sub: Subscription) -> list[int]:
    points = {at for at, _ in sub.statuses}
    for item in sub.items:
        points.update(step.at for step in item.steps)
        if item.end is not None:
            points.add(item.end)
        if item.odd_amount is not None and sub.phases[0].first_end is not None:
            points.add(sub.phases[0].first_end)
    for one in (*sub.discounts, *customer.discounts):
        points.add(one.start)
        if one.end is not None:
            points.add(one.end)
    return sorted(point for point in points if point <= AS_OF)


def _states(customer: Customer, sub: Subscription, at: int) -> list[State | None]:
    """The state of each item of a subscription at an instant."""
    status = sub.status_at(at)
    if at < sub.start or status not in COUNTING or not sub.counted:
        return [None] * len(sub.items)
    coupon = None
    found = _discount_at(sub.discounts, at) or _discount_at(customer.discounts, at)
    if found is not None:
        coupon = found.coupon
    alive: list[tuple[int, Item, Step, int, int, bool]] = []
    for index, item in enumerate(sub.items):
        if item.start <= at and (item.end is None or at < item.end):
            step = item.step_at(at)
            gross, amount, odd = _gross(item, step, sub, at)
            if gross > 0:
                alive.append((index, item, step, gross, amount, odd))
    off: dict[str, int] = {}
    if coupon is not None and coupon.amount_off and alive:
        price = alive[0][2].price
        total = sum(entry[3] for entry in alive)
        monthly = monthly_micros(
            coupon.amount_off, price.currency, str(price.interval), price.count
        )
        off = spread(min(monthly, total), {entry[1].id: entry[3] for entry in alive}, total)
    states: list[State | None] = [None] * len(sub.items)
    for index, item, step, gross, amount, odd in alive:
        mrr = gross
        if coupon is not None and coupon.basis_points:
            mrr = round_half_up(gross * (10_000 - coupon.basis_points), 10_000)
        elif off:
            mrr = max(0, gross - off[item.id])
        if mrr > 0:
            states[index] = State(
                mrr, gross, amount, step.quantity, step, coupon.id if coupon else None,
                status == "past_due", odd,
            )  # fmt: skip
    return states


def spread(amount: int, weights: dict[str, int], total: int) -> dict[str, int]:
    """Split by weight, half up; what is left goes to the heaviest (ties: the smallest key)."""
    parts = {key: round_half_up(amount * weight, total) for key, weight in weights.items()}
    heaviest = min(weights, key=lambda key: (-weights[key], key))
    parts[heaviest] += amount - sum(parts.values())
    return parts


def item_lines(customer: Customer) -> list[ItemLine]:
    """The daily states of every item of a customer; a day's state is that of its last instant."""
    lines: list[ItemLine] = []
    for sub in customer.subscriptions:
        days: list[list[tuple[int, State | None]]] = [[] for _ in sub.items]
        for at in _instants(customer, sub):
            day = local_day(at)
            for history, state in zip(days, _states(customer, sub, at), strict=True):
                if history and history[-1][0] == day:
                    history.pop()
                if history[-1][1] != state if history else state is not None:
                    history.append((day, state))
        lines.extend(
            ItemLine(item, sub, history)
            for item, history in zip(sub.items, days, strict=True)
            if any(state is not None for _, state in history)
        )
    return lines


def mrr_rows(customer: Customer, lines: list[ItemLine]) -> list[tuple[object, ...]]:
    """Rows of truth mrr_item_days: spans of equal product, MRR and risk."""
    rows: list[tuple[object, ...]] = []
    for line in lines:
        merged: list[tuple[int, int | None, str, int, bool]] = []
        for start, end, state in line.spans():
            product = state.step.price.product.id
            if merged and merged[-1][1:] == (start, product, state.mrr, state.at_risk):
                merged[-1] = (merged[-1][0], end, product, state.mrr, state.at_risk)
            else:
                merged.append((start, end, product, state.mrr, state.at_risk))
        for first, last, product, mrr, risk in merged:
            rows.append(
                (line.item.id, line.sub.id, customer.id, product, customer.currency.upper(),
                 first, last, mrr, risk)
            )  # fmt: skip
    return rows


def allocate(amount: int, shares: tuple[tuple[str, int], ...]) -> dict[str, int]:
    """Split a stock over partners; shares in millionths, remainder to the largest share."""
    if len(shares) == 1:
        return {shares[0][0]: amount}
    return spread(amount, dict(shares), MICRO)
