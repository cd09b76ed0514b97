"""Rules of invoicing that need no state: when, in which status, less which discount."""

from __future__ import annotations

from orchestration.simulator.clock import DAY
from orchestration.simulator.model import PRORATED, Customer, Item, Subscription

TAX_PERCENT = {"eur": 21, "gbp": 20, "chf": 8, "sek": 25}


def mid_cycle(sub: Subscription) -> list[tuple[int, Item]]:
    """(moment, item) of each prorated change, in order."""
    if len(sub.items) == 1 and len(sub.items[0].steps) == 1:
        return []
    found: list[tuple[int, Item]] = []
    for item in sub.items:
        found.extend((step.at, item) for step in item.steps if step.how == PRORATED)
        if item.end is not None and item.end_credited:
            found.append((item.end, item))
    return sorted(found, key=lambda change: (change[0], change[1].id))


def invoice_status(sub: Subscription, start: int, status: str) -> str:
    if status == "unpaid":
        return "draft"
    if status.startswith("incomplete"):
        return "void"
    for at, later in sub.statuses:
        if later == "past_due" and start <= at < start + DAY:
            following = [s for since, s in sub.statuses if since > at]
            if not following:
                return "open"
            if "active" in following:
                return "paid"
            return "uncollectible" if sub.write_off else "open"
    return "paid"


def discount_amount(customer: Customer, sub: Subscription, at: int, subtotal: int) -> int:
    """What the invoice total loses to coupons; shown on the invoice, never on its lines."""
    if subtotal <= 0:
        return 0
    for one in (*sub.discounts, *customer.discounts):
        if one.start <= at and (one.end is None or at < one.end):
            if not one.counts and one.on_invoice_at != at:
                continue
            if one.coupon.amount_off:
                return min(subtotal, one.coupon.amount_off)
            return subtotal * one.coupon.basis_points // 10_000
    return 0
