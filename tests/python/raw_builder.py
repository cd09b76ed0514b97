"""Writes the raw tables of hand-made customers, as their connectors would land them.

    raw = RawFolder(as_of="2026-01-02 04:00")
    customer = raw.customer("anna")
    item = customer.subscribe("2025-03-01").item(raw.stripe.price("seat", "100"), quantity=3)
    item.bill("2025-03-01", "2025-04-01")
    item.change("2025-03-10", quantity=5)
    item.bill("2025-04-01")
    raw.write(folder)

Instants are texts in UTC. Amounts are in major units, as text or Decimal. Every table has the
columns of its contract; a row is delivered (`_fivetran_synced`) at `as_of` unless it says when.
"""

from __future__ import annotations

import calendar
import json
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from orchestration.settings import PROJECT_DIR

DIGITS = {"jpy": 0, "kwd": 3}
ARROW_TYPES = {
    "varchar": pa.string(),
    "bigint": pa.int64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
# (moment, status) or (moment, status, columns that change with it)
Version = tuple[str, str] | tuple[str, str, dict[str, Any]]


def instant(text: str) -> datetime:
    """A UTC instant without a zone, from a date or a date and time."""
    return datetime.fromisoformat(text)


def minor(amount: str | Decimal, currency: str) -> int:
    """Minor units of an amount in major units; it has to be whole."""
    value = Decimal(amount).scaleb(DIGITS.get(currency, 2))
    assert value == int(value), f"{amount} {currency} is not a whole number of minor units"
    return int(value)


def later(start: datetime, every: str, count: int) -> datetime:
    """`count` days, weeks, months or years after the start; clamped to the end of a month."""
    if every in ("day", "week"):
        return start + timedelta(days=count * (7 if every == "week" else 1))
    months = start.month - 1 + count * (12 if every == "year" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    return start.replace(
        year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1])
    )


@dataclass(frozen=True)
class Price:
    id: str
    unit_amount: Decimal
    every: str
    count: int
    currency: str

    def amount(self, quantity: int) -> int:
        """Minor units for a quantity, half up."""
        value = (self.unit_amount * quantity).scaleb(DIGITS.get(self.currency, 2))
        return int(value.quantize(Decimal(1), ROUND_HALF_UP))


class RawFolder:
    """All raw tables; the company has two accounts of its billing system."""

    def __init__(self, as_of: str) -> None:
        self.as_of = instant(as_of)
        self.rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        self.stripe = StripeAccount(self, "stripe")
        self.second_stripe = StripeAccount(self, "stripe__us")
        self.items: list[Item] = []
        self.subscriptions: list[Subscription] = []
        self._counter = 0

    def add(self, table: str, **columns: Any) -> None:
        """One row of `<folder>.<table>`, as it is."""
        folder, name = table.split(".")
        self.rows[folder, name].append({"_fivetran_synced": self.as_of, **columns})

    def next_id(self, prefix: str) -> str:
        self._counter += 1
        return f"{prefix}_{self._counter:05d}"

    def customer(self, name: str, partner: str | None = None) -> Customer:
        """An end customer with a CRM account, billed directly; always of `partner`, if given."""
        self.account(name)
        if partner:
            self.partner(partner)
            self.association(name, partner)
        return Customer(self, self.stripe, name, self.stripe.customer(name, crm_account=name))

    def account(self, name: str) -> None:
        self.add("salesforce.account", id=name, name=name, type="Customer")

    def partner(self, name: str, partner_type: str = "reseller") -> str:
        if all(row["id"] != name for row in self.rows["partner_portal", "partner"]):
            self.add("partner_portal.partner", id=name, name=name, partner_type=partner_type)
        return name

    def association(
        self, customer: str, partner: str, percent: str = "100", *, since: str | None = None,
        until: str | None = None, role: str = "reseller_of_record", recorded: str = "2025-01-01",
        subscription: str | None = None, name: str | None = None, is_deleted: bool = False,
    ) -> None:  # fmt: skip
        """Ties a partner to all subscriptions of a customer, or to one."""
        name = name or self.next_id("assoc")
        self.partner(partner)
        self.add(
            "partner_portal.partner_association", id=name, customer_id=customer,
            subscription_id=subscription, partner_id=partner, role=role, split_percent=percent,
            valid_from=since, valid_to=until, recorded_at=recorded, is_deleted=is_deleted,
        )  # fmt: skip

    def rate(self, day: str, currency: str, units: str, base: str = "EUR") -> None:
        """So many units of `currency` for one of `base`."""
        self.add(
            "exchange_rates.daily_rate",
            base_currency=base, currency=currency, rate_date=date.fromisoformat(day), rate=units,
        )  # fmt: skip

    def write(
        self,
        root: Path,
        *,
        copies: int = 1,
        shuffle: int | None = None,
        without: Iterable[str] = (),
    ) -> Path:
        """Write Parquet files `<root>/<folder>/<table>/part-<copy>.parquet`; returns the root.

        `copies` lands every file that often, `shuffle` is a seed for another order of rows.
        """
        for (folder, name), rows in sorted(self._tables().items()):
            if f"{folder}.{name}" in without:
                continue
            ordered = list(rows)
            if shuffle is not None:
                random.Random(f"{shuffle}{name}").shuffle(ordered)
            table = _arrow_table(folder.split("__")[0], name, ordered)
            target = root / folder / name
            target.mkdir(parents=True)
            for copy in range(copies):
                pq.write_table(table, target / f"part-{copy:04d}.parquet")
        return root

    def _tables(self) -> dict[tuple[str, str], list[dict[str, Any]]]:
        """Rows by table, with those that only the end tells; required tables even if empty."""
        tables = {key: list(rows) for key, rows in self.rows.items()}
        for key, contract in CONTRACT.items():
            if contract["required"]:
                tables.setdefault(key, [])
        closing = [subscription.row() for subscription in self.subscriptions]
        closing += [item.row() for item in self.items if item.is_listed]
        for key, row in closing:
            tables.setdefault(key, []).append({"_fivetran_synced": self.as_of, **row})
        return tables


class StripeAccount:
    """One billing account of the company: catalogue, coupons and billed customers."""

    def __init__(self, raw: RawFolder, folder: str) -> None:
        self.raw = raw
        self.folder = folder
        self.prices: dict[str, Price] = {}
        self.products: set[str] = set()

    def add(self, table: str, **columns: Any) -> None:
        self.raw.add(f"{self.folder}.{table}", **columns)

    def product(self, name: str, revenue_type: str = "recurring") -> str:
        if name not in self.products:
            self.products.add(name)
            metadata = json.dumps({"revenue_type": revenue_type})
            self.add("product", id=name, name=name, metadata=metadata, livemode=True)
        return name

    def price(
        self, product: str, amount: str, every: str = "month", count: int = 1,
        currency: str = "eur", usage: str = "licensed", kind: str = "recurring", **metadata: str,
    ) -> Price:  # fmt: skip
        """The price of a product; the same price when asked for twice."""
        marks = "".join(f"_{key}" for key in metadata)
        name = f"{product}_{amount}_{currency}_{count}_{every}_{usage}{marks}"
        if name not in self.prices:
            self.prices[name] = Price(name, Decimal(amount), every, count, currency)
            decimal_amount = Decimal(amount).scaleb(DIGITS.get(currency, 2))
            is_recurring = kind == "recurring"
            self.add(
                "price", id=name, product_id=self.product(product), currency=currency, type=kind,
                billing_scheme="per_unit", recurring_interval=every if is_recurring else None,
                recurring_interval_count=count if is_recurring else None,
                recurring_usage_type=usage if is_recurring else None,
                unit_amount=int(decimal_amount) if decimal_amount % 1 == 0 else None,
                unit_amount_decimal=decimal_amount, livemode=True, metadata=json.dumps(metadata),
            )  # fmt: skip
        return self.prices[name]

    def coupon(
        self, name: str, *, percent: str | None = None, amount: str | None = None,
        duration: str = "forever", months: int | None = None,
    ) -> str:  # fmt: skip
        self.add(
            "coupon", id=name, duration=duration, duration_in_months=months, percent_off=percent,
            amount_off=minor(amount, "eur") if amount else None,
            currency="eur" if amount else None, livemode=True,
        )  # fmt: skip
        return name

    def customer(self, name: str, crm_account: str | None = None) -> str:
        """A billed party `cus_<name>`."""
        metadata = json.dumps({"crm_account_id": crm_account} if crm_account else {})
        self.add("customer", id=f"cus_{name}", name=name, livemode=True, metadata=metadata)
        return f"cus_{name}"


@dataclass
class Customer:
    """Subscribes; ids of subscriptions are `sub_<name>`, `sub_<name>_2` and so on."""

    raw: RawFolder
    stripe: StripeAccount
    name: str
    billing_account: str
    count: int = 0

    def price(self, product: str, amount: str, **terms: Any) -> Price:
        return self.stripe.price(product, amount, **terms)

    def subscribe(
        self, start: str, *history: Version, status: str = "active", **columns: Any
    ) -> Subscription:
        """A subscription with its versions after the first one."""
        self.count += 1
        name = f"sub_{self.name}" + (f"_{self.count}" if self.count > 1 else "")
        return Subscription(self, name, start, [(start, status), *history], columns)

    def buy(
        self, start: str, product: str, amount: str, quantity: int = 1, *history: Version,
        **terms: Any,
    ) -> Item:  # fmt: skip
        """The plain case: one subscription with one item, billed from start to end."""
        item = self.subscribe(start, *history).item(self.price(product, amount, **terms), quantity)
        return item.bill(start)


class Subscription:
    def __init__(
        self, customer: Customer, name: str, start: str, history: list[Version],
        columns: dict[str, Any],
    ) -> None:  # fmt: skip
        self.customer, self.stripe, self.raw = customer, customer.stripe, customer.raw
        self.id = name
        self.start = start
        self.item_count = 0
        self.state: dict[str, Any] = {
            "id": name, "customer_id": customer.billing_account, "cancel_at_period_end": False,
            "livemode": True, "current_period_start": start, **columns,
        }  # fmt: skip
        for version in history:
            at, status, changes = (*version, {})[:3]
            if status == "canceled":
                self.state |= {"canceled_at": at, "ended_at": at}
            self.state |= {"status": status, **changes}
            known = CONTRACT["stripe", "subscription_history"]["columns"]
            recorded = {key: value for key, value in self.state.items() if key in known}
            self.stripe.add("subscription_history", **recorded, _fivetran_start=at)
        self.raw.subscriptions.append(self)

    @property
    def end(self) -> datetime:
        ended_at = self.state.get("ended_at")
        return instant(ended_at) if ended_at else self.raw.as_of

    def row(self) -> tuple[tuple[str, str], dict[str, Any]]:
        """The subscription as it is now."""
        times = {"start_date": self.start, "created": self.start}
        return (self.stripe.folder, "subscription"), {**self.state, **times}

    def item(self, price: Price, quantity: int | None = 1) -> Item:
        self.item_count += 1
        name = f"si_{self.id.removeprefix('sub_')}_{self.item_count}"
        item = Item(self, name, price, quantity)
        self.raw.items.append(item)
        return item

    def invoice(self, status: str = "paid") -> str:
        name = self.raw.next_id("in")
        self.stripe.add(
            "invoice", id=name, customer_id=self.customer.billing_account, subscription_id=self.id,
            status=status, currency="eur", livemode=True,
        )  # fmt: skip
        return name

    def discount(
        self, coupon: str, start: str, end: str | None = None, *, invoice: str | None = None,
        older_form: bool = False, whole_customer: bool = False,
    ) -> None:  # fmt: skip
        """A coupon on this subscription, or on all of its customer."""
        common = {
            "id": self.raw.next_id("di"), "coupon_id": coupon, "start": start, "end": end,
            "customer_id": self.customer.billing_account, "invoice_id": invoice,
        }  # fmt: skip
        if older_form:
            self.stripe.add("subscription_discount", **common, subscription_id=self.id)
        elif whole_customer:
            self.stripe.add("discount", **common, type="customer")
        else:
            self.stripe.add("discount", **common, type="subscription", subscription_id=self.id)


@dataclass
class Item:
    """A subscription item; the row lands with the price and quantity that it has in the end."""

    subscription: Subscription
    id: str
    price: Price
    quantity: int | None
    is_listed: bool = True
    columns: dict[str, Any] = field(default_factory=dict)
    period: tuple[datetime, datetime] | None = None

    def row(self) -> tuple[tuple[str, str], dict[str, Any]]:
        return (self.subscription.stripe.folder, "subscription_item"), {
            "id": self.id, "subscription_id": self.subscription.id, "plan_id": self.price.id,
            "quantity": self.quantity, "created": self.subscription.start, **self.columns,
        }  # fmt: skip

    def bill(
        self, start: str, until: str | None = None, *, quantity: int | None = None,
        price: Price | None = None,
    ) -> Item:  # fmt: skip
        """A regular line for each billing period that begins before `until` or the end."""
        self.price, self.quantity = price or self.price, quantity or self.quantity
        end = instant(until) if until else self.subscription.end
        first, number = instant(start), 0
        while (begin := later(first, self.price.every, number * self.price.count)) < end:
            number += 1
            finish = later(first, self.price.every, number * self.price.count)
            self.line(begin, finish, self.price.amount(self.quantity or 0))
        return self

    def change(
        self, at: str, quantity: int | None = None, *, price: Price | None = None,
        invoice: str | None = None,
    ) -> Item:  # fmt: skip
        """A change in the middle of the period billed last: a credit and a debit."""
        invoice = invoice or self.subscription.invoice()
        self.credit(at, invoice)
        self.price, self.quantity = price or self.price, quantity or self.quantity
        self._prorate(at, 1, invoice)
        return self

    def credit(self, at: str, invoice: str | None = None) -> None:
        """The credit line of a change or a removal."""
        self._prorate(at, -1, invoice or self.subscription.invoice())

    def remove(self, at: str | None = None) -> None:
        """Take the item off its subscription; with a credit line when `at` is given."""
        if at:
            self.credit(at)
        self.is_listed = False

    def line(
        self, start: datetime | str, end: datetime | str, amount: int, *,
        invoice: str | None = None, status: str = "paid", **columns: Any,
    ) -> str:  # fmt: skip
        """One invoice line (`amount` in minor units); on an invoice of its own unless given."""
        begin = instant(start) if isinstance(start, str) else start
        finish = instant(end) if isinstance(end, str) else end
        row = {
            "id": self.subscription.raw.next_id("il"),
            "invoice_id": invoice or self.subscription.invoice(status),
            "subscription_id": self.subscription.id, "subscription_item_id": self.id,
            "plan_id": self.price.id, "type": "subscription", "currency": self.price.currency,
            "amount": amount, "quantity": self.quantity, "proration": False, "livemode": True,
            "period_start": begin, "period_end": finish, **columns,
        }  # fmt: skip
        self.subscription.stripe.add("invoice_line_item", **row)
        if not row["proration"]:
            self.period = (begin, finish)
        return str(row["id"])

    def _prorate(self, at: str, sign: int, invoice: str) -> None:
        assert self.period, "nothing was billed yet"
        begin, finish = self.period
        left = Decimal((finish - instant(at)).total_seconds())
        share = left / Decimal((finish - begin).total_seconds())
        amount = (self.price.amount(self.quantity or 0) * share).quantize(Decimal(1), ROUND_HALF_UP)
        self.line(at, finish, sign * int(amount), invoice=invoice, proration=True)


def _load_contract() -> dict[tuple[str, str], dict[str, Any]]:
    """Columns with their types, and whether required, of each contracted table."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted(PROJECT_DIR.glob("models/staging/*/_*__sources.yml")):
        for source in yaml.safe_load(path.read_text("utf-8"))["sources"]:
            for table in source["tables"]:
                found[source["name"], table["name"]] = {
                    "required": table["config"]["meta"]["required"],
                    "columns": {one["name"]: one["data_type"] for one in table["columns"]},
                }
    return found


CONTRACT = _load_contract()


def _arrow_table(source: str, name: str, rows: list[dict[str, Any]]) -> pa.Table:
    columns: dict[str, str] = CONTRACT[source, name]["columns"]
    unknown = {key for row in rows for key in row} - set(columns)
    assert not unknown, f"{source}.{name} has no column {sorted(unknown)}"
    arrays = {
        column: pa.array([_value(row.get(column), kind) for row in rows], type=_arrow_type(kind))
        for column, kind in columns.items()
    }
    return pa.table(arrays)


def _arrow_type(kind: str) -> pa.DataType:
    if kind.startswith("decimal"):
        precision, scale = kind.removeprefix("decimal(").removesuffix(")").split(",")
        return pa.decimal128(int(precision), int(scale))
    return ARROW_TYPES[kind]


def _value(value: Any, kind: str) -> Any:
    if kind == "timestamp" and isinstance(value, str):
        return instant(value)
    if kind.startswith("decimal") and isinstance(value, str):
        return Decimal(value)
    return value
