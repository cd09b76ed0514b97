"""Turns the coupons of a story into rows, once the invoices they were used on exist."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.simulator.billing import Biller, Rows
from orchestration.simulator.config import AS_OF
from orchestration.simulator.model import Customer, Discount, Subscription


def discount_rows(customer: Customer, biller: Biller, rows: Rows) -> None:
    """Rows of discount, and of subscription_discount for those kept in the older table."""
    for sub, one in _all_discounts(customer):
        invoice_id = None
        if one.on_invoice_at is not None and sub is not None:
            invoice_id = biller.invoice_at.get((sub.id, one.on_invoice_at))
        sub_id = sub.id if sub is not None else None
        if one.own_table and sub is not None:
            rows["stripe.subscription_discount"].append(
                (one.id, AS_OF, one.coupon.id, customer.payer_id, one.shown_end, invoice_id,
                 one.start, sub_id)
            )  # fmt: skip
            continue
        kind = "subscription" if sub is not None else "customer"
        rows["stripe.discount"].append(
            (one.id, kind, sub_id or customer.payer_id, AS_OF, one.coupon.amount_off or None,
             one.coupon.id, customer.payer_id, one.shown_end, invoice_id, None, one.start, sub_id)
        )  # fmt: skip


def _all_discounts(customer: Customer) -> Iterator[tuple[Subscription | None, Discount]]:
    for one in customer.discounts:
        yield None, one
    for sub in customer.subscriptions:
        for one in sub.discounts:
            yield sub, one
