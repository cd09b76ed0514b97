"""The worked examples of the metric rules, each a customer of its own, and the cases beside them.

A case builds raw rows and returns the movements that they mean, one text a row of
`certified.customer_mrr_movements`:

    <date> <movement> <reason> <product> <native amount>[=<amount in euros>] [@<partner>]

Without a partner the row is the one of the case's own partner `p_<case>`; a case made with
`partner=False` has no such partner, and its rows are direct unless they name one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from raw_builder import Customer, RawFolder, later

AS_OF = "2026-01-02 04:00"
Builder = Callable[[Customer, RawFolder], tuple[str, ...]]


class Movement(NamedTuple):
    movement_date: date
    movement: str
    reason: str
    product: str
    partner: str
    native_amount: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Case:
    """`customer` is the id that the warehouse knows the end customer by."""

    name: str
    build: Builder
    customer: str
    partner: str | None


CASES: dict[str, Case] = {}


def case(
    name: str, *, partner: bool = True, customer: str | None = None
) -> Callable[[Builder], Builder]:
    """Register a case under its name."""

    def register(build: Builder) -> Builder:
        assert name not in CASES
        CASES[name] = Case(name, build, customer or name, f"p_{name}" if partner else None)
        return build

    return register


def build_all() -> tuple[RawFolder, dict[str, list[Movement]]]:
    """The raw folder with all cases, and the expected movements of each case, sorted."""
    raw = RawFolder(AS_OF)
    _exchange_rates(raw)
    expected = {}
    for one in CASES.values():
        rows = one.build(raw.customer(one.name, one.partner), raw)
        expected[one.name] = sorted(_movement(row, one.partner or "direct") for row in rows)
    return raw, expected


def _movement(text: str, partner: str) -> Movement:
    day, movement, reason, product, amounts, *rest = text.split()
    native, _, amount = amounts.partition("=")
    if rest:
        partner = rest[0].removeprefix("@")
    return Movement(
        date.fromisoformat(day), movement, reason, product, partner,
        Decimal(native), Decimal(amount or native),
    )  # fmt: skip


def _exchange_rates(raw: RawFolder) -> None:
    """Month-end rates of 2025; only the dollar moves, from 0.90 to 0.95 euro in November."""
    for month in range(1, 13):
        day = later(later(raw.as_of.replace(year=2025, month=1, day=1), "month", month), "day", -1)
        text = day.date().isoformat()
        raw.rate(text, "GBP", "0.80")
        raw.rate(text, "JPY", "160")
        raw.rate(text, "KWD", "0.32")
        raw.rate(text, "EUR", "0.95" if month >= 11 else "0.90", base="USD")


# Worked examples


@case("W1")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-01-15", "seat", "100", 3)
    return ("2025-01-15 new land seat 300",)


@case("W2")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "seat", "1200", every="year")
    return ("2025-02-01 new land seat 100",)


@case("W3")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "seat", "300", every="month", count=3)
    return ("2025-02-01 new land seat 100",)


@case("W4")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-10-06", "seat", "100", every="week")
    return ("2025-10-06 new land seat 433.333333",)


@case("W5")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-10-06", "seat", "50", every="week", count=2)
    return ("2025-10-06 new land seat 108.333333",)


@case("W6")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-12-01", "seat", "10", every="day")
    return ("2025-12-01 new land seat 304.166667",)


@case("W7")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-03-01").item(c.price("seat", "100"), 3)
    item.bill("2025-03-01", "2025-04-01")
    item.change("2025-03-10", 5)
    prorations = [
        row["amount"] for row in raw.rows["stripe", "invoice_line_item"]
        if row["subscription_item_id"] == item.id and row["proration"]
    ]  # fmt: skip
    assert prorations == [-21290, 35484], "the amounts of the worked example"
    item.bill("2025-04-01")
    return ("2025-03-01 new land seat 300", "2025-03-10 expansion quantity seat 200")


@case("W8")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2024-01-31", "seat", "12000", every="year")
    return ("2024-01-31 new land seat 1000",)


@case("W9")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-10", "basic", "100", 1, ("2025-04-10 09:00", "canceled"))
    c.buy("2025-04-10 09:05", "pro", "150")
    return ("2025-02-10 new land basic 100", "2025-04-10 expansion plan_change pro 50")


@case("W10")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    period_end = {"current_period_end": "2025-05-31 22:00"}
    item = c.subscribe(
        "2025-02-28 23:00",
        ("2025-05-03 08:00", "active", {"cancel_at_period_end": True, **period_end}),
        ("2025-05-31 22:00", "canceled"),
    ).item(c.price("seat", "100"))
    item.line("2025-02-28 23:00", "2025-03-31 22:00", 10000)
    item.line("2025-03-31 22:00", "2025-04-30 22:00", 10000)
    item.line("2025-04-30 22:00", "2025-05-31 22:00", 10000)
    return ("2025-03-01 new land seat 100", "2025-06-01 churn non_renewal seat -100")


@case("W11")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe(
        "2025-06-20", ("2025-07-04", "active"), status="trialing", trial_end="2025-07-04"
    ).item(c.price("seat", "100"))
    item.line("2025-06-20", "2025-07-04", 0)
    item.bill("2025-07-04")
    return ("2025-07-04 new trial_conversion seat 100",)


@case("W12")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.buy("2025-02-01", "seat", "100")
    coupon = raw.stripe.coupon("three_months", percent="20", duration="repeating", months=3)
    item.subscription.discount(coupon, "2025-02-01", "2025-05-01")
    return ("2025-02-01 new land seat 80", "2025-05-01 expansion discount_end seat 20")


@case("W13")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    history = (("2025-07-05 10:00", "paused"), ("2025-08-20 10:00", "active"))
    item = c.subscribe("2025-03-05", *history).item(c.price("seat", "100"))
    item.bill("2025-03-05", "2025-07-05")
    item.bill("2025-08-20 10:00")
    return (
        "2025-03-05 new land seat 100",
        "2025-07-05 churn pause seat -100",
        "2025-08-20 reactivation resume seat 100",
    )


@case("W14")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    history = (("2025-09-03 10:00", "past_due"), ("2025-10-07 10:00", "active"))
    c.buy("2025-03-03", "seat", "100", 1, *history)
    return ("2025-03-03 new land seat 100",)


@case("W15", partner=False)
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    # 22:00 UTC is the 16th in Amsterdam
    raw.association("W15", "p_a", until="2025-09-15 22:00")
    raw.association("W15", "p_b", since="2025-09-15 22:00")
    c.buy("2025-03-03", "seat", "400")
    return (
        "2025-03-03 new land seat 400 @p_a",
        "2025-09-16 transfer_out change_of_record seat -400 @p_a",
        "2025-09-16 transfer_in change_of_record seat 400 @p_b",
    )


@case("W16", partner=False)
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    raw.association("W16", "p_seventy", "70")
    raw.association("W16", "p_thirty", "30")
    c.buy("2025-03-03", "seat", "100.01")
    return (
        "2025-03-03 new land seat 70.007 @p_seventy",
        "2025-03-03 new land seat 30.003 @p_thirty",
    )


@case("W16_thirds", partner=False)
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    # 100.01 * 0.333333 is 33.33663333; what rounding leaves goes to the largest share
    raw.association("W16_thirds", "p_third_1", "33.3333")
    raw.association("W16_thirds", "p_third_2", "33.3333")
    raw.association("W16_thirds", "p_third_3", "33.3334")
    c.buy("2025-03-03", "seat", "100.01")
    return (
        "2025-03-03 new land seat 33.336633 @p_third_1",
        "2025-03-03 new land seat 33.336633 @p_third_2",
        "2025-03-03 new land seat 33.336734 @p_third_3",
    )


@case("W17")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-01-01").item(c.price("seat", "20"), 5)
    item.bill("2025-01-01", "2025-05-01").bill("2025-05-01", "2025-09-01", quantity=4)
    item.bill("2025-09-01", quantity=6)
    return (
        "2025-01-01 new land seat 100",
        "2025-05-01 contraction quantity seat -20",
        "2025-09-01 expansion quantity seat 40",
    )


@case("W17_flat")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-01-01", "seat", "100")
    return ("2025-01-01 new land seat 100",)


@case("W18")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-09-01", "seat", "1000", currency="usd")
    return ("2025-09-01 new land seat 1000=900", "2025-11-30 fx fx seat 0=50")


@case("W21")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "basic", "100")
    c.buy("2025-06-12", "addon", "30")
    return ("2025-02-01 new land basic 100", "2025-06-12 expansion cross_sell addon 30")


@case("W22")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "basic", "100")
    c.buy("2025-02-01", "addon", "30", 1, ("2025-06-12 12:00", "canceled"))
    return (
        "2025-02-01 new land basic 100",
        "2025-02-01 new land addon 30",
        "2025-06-12 contraction product_drop addon -30",
    )


@case("W24")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-03-31 23:30", "seat", "100", 1, ("2025-06-30 22:30", "canceled"))
    return ("2025-04-01 new land seat 100", "2025-07-01 churn voluntary seat -100")


# Links: one thing under two ids


@case("late_renewal")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "seat", "100", 1, ("2025-05-01 00:00", "canceled"))
    c.buy("2025-05-20", "seat", "100")
    return ("2025-02-01 new land seat 100",)


@case("late_payment")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    history = (("2025-05-10 10:00", "unpaid"), ("2025-05-25 10:00", "active"))
    c.buy("2025-02-01", "seat", "100", 1, *history)
    return ("2025-02-01 new land seat 100",)


@case("gap_of_31_days")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "seat", "100", 1, ("2025-05-01 12:00", "canceled"))
    c.buy("2025-06-01 12:00", "seat", "130")
    return ("2025-02-01 new land seat 100", "2025-06-01 expansion price seat 30")


@case("gap_of_32_days")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "seat", "100", 1, ("2025-05-01 12:00", "canceled"))
    c.buy("2025-06-02 12:00", "seat", "130")
    return (
        "2025-02-01 new land seat 100",
        "2025-05-01 churn voluntary seat -100",
        "2025-06-02 reactivation won_back seat 130",
    )


@case("migration")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "seat", "100", 1, ("2025-06-15 12:00", "canceled"))
    c.buy("2025-06-15 12:00", "seat", "100")
    return ("2025-02-01 new land seat 100",)


@case("migration_by_product")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "pro", "200", 1, ("2025-06-15 12:00", "canceled"))
    c.buy("2025-02-01", "basic", "100", 1, ("2025-06-15 12:00", "canceled"))
    c.buy("2025-06-15 12:00", "basic", "110")
    c.buy("2025-06-15 12:00", "pro", "190")
    return (
        "2025-02-01 new land pro 200",
        "2025-02-01 new land basic 100",
        "2025-06-15 expansion price basic 10",
        "2025-06-15 contraction price pro -10",
    )


@case("migration_of_five")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    for _number in range(5):
        c.buy("2025-02-01", "seat", "100", 1, ("2025-06-15 12:00", "canceled"))
    for _number in range(5):
        c.buy("2025-06-15 12:00", "seat", "100")
    return ("2025-02-01 new land seat 500",)


@case("chain_of_swaps")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "basic", "100", 1, ("2025-04-15 12:00", "canceled"))
    c.buy("2025-04-20 12:00", "pro", "150", 1, ("2025-06-15 12:00", "canceled"))
    c.buy("2025-06-20 12:00", "basic", "90", 1, ("2025-09-15 12:00", "canceled"))
    return (
        "2025-02-01 new land basic 100",
        "2025-04-20 expansion plan_change pro 50",
        "2025-06-20 contraction plan_change basic -60",
        "2025-09-15 churn voluntary basic -90",
    )


# Changes of rate


@case("price_and_quantity")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-02-01").item(c.price("seat", "100"), 2)
    item.bill("2025-02-01", "2025-05-01")
    item.bill("2025-05-01", price=c.price("seat", "110"), quantity=3)
    return (
        "2025-02-01 new land seat 200",
        "2025-05-01 expansion quantity seat 100",
        "2025-05-01 expansion price seat 30",
    )


@case("price_against_quantity")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-02-01").item(c.price("seat", "100"), 2)
    item.bill("2025-02-01", "2025-05-01")
    item.bill("2025-05-01", price=c.price("seat", "60"), quantity=3)
    return ("2025-02-01 new land seat 200", "2025-05-01 contraction price seat -20")


@case("escalator")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-02-01").item(c.price("seat", "100"))
    item.bill("2025-02-01", "2025-09-01")
    item.bill("2025-09-01", price=c.price("seat", "105", escalator="true"))
    return ("2025-02-01 new land seat 100", "2025-09-01 expansion escalator seat 5")


@case("plan_swap_on_the_item")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-02-01").item(c.price("pro", "150"))
    item.bill("2025-02-01", "2025-03-01").change("2025-02-11", price=c.price("basic", "100"))
    item.bill("2025-03-01")
    return ("2025-02-01 new land pro 150", "2025-02-11 contraction plan_change basic -50")


@case("from_free_to_paid")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    # the credit for the free plan is 0.00, as large as a debit may be
    item = c.subscribe("2025-02-01").item(c.price("starter", "0"))
    item.bill("2025-02-01", "2025-03-01").change("2025-02-11", price=c.price("pro", "150"))
    return ("2025-02-11 new land pro 150",)


@case("from_paid_to_free")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-02-01").item(c.price("pro", "150"))
    item.bill("2025-02-01", "2025-03-01").change("2025-02-11", price=c.price("starter", "0"))
    item.bill("2025-03-01")
    return ("2025-02-01 new land pro 150", "2025-02-11 churn voluntary pro -150")


@case("price_change_on_the_current_item")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.buy("2025-02-01", "seat", "100", 2)
    item.price = c.price("seat", "120")
    item.columns["_fivetran_synced"] = "2025-12-10 23:30"
    return ("2025-02-01 new land seat 200", "2025-12-11 expansion price seat 40")


@case("removed_with_credit")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    sub = c.subscribe("2025-02-01")
    sub.item(c.price("basic", "100")).bill("2025-02-01")
    addon = sub.item(c.price("addon", "30")).bill("2025-02-01", "2025-07-01")
    addon.remove("2025-06-10")
    return (
        "2025-02-01 new land basic 100",
        "2025-02-01 new land addon 30",
        "2025-06-10 contraction product_drop addon -30",
    )


@case("removed_without_credit")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    sub = c.subscribe("2025-02-01")
    sub.item(c.price("basic", "100")).bill("2025-02-01")
    sub.item(c.price("addon", "30")).bill("2025-02-01", "2025-07-01").remove()
    return (
        "2025-02-01 new land basic 100",
        "2025-02-01 new land addon 30",
        "2025-07-01 contraction product_drop addon -30",
    )


@case("two_changes_on_one_day")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-02-01").item(c.price("seat", "100"), 3)
    item.bill("2025-02-01", "2025-03-01")
    item.change("2025-02-11 08:00", 5).change("2025-02-11 16:00", 4).bill("2025-03-01")
    return ("2025-02-01 new land seat 300", "2025-02-11 expansion quantity seat 100")


@case("change_of_a_yearly_term")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-02-01").item(c.price("seat", "1000", every="year"), 2)
    item.bill("2025-02-01").change("2025-05-17", 3)
    return ("2025-02-01 new land seat 166.666667", "2025-05-17 expansion quantity seat 83.333333")


@case("added_in_the_middle")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    sub = c.subscribe("2025-02-01")
    sub.item(c.price("basic", "100")).bill("2025-02-01")
    addon = sub.item(c.price("addon", "30"))
    addon.line("2025-06-10", "2025-07-01", 2100, proration=True)
    addon.bill("2025-07-01")
    return ("2025-02-01 new land basic 100", "2025-06-10 expansion cross_sell addon 30")


@case("odd_length_term")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    # 5 months and 5 days: 1,885.00 / (5 + 5 * 12 / 365) = 365.00
    item = c.subscribe("2025-01-15").item(c.price("seat", "4380", every="year"))
    item.line("2025-01-15", "2025-06-20", 188500)
    item.bill("2025-06-20")
    return ("2025-01-15 new land seat 365",)


@case("fractions_of_a_cent")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    # 1,001 units of 0.00125 euro are 1.25125, invoiced as 1.25
    item = c.subscribe("2025-02-01").item(c.price("unit", "0.00125"), 1001)
    item.bill("2025-02-01", "2025-03-01").change("2025-02-11", 2003).bill("2025-03-01")
    return ("2025-02-01 new land unit 1.25", "2025-02-11 expansion quantity unit 1.25")


@case("yen")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "seat", "10000", currency="jpy")
    return ("2025-02-01 new land seat 10000=62.5",)


@case("dinars")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "seat", "10.505", currency="kwd")
    return ("2025-02-01 new land seat 10.505=32.828125",)


@case("pounds_and_seats")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-02-01").item(c.price("seat", "0.01", currency="gbp"), 1)
    item.bill("2025-02-01", "2025-05-01").bill("2025-05-01", quantity=3)
    return (
        "2025-02-01 new land seat 0.01=0.0125",
        "2025-05-01 expansion quantity seat 0.02=0.025",
    )


# Endings


@case("dunning_exhausted")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    history = (("2025-06-01 10:00", "past_due"), ("2025-06-21 10:00", "canceled"))
    c.buy("2025-02-01", "seat", "100", 1, *history)
    return ("2025-02-01 new land seat 100", "2025-06-21 churn involuntary seat -100")


@case("left_unpaid")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    history = (("2025-06-01 10:00", "past_due"), ("2025-06-21 10:00", "unpaid"))
    item = c.subscribe("2025-02-01", *history).item(c.price("seat", "100"))
    item.bill("2025-02-01", "2025-07-01")
    return ("2025-02-01 new land seat 100", "2025-06-21 churn involuntary seat -100")


@case("cancelled_with_refund")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.buy("2025-02-01", "seat", "100", 1, ("2025-06-11 10:00", "canceled"))
    _refund(item.subscription.customer, "2025-06-11 10:00", 6667)
    return ("2025-02-01 new land seat 100", "2025-06-11 churn voluntary seat -100")


@case("refund_for_goodwill")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.buy("2025-02-01", "seat", "100")
    _refund(c, "2025-06-11 10:00", 10000)
    raw.stripe.add(
        "credit_note", id="cn_goodwill", invoice_id=item.subscription.invoice(), status="issued",
        currency="eur", subtotal=4000, amount=4000, livemode=True, created="2025-06-11",
    )  # fmt: skip
    return ("2025-02-01 new land seat 100",)


@case("paid_too_late")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    history = (
        ("2025-06-01 10:00", "past_due"),
        ("2025-06-21 10:00", "unpaid"),
        ("2025-08-05 10:00", "active"),
    )
    c.buy("2025-02-01", "seat", "100", 1, *history)
    return (
        "2025-02-01 new land seat 100",
        "2025-06-21 churn involuntary seat -100",
        "2025-08-05 reactivation won_back seat 100",
    )


@case("cancelled_while_paused")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    history = (("2025-06-10 10:00", "paused"), ("2025-06-20 10:00", "canceled"))
    c.buy("2025-02-01", "seat", "100", 1, *history)
    return ("2025-02-01 new land seat 100", "2025-06-10 churn pause seat -100")


@case("cancellation_recorded_late")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    ended = {"ended_at": "2025-06-10 10:00"}
    c.buy("2025-02-01", "seat", "100", 1, ("2025-06-20 10:00", "canceled", ended))
    return ("2025-02-01 new land seat 100", "2025-06-10 churn voluntary seat -100")


@case("cancellation_withdrawn")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    plan = {"cancel_at_period_end": True, "current_period_end": "2025-05-01"}
    withdrawn = {"cancel_at_period_end": False, "current_period_end": "2025-05-01"}
    c.buy(
        "2025-02-01", "seat", "100", 1,
        ("2025-04-03 10:00", "active", plan), ("2025-04-10 10:00", "active", withdrawn),
        ("2025-07-11 10:00", "canceled"),
    )  # fmt: skip
    return ("2025-02-01 new land seat 100", "2025-07-11 churn voluntary seat -100")


@case("cancelled_before_the_planned_end")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    plan = {"cancel_at_period_end": True, "current_period_end": "2025-08-01"}
    history = (("2025-07-03 10:00", "active", plan), ("2025-07-11 10:00", "canceled"))
    c.buy("2025-02-01", "seat", "100", 1, *history)
    return ("2025-02-01 new land seat 100", "2025-07-11 churn voluntary seat -100")


@case("won_back")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "seat", "100", 1, ("2025-04-10 12:00", "canceled"))
    c.buy("2025-08-01", "seat", "120")
    return (
        "2025-02-01 new land seat 100",
        "2025-04-10 churn voluntary seat -100",
        "2025-08-01 reactivation won_back seat 120",
    )


@case("gone_within_the_month")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-03-03", "seat", "100", 1, ("2025-03-20 12:00", "canceled"))
    return ("2025-03-03 new land seat 100", "2025-03-20 churn voluntary seat -100")


@case("one_of_two_paused")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "basic", "100")
    history = (("2025-07-10 10:00", "paused"), ("2025-09-01 10:00", "active"))
    addon = c.subscribe("2025-02-10", *history).item(c.price("addon", "30"))
    addon.bill("2025-02-10", "2025-07-10").bill("2025-09-01 10:00")
    return (
        "2025-02-01 new land basic 100",
        "2025-02-10 expansion cross_sell addon 30",
        "2025-07-10 contraction pause addon -30",
        "2025-09-01 expansion quantity addon 30",
    )


@case("cancels_in_the_future")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    plan = {"cancel_at_period_end": True, "current_period_end": "2026-02-01"}
    c.buy("2025-02-01", "seat", "100", 1, ("2025-12-20 10:00", "active", plan))
    return ("2025-02-01 new land seat 100",)


@case("trial_not_converted")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    sub = c.subscribe(
        "2025-06-20", ("2025-07-04", "canceled"), status="trialing", trial_end="2025-07-04"
    )
    sub.item(c.price("seat", "100")).line("2025-06-20", "2025-07-04", 0)
    return ()


# Discounts


@case("discount_begins")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.buy("2025-02-01", "seat", "100")
    raw.stripe.coupon("ten_percent", percent="10")
    item.subscription.discount("ten_percent", "2025-06-01", older_form=True)
    return ("2025-02-01 new land seat 100", "2025-06-01 contraction discount_start seat -10")


@case("customer_wide_discount")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.buy("2025-02-01", "seat", "100", 2)
    item.subscription.discount("ten_percent", "2025-02-01", whole_customer=True)
    addon = c.buy("2025-02-01", "addon", "100")
    addon.subscription.discount("three_months", "2025-02-01")
    return (
        "2025-02-01 new land seat 180",
        "2025-02-01 new land addon 80",
        # the coupon of the subscription ends; the one of the customer takes its place
        "2025-05-01 expansion discount_end addon 10",
    )


@case("seats_under_a_discount")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-02-01").item(c.price("seat", "100"), 2)
    item.bill("2025-02-01", "2025-05-01").bill("2025-05-01", quantity=3)
    item.subscription.discount("ten_percent", "2025-02-01")
    return ("2025-02-01 new land seat 180", "2025-05-01 expansion quantity seat 90")


@case("amount_off_two_items")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    sub = c.subscribe("2025-03-01")
    sub.item(c.price("addon", "50")).bill("2025-03-01")
    sub.item(c.price("basic", "100")).bill("2025-03-01")
    sub.discount(raw.stripe.coupon("ten_euros", amount="10"), "2025-03-01")
    return ("2025-03-01 new land addon 46.666667", "2025-03-01 new land basic 93.333333")


@case("amount_off_a_year")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.buy("2025-03-01", "seat", "1200", every="year")
    item.subscription.discount("ten_euros", "2025-03-01")
    return ("2025-03-01 new land seat 99.166667",)


@case("more_off_than_there_is")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.buy("2025-03-01", "addon", "5")
    item.subscription.discount("ten_euros", "2025-03-01", "2025-06-01")
    return ("2025-06-01 new land addon 5",)


@case("everything_off")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.buy("2025-03-01", "seat", "100")
    coupon = raw.stripe.coupon("all_off", percent="100", duration="repeating", months=2)
    item.subscription.discount(coupon, "2025-03-01")
    return ("2025-05-01 new land seat 100",)


@case("once_on_a_whole_period")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-03-01").item(c.price("seat", "100"))
    invoice = item.subscription.invoice()
    item.line("2025-03-01", "2025-04-01", 10000, invoice=invoice)
    item.bill("2025-04-01")
    raw.stripe.coupon("half_once", percent="50", duration="once")
    item.subscription.discount("half_once", "2025-03-01", invoice=invoice)
    return ("2025-03-01 new land seat 50", "2025-04-01 expansion discount_end seat 50")


@case("once_on_a_part_period")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-03-01").item(c.price("seat", "100"))
    item.bill("2025-03-01", "2025-04-01")
    invoice = item.subscription.invoice()
    item.change("2025-03-11", 2, invoice=invoice).bill("2025-04-01")
    item.subscription.discount("half_once", "2025-03-11", invoice=invoice)
    return ("2025-03-01 new land seat 100", "2025-03-11 expansion quantity seat 100")


# Corrections, and rows that are no evidence


@case("credit_note_for_a_wrong_price")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-02-01").item(c.price("seat", "100"))
    item.bill("2025-02-01", "2025-05-01")
    line = item.line("2025-05-01", "2025-06-01", 15000)
    item.bill("2025-06-01")
    metadata = json.dumps({"correction": "price", "invoice_line_item_id": line})
    raw.stripe.add(
        "credit_note", id="cn_price", invoice_id=item.subscription.invoice(), status="issued",
        currency="eur", subtotal=5000, amount=6050, livemode=True, created="2025-05-20",
        metadata=metadata,
    )  # fmt: skip
    return ("2025-02-01 new land seat 100",)


@case("void_credit_note")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-02-01").item(c.price("seat", "100"))
    item.bill("2025-02-01", "2025-05-01")
    line = item.line("2025-05-01", "2025-06-01", 10000)
    item.bill("2025-06-01")
    metadata = json.dumps({"correction": "price", "invoice_line_item_id": line})
    raw.stripe.add(
        "credit_note", id="cn_void", invoice_id=item.subscription.invoice(), status="void",
        currency="eur", subtotal=5000, amount=6050, livemode=True, created="2025-05-20",
        voided_at="2025-05-21", metadata=metadata,
    )  # fmt: skip
    return ("2025-02-01 new land seat 100",)


@case("void_invoice")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.buy("2025-02-01", "seat", "100")
    item.line("2025-05-01", "2025-06-01", 50000, status="void", quantity=5)
    item.line("2025-06-10", "2025-07-01", 50000, status="draft", quantity=5, proration=True)
    return ("2025-02-01 new land seat 100",)


@case("older_versions_arrive_late")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.buy("2025-02-01", "seat", "100", 2)
    old = {"subscription_id": item.subscription.id, "plan_id": item.price.id, "quantity": 9}
    raw.stripe.add("subscription_item", id=item.id, **old, _fivetran_synced="2025-11-01")
    old_line = next(
        row for row in raw.rows["stripe", "invoice_line_item"]
        if row["subscription_item_id"] == item.id
    )  # fmt: skip
    raw.stripe.add(
        "invoice_line_item",
        **{**old_line, "amount": 99900, "quantity": 9, "_fivetran_synced": "2025-02-02"},
    )
    return ("2025-02-01 new land seat 200",)


@case("negative_line")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.buy("2025-02-01", "seat", "100")
    item.line("2025-06-10", "2025-07-10", -5000, id="il_negative")
    return ("2025-02-01 new land seat 100",)


@case("impossible_period")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.buy("2025-02-01", "seat", "100")
    item.line("2025-06-10", "2025-05-10", 50000, id="il_backwards", quantity=5)
    item.line("1900-01-01", "1900-02-01", 50000, id="il_1900", quantity=5)
    return ("2025-02-01 new land seat 100",)


# What is not recurring revenue


@case("not_for_resale")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    for kind in ("not_for_resale", "internal_use"):
        sub = c.subscribe("2025-02-01", metadata=json.dumps({"license_type": kind}))
        sub.item(c.price("seat", "100")).bill("2025-02-01")
    return ()


@case("test_mode")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.subscribe("2025-02-01", livemode=False).item(c.price("seat", "100")).bill("2025-02-01")
    return ()


@case("metered_with_a_minimum")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    price = c.price("usage", "0.01", usage="metered", committed_minimum="50000")
    item = c.subscribe("2025-02-01").item(price, None)
    for month in range(2, 12):
        item.line(f"2025-{month:02d}-01", f"2025-{month + 1:02d}-01", 61000 + month)
    return ("2025-02-01 new land usage 500",)


@case("metered_without_a_minimum")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-02-01").item(c.price("usage", "0.01", usage="metered"), None)
    item.line("2025-02-01", "2025-03-01", 61234)
    return ()


@case("one_off_and_pass_through")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    raw.stripe.product("fee", "pass_through")
    raw.stripe.product("router", "hardware")
    sub = c.subscribe("2025-02-01")
    seat = sub.item(c.price("seat", "100")).bill("2025-02-01")
    sub.item(c.price("fee", "12")).bill("2025-02-01")
    router = c.price("router", "900", kind="one_time")
    one_off = {"subscription_item_id": None, "type": "invoiceitem", "plan_id": router.id}
    seat.line("2025-02-01", "2025-02-01", 90000, **one_off)
    return ("2025-02-01 new land seat 100",)


# Rows that are held back


@case("unknown_price")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    price = replace(c.price("seat", "100"), id="price_gone")
    c.subscribe("2025-02-01").item(price).line("2025-02-01", "2025-03-01", 10000, id="il_gone")
    return ()


@case("unknown_currency")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    item = c.subscribe("2025-02-01").item(c.price("seat", "100", currency="zzz"))
    item.line("2025-02-01", "2025-03-01", 10000, id="il_zzz")
    return ()


@case("missing_rate")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "seat", "100", currency="try")
    return ()


# Partners


@case("no_partner", partner=False)
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    c.buy("2025-02-01", "seat", "100")
    return ("2025-02-01 new land seat 100",)


@case("no_crm_account", partner=False, customer="cus_orphan")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    replace(c, billing_account=raw.stripe.customer("orphan")).buy("2025-02-01", "seat", "100")
    return ("2025-02-01 new land seat 100",)


@case("over_100_percent", partner=False)
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    raw.association("over_100_percent", "p_late", "40", recorded="2025-03-01", name="assoc_late")
    raw.association("over_100_percent", "p_first", "70", recorded="2025-02-01")
    c.buy("2025-02-01", "seat", "100")
    return ("2025-02-01 new land seat 70 @p_first", "2025-02-01 new land seat 30 @direct")


@case("subscription_overrides_customer", partner=False)
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    raw.association(c.name, "p_wide")
    raw.association(c.name, "p_own", "60", subscription=f"sub_{c.name}_2")
    c.buy("2025-02-01", "basic", "100")
    c.buy("2025-03-01", "addon", "30")
    return (
        "2025-02-01 new land basic 100 @p_wide",
        "2025-03-01 expansion cross_sell addon 18 @p_own",
        "2025-03-01 expansion cross_sell addon 12 @direct",
    )


@case("influence_is_no_revenue")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    raw.association(c.name, "p_influencer", role="influencer", recorded="2024-01-01")
    raw.association(c.name, "p_distributor", role="distributor", recorded="2024-01-01")
    c.buy("2025-02-01", "seat", "100")
    return ("2025-02-01 new land seat 100",)


@case("split_changes", partner=False)
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    raw.association(c.name, "p_more", "70", until="2025-06-30 22:00")
    raw.association(c.name, "p_less", "30", until="2025-06-30 22:00")
    raw.association(c.name, "p_more", "50", since="2025-06-30 22:00")
    raw.association(c.name, "p_less", "50", since="2025-06-30 22:00")
    c.buy("2025-02-01", "seat", "100")
    return (
        "2025-02-01 new land seat 70 @p_more",
        "2025-02-01 new land seat 30 @p_less",
        "2025-07-01 transfer_out split_change seat -20 @p_more",
        "2025-07-01 transfer_in split_change seat 20 @p_less",
    )


@case("transfer_and_growth_on_one_day", partner=False)
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    raw.association(c.name, "p_before", until="2025-06-30 22:00")
    raw.association(c.name, "p_after", "80", since="2025-06-30 22:00")
    item = c.subscribe("2025-02-01").item(c.price("seat", "100"))
    item.bill("2025-02-01", "2025-07-01").bill("2025-07-01", quantity=2)
    return (
        "2025-02-01 new land seat 100 @p_before",
        "2025-07-01 transfer_out change_of_record seat -100 @p_before",
        "2025-07-01 transfer_in change_of_record seat 80 @p_after",
        "2025-07-01 transfer_in change_of_record seat 20 @direct",
        "2025-07-01 expansion quantity seat 80 @p_after",
        "2025-07-01 expansion quantity seat 20 @direct",
    )


@case("swap_to_another_partner", partner=False)
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    raw.association(c.name, "p_of_old", subscription=f"sub_{c.name}")
    raw.association(c.name, "p_of_new", subscription=f"sub_{c.name}_2")
    c.buy("2025-02-10", "basic", "100", 1, ("2025-04-10 09:00", "canceled"))
    c.buy("2025-04-10 09:05", "pro", "150")
    return (
        "2025-02-10 new land basic 100 @p_of_old",
        "2025-04-10 transfer_out change_of_record basic -100 @p_of_old",
        "2025-04-10 transfer_in change_of_record basic 100 @p_of_new",
        "2025-04-10 expansion plan_change pro 50 @p_of_new",
    )


@case("without_a_partner_for_a_month", partner=False)
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    raw.association(c.name, "p_on_and_off", until="2025-04-30 22:00")
    raw.association(c.name, "p_on_and_off", since="2025-05-31 22:00")
    c.buy("2025-02-01", "seat", "100")
    return (
        "2025-02-01 new land seat 100 @p_on_and_off",
        "2025-05-01 transfer_out change_of_record seat -100 @p_on_and_off",
        "2025-05-01 transfer_in change_of_record seat 100 @direct",
        "2025-06-01 transfer_out change_of_record seat -100 @direct",
        "2025-06-01 transfer_in change_of_record seat 100 @p_on_and_off",
    )


@case("deleted_association", partner=False)
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    raw.association(c.name, "p_deleted", is_deleted=True)
    c.buy("2025-02-01", "seat", "100")
    return ("2025-02-01 new land seat 100",)


@case("billed_to_a_reseller")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    reseller = raw.stripe.customer("reseller")
    _buy_through(c, reseller, "100")
    return ("2025-02-01 new land seat 100",)


@case("billed_to_the_same_reseller")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    _buy_through(c, "cus_reseller", "300")
    return ("2025-02-01 new land seat 300",)


# Two accounts of the billing system, with the same ids in both


@case("second_account")
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    account = raw.second_stripe.customer("W1", crm_account=c.name)
    Customer(raw, raw.second_stripe, "W1", account).buy("2025-01-20", "seat", "100", 2)
    return ("2025-01-20 new land stripe__us:seat 200",)


@case("second_account_own_partner", partner=False)
def _(c: Customer, raw: RawFolder) -> tuple[str, ...]:
    raw.association(c.name, "p_us", subscription=f"sub_{c.name}")
    account = raw.second_stripe.customer(c.name, crm_account=c.name)
    Customer(raw, raw.second_stripe, c.name, account).buy("2025-01-20", "seat", "100")
    return ("2025-01-20 new land stripe__us:seat 100 @p_us",)


def _refund(customer: Customer, at: str, amount: int) -> None:
    money = {"currency": "eur", "amount": amount, "created": at}
    charge = f"ch_{customer.name}"
    account = customer.billing_account
    customer.stripe.add("charge", id=charge, customer_id=account, status="succeeded", **money)
    customer.stripe.add(
        "refund", id=f"re_{customer.name}", charge_id=charge, status="succeeded", **money
    )


def _buy_through(customer: Customer, reseller: str, amount: str) -> None:
    metadata = json.dumps({"end_customer_id": customer.name})
    sub = replace(customer, billing_account=reseller).subscribe("2025-02-01", metadata=metadata)
    sub.item(customer.price("seat", amount)).bill("2025-02-01")
