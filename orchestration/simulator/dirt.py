"""Dirt in the rows of one customer: what every extract has, and what must change no figure.

Every third customer gets one kind, in turn, so that each kind occurs in a run of any size. Rows
that are added have keys of their own or are older than the good row; rows that are touched lose
nothing that a figure needs. Everything is noted in `dirt_log`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orchestration.simulator.associations import WHOLE
from orchestration.simulator.billing import Rows
from orchestration.simulator.clock import DAY
from orchestration.simulator.config import AS_OF
from orchestration.simulator.smear import (
    FAR_AHEAD,
    LONG_AGO,
    NAUGHTY,
    POSITIONS,
    SYNCED,
    Log,
    Smear,
    change,
    other_id,
    renamed,
    value_of,
)
from orchestration.simulator.stories import Story

EVERY = 3


def smear(story: Story, rows: Rows, log: Log, seed: int | str) -> None:
    """Put the customer's share of dirt on its rows (in place)."""
    number = story.customer.number
    if number % EVERY == 0:
        ACTIONS[number // EVERY % len(ACTIONS)](Smear(story, rows, log, seed))


def _replay(one: Smear) -> None:
    for table, _, row, _ in list(one.each(dict.fromkeys(list(one.rows)))):
        one.add(table, row, "replay")


_OLDER: dict[str, dict[str, Any]] = {
    "stripe.customer": {"name": "Former name", "email": None},
    "stripe.subscription": {"status": "active", "ended_at": None, "canceled_at": None},
    "stripe.subscription_item": {"quantity": 1},
    "stripe.invoice": {"status": "open", "paid": False, "amount_paid": 0},
    "stripe.invoice_line_item": {"amount": 1, "description": "Draft of this line"},
    "salesforce.account": {"name": "Former name", "industry": None},
    "salesforce.contact": {"title": "Intern"},
    "salesforce.opportunity": {"stage_name": "Prospecting", "is_closed": False, "is_won": False},
    "zendesk.ticket": {"status": "open", "priority": "low"},
    "zendesk.organization": {"name": "Former name"},
    "partner_portal.partner_association": {"split_percent": 10_000},
    "partner_portal.deal_registration": {"status": "submitted"},
    "product_usage.daily_usage": {"seats_used": 0},
}


def _older_version(one: Smear) -> None:
    for table, _, row, values in one.each(_OLDER):
        synced = value_of(table, row, SYNCED) - one.rng.randint(1, 9) * DAY
        one.add(table, change(table, row, synced=synced, **values), "older_version")


def _late(one: Smear) -> None:
    """An old event that the connector brought only now."""
    found = one.any_row("stripe.invoice")
    if found is not None:
        index, invoice = found
        one.rows["stripe.invoice"][index] = change("stripe.invoice", invoice, synced=AS_OF)
        one.note("stripe.invoice", invoice, "late")
        lines = one.rows["stripe.invoice_line_item"]
        for place, line in enumerate(lines):
            if line[1] == invoice[0]:
                lines[place] = change("stripe.invoice_line_item", line, synced=AS_OF)
                one.note("stripe.invoice_line_item", line, "late")
    tables = ("zendesk.ticket_comment", "product_usage.daily_usage", "stripe.subscription_history")
    for table, index, row, _ in one.each(dict.fromkeys(tables)):
        one.rows[table][index] = change(table, row, synced=AS_OF)
        one.note(table, row, "late")


_OPTIONAL: dict[str, tuple[str, ...]] = {
    "stripe.customer": ("email", "address_country", "tax_exempt", "currency"),
    "stripe.subscription": ("billing", "quantity", "billing_cycle_anchor"),
    "stripe.invoice": ("due_date", "billing_reason", "number", "attempt_count"),
    "stripe.invoice_line_item": ("description", "discountable", "unique_id"),
    "salesforce.account": ("industry", "number_of_employees", "rating", "website", "name"),
    "salesforce.opportunity": ("lead_source", "next_step"),
    "zendesk.ticket": ("priority", "subject", "type"),
    "partner_portal.deal_registration": ("person_id", "decided_at"),
    "product_usage.daily_usage": ("feature_events",),
}


def _null_optional(one: Smear) -> None:
    for table, index, row, names in one.each(_OPTIONAL):
        one.rows[table][index] = change(table, row, **dict.fromkeys(names))
        one.note(table, row, "null_optional")


_TEXT = {
    "stripe.customer": "name",
    "stripe.invoice_line_item": "description",
    "salesforce.account": "name",
    "salesforce.contact": "last_name",
    "salesforce.opportunity": "name",
    "zendesk.ticket": "subject",
    "zendesk.ticket_comment": "body",
}


def _bad_encoding(one: Smear) -> None:
    for table, index, row, name in one.each(_TEXT):
        one.rows[table][index] = change(table, row, **{name: one.rng.choice(NAUGHTY)})
        one.note(table, row, "bad_encoding")
    for table, _, row, _ in one.each({"salesforce.account": None, "salesforce.contact": None}):
        broken = change(table, row, id=f"{value_of(table, row, 'id')[:10]}\ufffd\x02")
        one.add(table, broken, "damaged_key")


_REQUIRED = {
    "stripe.customer": "id",
    "stripe.subscription": "status",
    "stripe.subscription_history": "status",
    "stripe.subscription_item": "plan_id",
    "stripe.invoice": "status",
    "stripe.invoice_line_item": "amount",
    "salesforce.account": "id",
    "salesforce.opportunity": "id",
    "zendesk.ticket": "id",
    "partner_portal.partner_association": "partner_id",
    "product_usage.daily_usage": "subscription_item_id",
}


def _null_required(one: Smear) -> None:
    for table, _, row, name in one.each(_REQUIRED):
        broken = change(table, other_id(table, row, "null"), **{name: None})
        one.add(table, broken, "null_required")


_PARENTS = {
    "stripe.subscription": "customer_id",
    "stripe.subscription_history": "id",
    "stripe.subscription_item": "subscription_id",
    "stripe.invoice_line_item": "invoice_id",
    "stripe.charge": "invoice_id",
    "stripe.credit_note": "invoice_id",
    "salesforce.contact": "account_id",
    "salesforce.opportunity": "account_id",
    "salesforce.opportunity_line_item": "opportunity_id",
    "partner_portal.deal_registration": "partner_id",
    "product_usage.daily_usage": "subscription_item_id",
}


def _orphan(one: Smear) -> None:
    number = one.story.customer.number
    for table, _, row, name in one.each(_PARENTS):
        tagged = change(table, other_id(table, row, "orphan"), **{name: f"missing_{number}"})
        if "metadata" in POSITIONS[table]:
            tagged = change(table, tagged, metadata=None)
        one.add(table, tagged, "orphan")
    numbers = {"zendesk.ticket": "organization_id", "zendesk.ticket_comment": "ticket_id"}
    for table, _, row, name in one.each(numbers):
        tagged = other_id(table, row, "orphan")
        one.add(table, change(table, tagged, **{name: 1_000 + number}), "orphan")
    for _, _, row, _ in one.each({"partner_portal.partner_association": None}):
        for name in ("customer_id", "partner_id"):
            tagged = other_id("partner_portal.partner_association", row, f"orphan_{name[0]}")
            tagged = change(
                "partner_portal.partner_association", tagged, **{name: f"missing_{number}"}
            )
            one.add("partner_portal.partner_association", tagged, "orphan")


def _impossible_date(one: Smear) -> None:
    line, association = "stripe.invoice_line_item", "partner_portal.partner_association"
    found = one.any_row(line)
    if found is not None:
        row = found[1]
        backwards = value_of(line, row, "period_start") - 40 * DAY
        tagged = other_id(line, row, "backwards")
        one.add(line, change(line, tagged, period_end=backwards), "impossible_date")
        tagged = other_id(line, row, "year2999")
        one.add(line, change(line, tagged, period_start=FAR_AHEAD, period_end=FAR_AHEAD + DAY),
                "impossible_date")  # fmt: skip
    found = one.any_row(association)
    if found is not None:
        row = found[1]
        since = value_of(association, row, "valid_from")
        tagged = other_id(association, row, "backwards")
        one.add(association, change(association, tagged, valid_to=since - DAY), "impossible_date")
        tagged = other_id(association, row, "year1900")
        one.add(association, change(association, tagged, valid_from=LONG_AGO), "impossible_date")
    dates: dict[str, tuple[str, int]] = {
        "stripe.invoice": ("period_end", LONG_AGO),
        "stripe.subscription": ("ended_at", LONG_AGO),
        "salesforce.opportunity": ("close_date", LONG_AGO // DAY),
        "salesforce.task": ("activity_date", FAR_AHEAD // DAY),
        "zendesk.ticket": ("created_at", FAR_AHEAD),
        "product_usage.daily_usage": ("usage_date", LONG_AGO // DAY),
    }
    for table, _, row, (name, moment) in one.each(dates):
        tagged = change(table, other_id(table, row, "date"), **{name: moment})
        one.add(table, tagged, "impossible_date")


def _unknown_price(one: Smear) -> None:
    number = one.story.customer.number
    tables = ("stripe.subscription_item", "stripe.invoice_line_item")
    for table, _, row, _ in one.each(dict.fromkeys(tables)):
        tagged = change(table, other_id(table, row, "price"), plan_id=f"price_gone_{number}")
        one.add(table, tagged, "unknown_price")


def _unknown_currency(one: Smear) -> None:
    tables = ("stripe.invoice", "stripe.invoice_line_item", "stripe.charge")
    for table, _, row, _ in one.each(dict.fromkeys(tables)):
        tagged = change(table, other_id(table, row, "zzz"), currency="zzz")
        one.add(table, tagged, "unknown_currency")


def _deleted(one: Smear) -> None:
    invoice, line = "stripe.invoice", "stripe.invoice_line_item"
    found = one.any_row(invoice)
    if found is not None:
        gone = change(invoice, other_id(invoice, found[1], "deleted"), is_deleted=True,
                      status="draft")  # fmt: skip
        one.add(invoice, gone, "deleted")
        for row in [row for row in one.rows[line] if row[1] == found[1][0]]:
            tagged = change(line, other_id(line, row, "deleted"), invoice_id=gone[0])
            one.add(line, tagged, "deleted")
    tables = (
        "salesforce.account", "salesforce.contact", "salesforce.opportunity", "salesforce.task",
        "partner_portal.partner_association",
    )  # fmt: skip
    for table, _, row, _ in one.each(dict.fromkeys(tables)):
        one.add(table, change(table, other_id(table, row, "del"), is_deleted=True), "deleted")


def _over_the_whole(one: Smear) -> None:
    """A second claim on a customer that is fully served: recorded later, so it must not count."""
    table = "partner_portal.partner_association"
    claims = [
        row for row in one.rows.get(table, []) if value_of(table, row, "split_percent") == WHOLE
    ]
    counted = [association for association in one.story.associations if association.counts]
    if len(counted) != 1 or counted[0].split != WHOLE or not claims:
        return
    row = next(row for row in claims if row[0] == counted[0].id)
    recorded = min(AS_OF - DAY // 2, value_of(table, row, "recorded_at") + 30 * DAY)
    extra = change(table, other_id(table, row, "z_over"), role="msp", split_percent=600_000,
                   partner_id=one.rng.choice(("ptr_00007", "ptr_00011")), recorded_at=recorded,
                   is_of_record=True)  # fmt: skip
    one.add(table, extra, "over_100_percent")


def _copy_billing(one: Smear, tag: str, kind: str, **values: Any) -> None:
    """The customer's whole billing under other ids, with some columns changed."""
    for table in [table for table in one.rows if table.startswith("stripe.")]:
        known = {name: value for name, value in values.items() if name in POSITIONS[table]}
        for row in list(one.rows[table]):
            copy = tuple(renamed(value, tag) for value in row)
            one.add(table, change(table, copy, **known), kind)


def _test_mode(one: Smear) -> None:
    _copy_billing(one, "test", "test_mode", livemode=False)


def _no_rate(one: Smear) -> None:
    """A customer billed in a currency for which there has never been a rate."""
    subs = one.story.customer.subscriptions
    simple = len(subs) == 1 and len(subs[0].items) == 1 and not subs[0].discounts
    item = subs[0].items[0]
    price = item.steps[0].price
    if simple and len(item.steps) == 1 and not price.metered and not subs[0].one_time:
        plan = f"price_try_{price.count}{str(price.interval)[0]}"
        _copy_billing(one, "try", "no_rate", currency="try", plan_id=plan)


ACTIONS: tuple[Callable[[Smear], None], ...] = (
    _replay, _older_version, _late, _null_optional, _bad_encoding, _null_required, _orphan,
    _impossible_date, _unknown_price, _unknown_currency, _deleted, _over_the_whole, _test_mode,
    _no_rate, _replay, _older_version, _no_rate, _over_the_whole,
)  # fmt: skip
