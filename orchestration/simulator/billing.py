"""Turns a subscription's story into the rows a billing system keeps: invoices and their lines.

Lines are what the warehouse rebuilds past rates from, so they follow the billing system's habits:
amounts before discount, in advance for seats and in arrears for usage, prorations in pairs.
"""

from __future__ import annotations

import json
from typing import Any

from orchestration.simulator.catalogue import Price
from orchestration.simulator.clock import DAY, HOUR, next_sync
from orchestration.simulator.config import AS_OF
from orchestration.simulator.invoicing import (
    TAX_PERCENT,
    discount_amount,
    invoice_status,
    mid_cycle,
)
from orchestration.simulator.model import Customer, Item, Subscription

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]

BILLABLE = ("active", "past_due", "trialing", "incomplete", "incomplete_expired")


class Biller:
    """Writes the invoices of one customer into `rows`, table by table."""

    def __init__(self, customer: Customer, rows: Rows, detailed: bool) -> None:
        self._customer = customer
        self._rows = rows
        self._detailed = detailed
        self._invoices = 0
        self._lines = 0
        self._synced = 0
        self._number = f"{customer.number:07d}"
        self.invoice_at: dict[tuple[str, int], str] = {}
        self._last_paid: tuple[str, int, int] | None = None

    def bill(self, sub: Subscription) -> None:
        """All invoices of a subscription up to the moment of the sync."""
        ended = sub.ended
        stop = AS_OF if ended is None else min(ended - 1, AS_OF)
        self._last_paid = None
        changes = mid_cycle(sub)
        position = 0
        for index, phase in enumerate(sub.phases):
            limit = sub.phases[index + 1].start - 1 if index + 1 < len(sub.phases) else stop
            period = 0
            start = phase.start
            before: tuple[int, int] | None = None
            while start <= min(limit, stop):
                end = phase.boundary(period + 1)
                status = sub.status_at(start)
                if status in BILLABLE or status == "unpaid":
                    self._regular(sub, start, end, before, status)
                while position < len(changes) and changes[position][0] < end:
                    at, item = changes[position]
                    together = [item]
                    position += 1
                    while position < len(changes) and changes[position][0] == at:
                        together.append(changes[position][1])
                        position += 1
                    self._prorated(sub, at, start, end, together)
                before = (start, end)
                period += 1
                start = end
        self._refund(sub)

    # -- invoices ---------------------------------------------------------------------------------

    def _regular(
        self, sub: Subscription, start: int, end: int, before: tuple[int, int] | None, status: str
    ) -> None:
        lines: list[Row] = []
        wrong: tuple[str, int] | None = None
        invoice_id = self._next_invoice(start)
        for item in sub.items:
            if item.start > start or (item.end is not None and item.end <= start):
                continue
            step = item.step_at(start)
            if step.price.metered:
                if before is not None:
                    lines.append(self._usage(sub, invoice_id, item, step.price, before))
                continue
            amount = step.price.amount(step.quantity)
            if status == "trialing":
                amount = 0
            elif item.odd_amount is not None and start == sub.start:
                amount = item.odd_amount
            elif item.wrong_price_at == start:
                extra = amount // 5
                amount += extra
                wrong = (self._line_id(), extra)
            lines.append(
                self._line(invoice_id, sub, item, step.price, step.quantity, amount, start, end)
            )
        lines.extend(
            self._line(invoice_id, sub, None, price, quantity, price.amount(quantity), at, at)
            for at, price, quantity in sub.one_time
            if at == start
        )
        if not lines:
            return
        reason = "subscription_create" if start == sub.start else "subscription_cycle"
        state = invoice_status(sub, start, status)
        if sub.voided_at == start:
            self._void_copy(sub, invoice_id, lines, start, end, reason)
        self._invoice(sub, invoice_id, lines, start, start, end, state, reason)
        if wrong is not None:
            self._credit_note(invoice_id, start, wrong[1], "price", wrong[0])

    def _prorated(
        self, sub: Subscription, at: int, start: int, end: int, items: list[Item]
    ) -> None:
        invoice_id = self._next_invoice(at)
        lines: list[Row] = []
        for item in items:
            if item.start < at:
                old = item.step_at(at - 1)
                credit = old.price.amount(old.quantity) * (end - at) // (end - start)
                lines.append(
                    self._line(
                        invoice_id, sub, item, old.price, old.quantity, -credit, at, end, True
                    )
                )
            if item.end != at:
                new = item.step_at(at)
                debit = new.price.amount(new.quantity) * (end - at) // (end - start)
                lines.append(
                    self._line(invoice_id, sub, item, new.price, new.quantity, debit, at, end, True)
                )
        self._invoice(sub, invoice_id, lines, at, start, end, "paid", "subscription_update")

    def _next_invoice(self, at: int) -> str:
        """The id of the next invoice, made at `at`; its rows are synced by the next run."""
        self._invoices += 1
        self._synced = min(AS_OF, next_sync(at))
        return f"in_{self._number}{self._invoices:05d}"

    def _line_id(self) -> str:
        """The id that the next line will get."""
        return f"il_{self._number}{self._lines + 1:05d}"

    def _line(
        self,
        invoice_id: str,
        sub: Subscription,
        item: Item | None,
        price: Price,
        quantity: int,
        amount: int,
        start: int,
        end: int,
        proration: bool = False,
    ) -> Row:
        self._lines += 1
        line_id = f"il_{self._number}{self._lines:05d}"
        regular = item is not None and not proration
        return (
            line_id, invoice_id, self._synced, amount, sub.currency, price.product.name,
            not proration, True, end, start, price.id, proration, quantity, sub.id,
            item.id if item is not None else None, "subscription" if regular else "invoiceitem",
            line_id, None,
        )  # fmt: skip

    def _usage(
        self, sub: Subscription, invoice_id: str, item: Item, price: Price, period: tuple[int, int]
    ) -> Row:
        used = self._customer.rng.randrange(20_000, 900_000, 1_000) // 100 * 100
        amount = max(price.minimum, price.amount(used))
        return self._line(invoice_id, sub, item, price, used, amount, *period)

    def _invoice(
        self,
        sub: Subscription,
        invoice_id: str,
        lines: list[Row],
        at: int,
        start: int,
        end: int,
        status: str,
        reason: str,
    ) -> None:
        """The invoice row over its lines, its charge, and the lines with their sync time."""
        self.invoice_at.setdefault((sub.id, at), invoice_id)
        subtotal = sum(line[3] for line in lines)
        off = discount_amount(self._customer, sub, at, subtotal)
        net = subtotal - off
        tax = net * TAX_PERCENT.get(sub.currency, 0) // 100 if net > 0 else 0
        total = net + tax
        due = max(0, total)
        paid = status == "paid"
        synced = self._synced
        self._rows["stripe.invoice_line_item"].extend(lines)
        settled = min(AS_OF, next_sync(at + 5 * DAY)) if not paid else synced
        self._rows["stripe.invoice"].append(
            (invoice_id, settled, at, sub.currency, self._customer.payer_id, at + 14 * DAY, False,
             True, end, start, sub.id, due, due if paid else 0, 0 if paid else due, subtotal, tax,
             total, 1 if paid else 4, True, reason, None, f"INV-{self._number}-{invoice_id[-5:]}",
             paid, status)
        )  # fmt: skip
        if paid and due:
            self._last_paid = (invoice_id, at, due)
            if self._detailed:
                self._charge(invoice_id, at + HOUR, sub.currency, due, True)
        elif status in ("open", "uncollectible") and self._detailed:
            self._charge(invoice_id, at + HOUR, sub.currency, due, False)

    def _void_copy(
        self, sub: Subscription, good_id: str, lines: list[Row], start: int, end: int, reason: str
    ) -> None:
        """A first, wrong invoice for the same period that was voided; its lines must not count."""
        invoice_id = self._next_invoice(start)
        copies = []
        for line in lines:
            self._lines += 1
            line_id = f"il_{self._number}{self._lines:05d}"
            copies.append(
                (line_id, invoice_id, self._synced, line[3] * 3, *line[4:16], line_id, None)
            )
        self._invoice(sub, invoice_id, copies, start, start, end, "void", reason)
        self.invoice_at[(sub.id, start)] = good_id

    # -- money back -------------------------------------------------------------------------------

    def _charge(self, invoice_id: str, at: int, currency: str, amount: int, paid: bool) -> str:
        charge_id = f"ch_{invoice_id[3:]}"
        self._rows["stripe.charge"].append(
            (charge_id, min(AS_OF, next_sync(at)), amount, 0, True, at, currency,
             self._customer.payer_id, None if paid else "card_declined",
             None if paid else "Your card was declined.", invoice_id, True, paid, False,
             "succeeded" if paid else "failed")
        )  # fmt: skip
        return charge_id

    def _refund(self, sub: Subscription) -> None:
        """Money given back for the last paid invoice; cash, not a change of what is in force."""
        if sub.refund is None or self._last_paid is None:
            return
        invoice_id, at, due = self._last_paid
        moment = min(AS_OF - 2 * HOUR, (sub.ended or at) + 6 * HOUR)
        if sub.refund == "goodwill":
            self._credit_note(invoice_id, moment, due // 4, "goodwill", None)
            return
        charge_id = f"ch_{invoice_id[3:]}"
        if not self._detailed:
            self._charge(invoice_id, at + HOUR, sub.currency, due, True)
        self._rows["stripe.refund"].append(
            (f"re_{invoice_id[3:]}", min(AS_OF, next_sync(moment)), due // 2, charge_id, moment,
             sub.currency, "requested_by_customer", "succeeded")
        )  # fmt: skip

    def _credit_note(
        self, invoice_id: str, at: int, amount: int, kind: str, line_id: str | None
    ) -> None:
        note_id = f"cn_{invoice_id[3:]}"
        created = min(AS_OF - HOUR, at + 9 * DAY)
        synced = min(AS_OF, next_sync(created))
        currency = self._customer.currency
        metadata = None
        if line_id is not None:
            metadata = json.dumps({"correction": "price", "invoice_line_item_id": line_id})
        tax = amount * TAX_PERCENT.get(currency, 0) // 100
        memo = "Wrong price on the invoice" if line_id else "With our apologies"
        reason = "order_change" if line_id else "product_unsatisfactory"
        self._rows["stripe.credit_note"].append(
            (note_id, amount + tax, created, currency, 0, amount, amount + tax, True, memo,
             metadata, f"{invoice_id}-CN", reason, "issued", "post_payment", None, invoice_id, None,
             synced)
        )  # fmt: skip
        self._rows["stripe.credit_note_line_item"].append(
            (note_id, f"cnli_{invoice_id[3:]}", amount, 0, kind, True, 1, "custom_line_item",
             amount, str(amount), synced)
        )  # fmt: skip
