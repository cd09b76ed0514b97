"""Dirt in what is not about one customer: catalogue, rates, partners and their people."""

from __future__ import annotations

import random

from orchestration.simulator import catalogue
from orchestration.simulator.billing import Row, Rows
from orchestration.simulator.clock import DAY
from orchestration.simulator.config import AS_OF
from orchestration.simulator.smear import (
    FAR_AHEAD,
    LONG_AGO,
    NAUGHTY,
    SYNCED,
    Log,
    change,
    key_of,
    other_id,
    value_of,
)

_COPIES = 12
_RATE = "exchange_rates.daily_rate"
_PARENTS = {
    "stripe.price": "product_id",
    "partner_portal.person": "partner_id",
    "partner_portal.certification": "person_id",
    "partner_portal.training": "course_id",
    "partner_portal.portal_login": "person_id",
    "partner_portal.message": "partner_id",
}
_OLDER = {
    "stripe.product": "name",
    "partner_portal.partner": "name",
    "partner_portal.person": "full_name",
    "salesforce.user": "name",
    "zendesk.user": "name",
}
_DATES = {
    "partner_portal.certification": "completed_at",
    "partner_portal.training": "enrolled_at",
    "partner_portal.message": "sent_at",
    "partner_portal.portal_login": "logged_in_at",
}
_DELETED = ("stripe.product", "stripe.price", "partner_portal.partner", "partner_portal.person")
_NAMES = {"partner_portal.partner": "name", "partner_portal.person": "full_name"}


class _Common:
    """Adds dirty rows to the common tables and logs them."""

    def __init__(self, rows: Rows, log: Log, seed: int) -> None:
        self.rows = rows
        self.log = log
        self.rng = random.Random(f"{seed}:dirt:common")

    def note(self, table: str, row: Row, kind: str) -> None:
        source, name = table.split(".")
        self.log.append((source, name, key_of(table, row), kind))

    def add(self, table: str, row: Row, kind: str) -> None:
        self.rows[table].append(row)
        self.note(table, row, kind)

    def pick(self, table: str, count: int = _COPIES) -> list[Row]:
        found = self.rows[table]
        return self.rng.sample(found, min(count, len(found)))


def smear_common(rows: Rows, log: Log, seed: int) -> None:
    """Put dirt on the common tables (in place)."""
    one = _Common(rows, log, seed)
    tables = list(rows)
    for table in tables:
        for row in one.pick(table, 4):
            one.add(table, row, "replay")
    for table, name in _OLDER.items():
        for row in one.pick(table):
            synced = value_of(table, row, SYNCED) - 20 * DAY
            one.add(
                table, change(table, row, synced=synced, **{name: "Former name"}), "older_version"
            )
    for table, name in _PARENTS.items():
        for row in one.pick(table):
            tagged = change(table, other_id(table, row, "orphan"), **{name: "missing_parent"})
            one.add(table, tagged, "orphan")
    for table, name in _DATES.items():
        for row in one.pick(table):
            moment = one.rng.choice((LONG_AGO, FAR_AHEAD))
            tagged = change(table, other_id(table, row, "date"), **{name: moment})
            one.add(table, tagged, "impossible_date")
    for table in _DELETED:
        for row in one.pick(table, 4):
            one.add(table, change(table, other_id(table, row, "del"), is_deleted=True), "deleted")
    for table in ("stripe.product", "stripe.price"):
        for row in one.pick(table, 6):
            one.add(table, change(table, other_id(table, row, "test"), livemode=False), "test_mode")
    for table in ("stripe.price", "partner_portal.partner", "partner_portal.message"):
        for row in one.pick(table, 5):
            one.add(table, change(table, row, id=None), "null_required")
    for table, name in _NAMES.items():
        for row in one.pick(table, 10):
            index = rows[table].index(row)
            rows[table][index] = change(table, row, **{name: one.rng.choice(NAUGHTY)})
            one.note(table, row, "bad_encoding")
    _currencies(one)
    _rates(one)


def _currencies(one: _Common) -> None:
    """Prices in a currency that does not exist, and in one that no rate was ever landed for."""
    table = "stripe.price"
    for row in one.pick(table, 6):
        one.add(
            table, change(table, other_id(table, row, "zzz"), currency="zzz"), "unknown_currency"
        )
    for term in catalogue.TERMS:
        interval, count = term
        wanted = catalogue.price(catalogue.CORE, "eur", term).id
        source = next(row for row in one.rows[table] if row[0] == wanted)
        name = f"price_try_{count}{interval[0]}"
        one.add(table, change(table, source, id=name, currency="try"), "no_rate")


def _rates(one: _Common) -> None:
    for row in one.pick(_RATE):
        synced = value_of(_RATE, row, SYNCED) - DAY
        rate = value_of(_RATE, row, "rate") * 2
        one.add(_RATE, change(_RATE, row, synced=synced, rate=rate), "older_version")
    for row in one.pick(_RATE):
        one.add(_RATE, change(_RATE, row, currency="ZZZ"), "unknown_currency")
    for row in one.pick(_RATE):
        one.add(_RATE, change(_RATE, row, rate=None), "null_required")
    for row in one.pick(_RATE):
        moment = one.rng.choice((LONG_AGO, FAR_AHEAD)) // DAY
        one.add(_RATE, change(_RATE, row, rate_date=moment), "impossible_date")
    for row in one.pick(_RATE):
        one.add(_RATE, change(_RATE, row, synced=AS_OF), "late")
