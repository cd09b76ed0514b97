"""The revenue mix counted by hand: invoice lines, and what of them is one-off, by plain loops."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

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
    money,
    months_rows,
    partners_of,
    parts,
    rates_rows,
    share_set,
    share_set_rows,
)

CENTS = {"EUR": Decimal("0.01"), "USD": Decimal("0.01"), "JPY": Decimal(1)}
# product, what its revenue is, and what is shown of that
PRODUCTS = {
    "prod_box": ("hardware", "hardware"),
    "prod_start": ("setup", "setup"),
    "prod_training": ("one_off", "services"),
    "prod_cloud": ("pass_through", "pass_through"),
    "prod_seat": ("recurring", None),
}


@dataclass(frozen=True)
class Price:
    product: str | None
    is_once: bool
    is_metered: bool = False
    minimum: int | None = None


# the first is of no product; one that is metered bills what goes beyond its minimum
PRICES = (
    Price(None, True),
    *(Price(product, True) for product in PRODUCTS),
    Price("prod_cloud", False),
    Price("prod_seat", False),
    Price("prod_seat", False, True, 5000),
    Price("prod_seat", False, True, None),
)
METERED = tuple(number for number, price in enumerate(PRICES) if price.is_metered)


@dataclass(frozen=True)
class Invoice:
    subscription: int | None
    account: int
    is_issued: bool = True
    is_live: bool = True


@dataclass(frozen=True)
class Line:
    """A line, or (metered) the tiers of one item and period on an invoice."""

    invoice: int | None
    subscription: int | None
    price: int | None
    currency: str
    amounts: tuple[int, ...]  # in cents; more than one only for tiers
    credited: int  # of the first, for a wrong price
    start: int | None
    end: int
    has_item: bool = False
    is_proration: bool = False
    is_live: bool = True


@dataclass(frozen=True)
class Revenue:
    lines: tuple[Line, ...]
    invoices: tuple[Invoice, ...]
    owners: tuple[int, ...]  # whose each subscription is
    accounts: tuple[int | None, ...]  # the customer behind each billing account, if it is known
    shares: tuple[tuple[int, int, int], ...]  # subscription, from when, which
    associations: tuple[Association, ...]
    recurring: tuple[tuple[str, str, int, Decimal], ...]  # partner, currency, month, MRR

    # -- what follows -----------------------------------------------------------------------------

    def expected(self) -> dict[Row, dict[str, Any]]:
        kinds: dict[tuple[str, int, str], Decimal] = defaultdict(lambda: ZERO)
        mrr: dict[tuple[str, int], Decimal] = defaultdict(lambda: ZERO)
        first: dict[str, int] = {}
        for line in self.lines:
            for who, month, kind, part in self._parts(line):
                kinds[who, month, kind] += part
                first[who] = min(first.get(who, month), month)
        for who, _, month, value in self.recurring:
            mrr[who, month] += value
            first[who] = min(first.get(who, month), month)
        return {
            (who, first_day(month)): self._month(kinds, mrr[who, month], who, month)
            for who, since in first.items()
            for month in range(since, MONTHS)
        }

    @staticmethod
    def _month(
        kinds: dict[tuple[str, int, str], Decimal], mrr: Decimal, who: str, month: int
    ) -> dict[str, Any]:
        shown = ("hardware", "setup", "services", "other", "pass_through")
        found: dict[str, Any] = {f"{kind}_revenue": kinds[who, month, kind] for kind in shown}
        one_off = sum((kinds[who, month, kind] for kind in shown[:-1]), ZERO)
        usage = sum((kinds[who, month - back, "usage"] for back in range(3)), ZERO)
        reason = "no_revenue" if mrr + one_off == 0 else None
        if one_off < 0:
            reason = "credits_exceed_one_off"
        return {
            **found,
            "recurring_mrr": mrr,
            "usage_mrr": money(usage / 3),
            "one_off_revenue": one_off,
            "recurring_share": None if reason else money(mrr / (mrr + one_off)),
            "recurring_share_null_reason": reason,
        }

    def _parts(self, line: Line) -> list[tuple[str, int, str, Decimal]]:
        kind, invoice = self._kind(line), self._invoice(line)
        if kind is None or not line.is_live:
            return []
        if invoice and not (invoice.is_issued and invoice.is_live):
            return []
        cents = sum(line.amounts) - line.credited
        day = day_of(line.end if line.start is None else line.start)
        if kind == "usage":
            cents = max(cents - (PRICES[line.price or 0].minimum or 0), 0)
            day = day_of(line.end)
        month = next((one for one in range(MONTHS) if first_day(one) == day.replace(day=1)), None)
        if month is None or not cents:
            return []
        amount = money(cents * CENTS[line.currency] * RATES[line.currency][month])
        shares = self._shares(line, invoice, day)
        return [(who, month, kind, part) for who, part in parts(amount, shares).items()]

    def _invoice(self, line: Line) -> Invoice | None:
        return None if line.invoice is None else self.invoices[line.invoice]

    @staticmethod
    def _kind(line: Line) -> str | None:
        price = Price(None, True) if line.price is None else PRICES[line.price]
        shown = PRODUCTS[price.product][1] if price.product else None
        if shown:
            return shown
        if price.is_metered:
            return "usage"
        # a seat, or a part of one, is MRR
        return "other" if price.is_once and not line.has_item and not line.is_proration else None

    def _shares(self, line: Line, invoice: Invoice | None, day: date) -> dict[str, Decimal]:
        subscription = line.subscription
        if subscription is None and invoice:
            subscription = invoice.subscription
        if subscription is not None:
            shares = 0
            for number, since, which in self.shares:
                if number == subscription and day_of(since) <= day:
                    shares = which
            return SHARES[shares]
        customer = self.accounts[invoice.account] if invoice else None
        return partners_of(customer, day, self.associations)

    # -- the same history as the models read it ---------------------------------------------------

    def tables(self) -> dict[str, list[Row]]:
        lines = [
            (number, place, line) for number, line in enumerate(self.lines)
            for place in range(len(line.amounts))
        ]  # fmt: skip
        return {
            "input.input_invoice_lines": [
                (f"l_{number}_{place}", _name("i", line.invoice), _name("s", line.subscription),
                 f"si_{number}" if line.has_item else None, _name("price", line.price),
                 line.currency, line.amounts[place], line.is_proration,
                 line.has_item and not line.is_proration, line.is_live,
                 None if line.start is None else instant(line.start), instant(line.end))
                for number, place, line in lines
            ],
            "input.input_price_corrections": [
                (f"l_{number}_0", line.credited)
                for number, line in enumerate(self.lines) if line.credited
            ],
            "input.input_invoices": [
                (f"i_{number}", f"b_{one.account}", _name("s", one.subscription), one.is_issued,
                 one.is_live)
                for number, one in enumerate(self.invoices)
            ],
            "input.input_prices": [
                (f"price_{number}", one.product, "one_time" if one.is_once else "recurring",
                 "metered" if one.is_metered else "licensed", one.minimum)
                for number, one in enumerate(PRICES)
            ],
            "input.input_products": [(name, kind) for name, (kind, _) in PRODUCTS.items()],
            "input.input_subscriptions": [
                (f"s_{number}", f"c_{owner}") for number, owner in enumerate(self.owners)
            ],
            "input.input_billing_accounts": [
                (f"b_{number}", _name("c", one)) for number, one in enumerate(self.accounts)
            ],
            "intermediate.int_partner_associations__days": association_rows(self.associations),
            "seeds.currencies": list(CENTS.items()),
            "intermediate.int_months": months_rows(),
            "intermediate.int_exchange_rates__month_end": rates_rows(),
            "intermediate.int_share_set_members": share_set_rows(),
            "intermediate.int_subscriptions__share_sets": [
                (f"s_{number}", share_set(which), day_of(since), min(
                    (day_of(then) for other, then, _ in self.shares
                     if other == number and then > since), default=OPEN_END))
                for number, since, which in self.shares
            ],
            "intermediate.int_mrr__partner_months": [
                (who, currency, value, first_day(month))
                for who, currency, month, value in self.recurring
            ],
        }  # fmt: skip


def _name(kind: str, number: int | None) -> str | None:
    return None if number is None else f"{kind}_{number}"
