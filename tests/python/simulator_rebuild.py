"""A second opinion on the simulator: MRR per item and day range, rebuilt from the raw rows alone.

Slow and plain on purpose. It shares the calendar with the simulator and nothing else, and expects
raw data without dirt.
"""

from __future__ import annotations

import json
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from orchestration.simulator.clock import add_months, local_day, whole_months

DIGITS = {"jpy": 0, "kwd": 3}
MICRO = 1_000_000
Span = tuple[str, int, int | None, int, bool]


def half_up(value: Fraction) -> int:
    """Rounded to a whole number, half up; the value is never negative."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def load(raw: Path, table: str) -> list[dict[str, Any]]:
    """All rows of a raw table, instants as seconds; empty where the table does not exist."""
    if not list(raw.glob(f"{table.replace('.', '/')}/*.parquet")):
        return []
    path = raw / table.replace(".", "/") / "*.parquet"
    relation = duckdb.sql(f"select * from read_parquet('{path}')")
    columns = [
        f'epoch_us("{name}") // 1000000 as "{name}"' if str(kind) == "TIMESTAMP" else f'"{name}"'
        for name, kind in zip(relation.columns, relation.types, strict=True)
    ]
    found = relation.project(", ".join(columns))
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


class Rebuild:
    """Reads one raw folder and answers with the MRR spans of each item."""

    def __init__(self, raw: Path) -> None:
        self.prices = {row["id"]: row for row in load(raw, "stripe.price")}
        self.products = {
            row["id"]: json.loads(row["metadata"] or "{}") for row in load(raw, "stripe.product")
        }
        self.coupons = {row["id"]: row for row in load(raw, "stripe.coupon")}
        self.subs = {row["id"]: row for row in load(raw, "stripe.subscription")}
        self.items = {row["id"]: row for row in load(raw, "stripe.subscription_item")}
        self.history: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in load(raw, "stripe.subscription_history"):
            self.history[row["id"]].append(row)
        good = {
            row["id"]
            for row in load(raw, "stripe.invoice")
            if row["status"] in ("paid", "open", "uncollectible")
        }
        self.corrections: dict[str, int] = {}
        for row in load(raw, "stripe.credit_note"):
            metadata = json.loads(row["metadata"] or "{}")
            if metadata.get("correction") == "price":
                self.corrections[metadata["invoice_line_item_id"]] = row["subtotal"]
        self.lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.by_invoice: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in load(raw, "stripe.invoice_line_item"):
            if row["invoice_id"] in good and row["subscription_item_id"]:
                self.lines[row["subscription_item_id"]].append(row)
                self.by_invoice[row["invoice_id"]].append(row)
        self.discounts = [*load(raw, "stripe.discount"), *load(raw, "stripe.subscription_discount")]

    def amount(self, price_id: str, quantity: int) -> Fraction:
        """Minor units of a price for a quantity."""
        return Fraction(self.prices[price_id]["unit_amount_decimal"]) * quantity

    def monthly(self, amount: Fraction, price_id: str) -> Fraction:
        """Millionths of a major unit per month."""
        price = self.prices[price_id]
        count = price["recurring_interval_count"]
        factor = {
            "month": Fraction(1, count),
            "year": Fraction(1, 12 * count),
            "week": Fraction(52, 12 * count),
            "day": Fraction(365, 12 * count),
        }[price["recurring_interval"]]
        return amount * factor * MICRO / 10 ** DIGITS.get(price["currency"], 2)

    def rates(self, item_id: str) -> list[tuple[int, int, str]]:
        """(instant, gross millionths per month, price id) as lines and present tell them."""
        item = self.items.get(item_id)
        lines = sorted(self.lines.get(item_id, []), key=lambda line: line["period_start"])
        last_price = (item or lines[-1])["plan_id"]
        if self.prices[last_price]["recurring_usage_type"] == "metered":
            metadata = json.loads(self.prices[last_price]["metadata"] or "{}")
            minimum = Fraction(int(metadata.get("committed_minimum", 0)))
            start = min(
                [line["period_start"] for line in lines] + ([item["created"]] if item else [])
            )
            return [(start, half_up(self.monthly(minimum, last_price)), last_price)]
        found: list[tuple[int, int, str]] = []
        last: tuple[int, str] | None = None
        credits = {
            line["period_start"] for line in lines if line["proration"] and line["amount"] <= 0
        }
        debits = set()
        end = None
        for line in lines:
            if line["proration"]:
                if line["amount"] > 0:
                    debits.add(line["period_start"])
                    gross = self.monthly(
                        self.amount(line["plan_id"], line["quantity"]), line["plan_id"]
                    )
                    found.append((line["period_start"], half_up(gross), line["plan_id"]))
                    last = (line["quantity"], line["plan_id"])
                continue
            found.append((line["period_start"], self.regular(line), line["plan_id"]))
            last = (line["quantity"], line["plan_id"])
            end = line["period_end"]
        for at in sorted(credits - debits):
            found.append((at, 0, last_price))
            end = None
        if item is None and end is not None:
            found.append((end, 0, last_price))
        if item is not None and (item["quantity"], item["plan_id"]) != last:
            gross = self.monthly(self.amount(item["plan_id"], item["quantity"]), item["plan_id"])
            found.append((item["_fivetran_synced"], half_up(gross), item["plan_id"]))
        return sorted(found, key=lambda rate: rate[0])

    def regular(self, line: dict[str, Any]) -> int:
        """Gross rate of a regular line, odd lengths and price corrections included."""
        price = self.prices[line["plan_id"]]
        amount = Fraction(line["amount"] - self.corrections.get(line["id"], 0))
        start, end = line["period_start"], line["period_end"]
        count = price["recurring_interval_count"]
        months, days = whole_months(local_day(start), local_day(end))
        if price["recurring_interval"] in ("month", "year"):
            wanted = count * (12 if price["recurring_interval"] == "year" else 1)
            near = abs(add_months(start, wanted) - end) <= 4 * 86_400
            if not near and amount:
                gross = amount * MICRO / 10 ** DIGITS.get(price["currency"], 2)
                return half_up(gross / (months + Fraction(days * 12, 365)))
        return half_up(self.monthly(amount, line["plan_id"]))

    def discount(self, sub: dict[str, Any], at: int) -> dict[str, Any] | None:
        """The coupon in force on a subscription."""
        own, general = None, None
        for row in self.discounts:
            coupon = self.coupons[row["coupon_id"]]
            start, end = row["start"], row["end"]
            if row["invoice_id"] is not None:
                regular = [
                    one for one in self.by_invoice[row["invoice_id"]] if not one["proration"]
                ]
                if not regular:
                    continue
                start, end = regular[0]["period_start"], regular[0]["period_end"]
            if start <= at and (end is None or at < end):
                if row["subscription_id"] == sub["id"]:
                    own = coupon
                elif row.get("type") == "customer" and row["customer_id"] == sub["customer_id"]:
                    general = coupon
        return own or general

    def spans(self) -> dict[str, list[Span]]:
        """(product, from day, to day or None, millionths, at risk) of each item with MRR."""
        members: dict[str, set[str]] = defaultdict(set)
        for item_id, lines in self.lines.items():
            members[lines[0]["subscription_id"]].add(item_id)
        for item_id, row in self.items.items():
            members[row["subscription_id"]].add(item_id)
        found: dict[str, list[Span]] = {}
        for sub_id, items in members.items():
            found.update(self._sub_spans(self.subs[sub_id], sorted(items)))
        return found

    def _sub_spans(self, sub: dict[str, Any], items: list[str]) -> dict[str, list[Span]]:
        if json.loads(sub["metadata"] or "{}").get("license_type"):
            return {}
        rates = {item: self.rates(item) for item in items}
        versions = sorted(self.history[sub["id"]], key=lambda row: row["_fivetran_start"])
        points = {row["_fivetran_start"] for row in versions}
        points |= {at for steps in rates.values() for at, _, _ in steps}
        for row in self.discounts:
            if sub["id"] == row["subscription_id"] or row["customer_id"] == sub["customer_id"]:
                points |= {at for at in (row["start"], row["end"]) if at is not None}
                for line in self.by_invoice.get(row["invoice_id"] or "", []):
                    points |= {line["period_start"], line["period_end"]}
        as_of = sub["_fivetran_synced"]
        days: dict[str, dict[int, tuple[str, int, bool] | None]] = {item: {} for item in items}
        for at in sorted(point for point in points if point <= as_of):
            for item, state in self._states(sub, versions, rates, at).items():
                days[item][local_day(at)] = state
        return {item: merged for item in items if (merged := _merge(days[item]))}

    def _states(
        self, sub: dict[str, Any], versions: list[dict[str, Any]],
        rates: dict[str, list[tuple[int, int, str]]], at: int,
    ) -> dict[str, tuple[str, int, bool] | None]:  # fmt: skip
        states: dict[str, tuple[str, int, bool] | None] = dict.fromkeys(rates)
        status = next(
            (row["status"] for row in reversed(versions) if row["_fivetran_start"] <= at), None
        )
        if status not in ("active", "past_due"):
            return states
        gross: dict[str, tuple[int, str]] = {}
        for item, steps in rates.items():
            now = [step for step in steps if step[0] <= at]
            if now and now[-1][1] > 0:
                product = self.prices[now[-1][2]]["product_id"]
                if self.products[product].get("revenue_type", "recurring") == "recurring":
                    gross[item] = (now[-1][1], now[-1][2])
        coupon = self.discount(sub, at)
        off: dict[str, int] = {}
        if coupon and coupon["amount_off"] and gross:
            total = sum(value for value, _ in gross.values())
            any_price = next(iter(gross.values()))[1]
            monthly = half_up(self.monthly(Fraction(coupon["amount_off"]), any_price))
            monthly = min(monthly, total)
            off = {key: half_up(Fraction(monthly * one, total)) for key, (one, _) in gross.items()}
            main = min(gross, key=lambda key: (-gross[key][0], key))
            off[main] += monthly - sum(off.values())
        for item, (value, price_id) in gross.items():
            mrr = value - off.get(item, 0)
            if coupon and coupon["percent_off"]:
                mrr = half_up(value * (1 - Fraction(coupon["percent_off"]) / 100))
            if mrr > 0:
                product = self.prices[price_id]["product_id"]
                states[item] = (product, mrr, status == "past_due")
        return states


def _merge(days: dict[int, tuple[str, int, bool] | None]) -> list[Span]:
    spans: list[Span] = []
    state: tuple[str, int, bool] | None = None
    since = 0
    for day in sorted(days):
        if days[day] != state:
            if state is not None:
                spans.append((state[0], since, day, state[1], state[2]))
            state, since = days[day], day
    if state is not None:
        spans.append((state[0], since, None, state[1], state[2]))
    return spans
