"""What should become of every raw row, worked out from the source contract without any SQL.

The judge reads the contract's YAML (types, required, ranges, listed values, keys) and the parents
and checks written down here a second time. For each row it gives the verdict and every rule that
the row breaks: the warehouse may name any one of them as the reason, and nothing else.
"""

from __future__ import annotations

import csv
import decimal
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import yaml

from orchestration.settings import PROJECT_DIR

Key = tuple[str, str]  # source, table
Row = dict[str, str | None]  # a raw row as text, None for null; `source_relation` among it
FAILED = object()  # a text that cannot be read as its type
FIRST_YEAR, LAST_YEAR = datetime(1990, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - UTC throughout
DAMAGED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufffd]|^ | $"
)
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
INSTANT = re.compile(
    r"(\d{4,6})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?"
)
TRUE, FALSE = {"true", "t", "1", "yes", "y"}, {"false", "f", "0", "no", "n"}


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    rules: dict[str, Any]


@dataclass(frozen=True)
class Table:
    source: str
    name: str
    columns: dict[str, Column]
    key: tuple[str, ...]
    meta: dict[str, Any]

    @property
    def full_name(self) -> str:
        return f"{self.source}.{self.name}"


@dataclass
class Verdict:
    """`ties` is true where one of several equal versions is accepted, whichever it is."""

    status: str
    reasons: set[tuple[str, str]] = field(default_factory=set)
    ties: bool = False


def load_tables() -> dict[Key, Table]:
    tables = {}
    for path in sorted(PROJECT_DIR.glob("models/staging/*/_*__sources.yml")):
        for source in yaml.safe_load(path.read_text("utf-8"))["sources"]:
            for entry in source["tables"]:
                columns = {
                    one["name"]: Column(
                        one["name"], one["data_type"], one.get("config", {}).get("meta", {})
                    )
                    for one in entry["columns"]
                }
                meta = entry["config"]["meta"]
                key = (source["name"], entry["name"])
                tables[key] = Table(*key, columns, tuple(meta["key"]), meta)
    return tables


TABLES = load_tables()


def seed_values(name: str, column: str) -> set[str]:
    with (PROJECT_DIR / "seeds" / f"{name}.csv").open(encoding="utf-8") as file:
        return {row[column] for row in csv.DictReader(file)}


CURRENCIES = seed_values("currencies", "currency_code")
ROLES = seed_values("partner_roles", "role")


# --- reading a text as a type ------------------------------------------------------------------


def parse(text: str | None, kind: str) -> Any:
    """The typed value; None for nothing there, FAILED for what cannot be read."""
    if kind == "varchar":
        return text if text is not None and text.strip(" ") else None
    if text is None or not text.strip(" "):
        return None
    text = text.strip(" ")
    if kind in ("bigint", "integer"):
        return _integer(text)
    if kind.startswith("decimal"):
        precision, scale = map(int, kind[8:-1].split(","))
        return _decimal(text, precision, scale)
    if kind == "boolean":
        lowered = text.lower()
        return True if lowered in TRUE else False if lowered in FALSE else FAILED
    if kind == "timestamp":
        return _instant(text)
    assert kind == "date", kind
    value = _instant(text, is_date=True)
    return value if value is FAILED or not isinstance(value, datetime) else value.date()


def _decimal(text: str, precision: int, scale: int) -> Any:
    if not NUMBER.fullmatch(text):
        return FAILED
    try:
        number = Decimal(text)
        if number and number.adjusted() > 60:
            return FAILED
        if number and number.adjusted() < -60:
            return Decimal(0)
        with decimal.localcontext() as context:
            context.prec = 200
            value = number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    except InvalidOperation:
        return FAILED
    return value if abs(value) < Decimal(10) ** (precision - scale) else FAILED


def _integer(text: str) -> Any:
    value = _decimal(text, 38, 9)
    if value is FAILED or value != value.to_integral_value():
        return FAILED
    return int(value) if -(2**63) <= value < 2**63 else FAILED


def _instant(text: str, is_date: bool = False) -> Any:
    """An instant as UTC without a zone. Years that Python does not know are far in the future."""
    if text.lower() in ("infinity", "-infinity"):
        return LAST_YEAR + timedelta(days=36500)
    match = INSTANT.fullmatch(text)
    if not match:
        return FAILED
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    beyond = int(year) > 9999
    try:
        micros = int((fraction or "0").ljust(9, "0")[:6])
        given = (2000 if beyond else year, month, day, hour or 0, minute or 0, second or 0)
        value = datetime(*map(int, given), micros)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return FAILED
    if zone and zone != "Z" and not is_date:
        digits = zone[1:].replace(":", "").ljust(4, "0")
        shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        value = value - shift if zone[0] == "+" else value + shift
    return LAST_YEAR + timedelta(days=36500) if beyond else value


# --- what a row must belong to, and the checks of a table ---------------------------------------


@dataclass(frozen=True)
class Parent:
    column: str
    table: str  # source.table, or `currencies`, `roles`, `known_item`
    reason: str = "orphan_key"
    same_source: bool = True
    match: Callable[[dict[str, Any]], Any] | None = None

    def value(self, typed: dict[str, Any]) -> Any:
        return self.match(typed) if self.match else typed[self.column]


def _currency(column: str) -> Parent:
    return Parent(
        column, "currencies", "unknown_currency", False,
        lambda typed: typed[column].upper() if isinstance(typed[column], str) else None,
    )  # fmt: skip


def _metadata(key: str) -> Callable[[dict[str, Any]], Any]:
    def read(typed: dict[str, Any]) -> Any:
        return json_text(typed["metadata"], key)

    return read


def json_text(document: str | None, key: str) -> Any:
    try:
        found = json.loads(document or "")
    except (ValueError, RecursionError):
        return None
    value = found.get(key) if isinstance(found, dict) else None
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def _plain_id(value: str | None) -> Any:
    """An id that is delivered as it is or inside of the whole object."""
    return json_text(value, "id") if value and value.startswith("{") else value


def _coupon(typed: dict[str, Any]) -> Any:
    source = typed["source"]
    found = (
        typed["coupon_id"], _plain_id(typed["coupon"]), _plain_id(typed["source_coupon"]),
        _plain_id(json_text(source, "coupon")),
        source if source and not source.startswith("{") else None,
    )  # fmt: skip
    return next((one for one in found if one is not None), "none")


# What the prefixes of ids say.
_PREFIXES = {
    "cus_": "customer", "sub_": "subscription", "si_": "subscription_item", "in_": "invoice",
    "il_": "invoice_line",
}  # fmt: skip


def _scope(typed: dict[str, Any]) -> str | None:
    """What a discount says that it is of, by its type or by the id beside it."""
    kind, beside = (typed["type"] or "").lower(), typed["type_id"]
    lines = ("invoice_item", "invoiceitem", "invoice_line_item", "invoice_line", "line_item")
    if kind in ("customer", "subscription", "subscription_item", "invoice"):
        return kind
    if kind in (*lines, "line"):
        return "invoice_line"
    if kind.startswith("credit_note"):
        return "credit_note"
    return next((of for one, of in _PREFIXES.items() if (beside or "").startswith(one)), None)


def _of_discount(scope: str) -> Callable[[dict[str, Any]], Any]:
    """The id of the older column, or the one beside the type where the type says what it is."""

    def read(typed: dict[str, Any]) -> Any:
        kind, older = _scope(typed), typed[f"{scope}_id"]
        if scope == "customer" and kind != scope:
            narrower = ("invoice_item_id", "invoice_id", "subscription_item_id", "subscription_id")
            if kind is not None or any(typed[one] is not None for one in narrower):
                return None
        return typed["type_id"] if older is None and kind == scope else older

    return read


def _names_nothing(typed: dict[str, Any]) -> bool:
    kind = (typed["type"] or "").lower()
    named = {"type_id"} | (
        {f"{kind}_id"} if kind in ("customer", "subscription", "subscription_item", "invoice")
        else {"invoice_item_id", "invoice_id", "subscription_item_id", "subscription_id",
              "customer_id"}
    )  # fmt: skip
    return all(typed[one] is None for one in named)


PARENTS: dict[str, list[Parent]] = {
    "exchange_rates.daily_rate": [_currency("base_currency"), _currency("currency")],
    "partner_portal.certification": [
        Parent("person_id", "partner_portal.person"),
        Parent("course_id", "partner_portal.course"),
    ],
    "partner_portal.deal_registration": [
        Parent("partner_id", "partner_portal.partner"), _currency("currency"),
    ],
    "partner_portal.message": [Parent("partner_id", "partner_portal.partner")],
    "partner_portal.partner_association": [
        Parent("partner_id", "partner_portal.partner"),
        Parent("customer_id", "salesforce.account", same_source=False),
        Parent("role", "roles", "unknown_role", False),
        Parent("subscription_id", "stripe.subscription", same_source=False),
    ],
    "partner_portal.person": [Parent("partner_id", "partner_portal.partner")],
    "partner_portal.portal_login": [Parent("person_id", "partner_portal.person")],
    "partner_portal.training": [
        Parent("person_id", "partner_portal.person"),
        Parent("course_id", "partner_portal.course"),
    ],
    "product_usage.daily_usage": [
        Parent("subscription_item_id", "known_item", same_source=False)
    ],
    "salesforce.account_history": [Parent("id", "salesforce.account")],
    "salesforce.contact": [Parent("account_id", "salesforce.account")],
    "salesforce.event": [Parent("account_id", "salesforce.account")],
    "salesforce.opportunity": [
        Parent("account_id", "salesforce.account"), _currency("currency_iso_code"),
    ],
    "salesforce.opportunity_line_item": [
        Parent(
            "opportunity_id", "salesforce.opportunity",
            match=lambda typed: None if typed["is_deleted"] is True else typed["opportunity_id"],
        )
    ],
    "salesforce.task": [Parent("account_id", "salesforce.account")],
    "stripe.charge": [
        Parent("invoice_id", "stripe.invoice"), Parent("customer_id", "stripe.customer"),
        _currency("currency"),
    ],
    "stripe.coupon": [_currency("currency")],
    "stripe.credit_note": [Parent("invoice_id", "stripe.invoice"), _currency("currency")],
    "stripe.credit_note_line_item": [Parent("credit_note_id", "stripe.credit_note")],
    "stripe.customer_discount": [
        Parent("coupon_id", "stripe.coupon"), Parent("customer_id", "stripe.customer"),
    ],
    "stripe.discount": [
        Parent("coupon_id", "stripe.coupon", match=_coupon),
        Parent("customer_id", "stripe.customer", match=_of_discount("customer")),
        Parent("subscription_id", "stripe.subscription", match=_of_discount("subscription")),
        Parent("subscription_item_id", "known_item", match=_of_discount("subscription_item")),
        Parent("invoice_id", "stripe.invoice", match=_of_discount("invoice")),
    ],
    "stripe.invoice_discount": [
        Parent("coupon_id", "stripe.coupon"), Parent("invoice_id", "stripe.invoice"),
    ],
    "stripe.invoice": [Parent("customer_id", "stripe.customer"), _currency("currency")],
    "stripe.invoice_line_item": [
        Parent("invoice_id", "stripe.invoice"),
        Parent("subscription_id", "stripe.subscription"),
        Parent("plan_id", "stripe.price", "unknown_price"), _currency("currency"),
    ],
    "stripe.plan": [Parent("product_id", "stripe.product"), _currency("currency")],
    "stripe.price": [Parent("product_id", "stripe.product"), _currency("currency")],
    "stripe.refund": [Parent("charge_id", "stripe.charge"), _currency("currency")],
    "stripe.subscription": [
        Parent("customer_id", "stripe.customer"),
        Parent("metadata", "salesforce.account", same_source=False,
               match=_metadata("end_customer_id")),
    ],
    "stripe.subscription_discount": [
        Parent("coupon_id", "stripe.coupon"), Parent("subscription_id", "stripe.subscription"),
        Parent("invoice_id", "stripe.invoice"),
    ],
    "stripe.subscription_history": [Parent("id", "stripe.subscription")],
    "stripe.subscription_item": [
        Parent("subscription_id", "stripe.subscription"),
        Parent("plan_id", "stripe.price", "unknown_price"),
    ],
    "zendesk.ticket": [Parent("organization_id", "zendesk.organization")],
    "zendesk.ticket_comment": [Parent("ticket_id", "zendesk.ticket")],
    "zendesk.ticket_field_history": [Parent("ticket_id", "zendesk.ticket")],
    "zendesk.ticket_schedule": [Parent("ticket_id", "zendesk.ticket")],
    "zendesk.ticket_sla_policy": [Parent("ticket_id", "zendesk.ticket")],
    "zendesk.ticket_tag": [Parent("ticket_id", "zendesk.ticket")],
}  # fmt: skip

# Two columns that must stand in order: (first, second, whether equal is wrong too).
ORDERS: dict[str, list[tuple[str, str, bool]]] = {
    "partner_portal.partner_association": [("valid_from", "valid_to", False)],
    "partner_portal.person": [("joined_at", "left_at", False)],
    "partner_portal.course": [("released_at", "retired_at", False)],
    "partner_portal.certification": [("completed_at", "revoked_at", False)],
    "partner_portal.training": [("enrolled_at", "completed_at", False)],
    "partner_portal.message": [("sent_at", "read_at", False), ("sent_at", "answered_at", False)],
    "partner_portal.deal_registration": [
        ("submitted_at", "decided_at", False), ("submitted_at", "closed_at", False),
    ],
    "salesforce.event": [("start_date_time", "end_date_time", False)],
    "stripe.discount": [("start", "end", False)],
    "stripe.subscription_discount": [("start", "end", False)],
    "stripe.customer_discount": [("start", "end", False)],
    "stripe.invoice_discount": [("start", "end", False)],
    "stripe.subscription": [("created", "ended_at", False)],
    "stripe.invoice": [("period_start", "period_end", False)],
    "stripe.invoice_line_item": [("period_start", "period_end", False)],
    "zendesk.schedule": [("start_time", "end_time", True)],
    "zendesk.schedule_holiday": [("start_date", "end_date", False)],
}  # fmt: skip


def _is_fraction(row: dict[str, Any]) -> bool:
    quantity = row["quantity_decimal"]
    return quantity is not None and quantity != quantity.to_integral_value()


def version_key(table: Table, typed: dict[str, Any]) -> tuple[Any, ...]:
    """What rows share that are versions of one."""
    key = tuple(typed[name] for name in table.key)
    if table.full_name != "stripe.invoice_line_item":
        return key
    is_apart = not str(typed["unique_id"]).startswith("il_")
    return (*key, typed["subscription_item_id"] if is_apart else None)


Rule = tuple[str, str, Callable[[dict[str, Any]], bool]]
OTHER_CHECKS: dict[str, list[Rule]] = {
    "stripe.price": [
        ("missing_value", "recurring_interval",
         lambda row: row["type"] == "recurring" and row["recurring_interval"] is None)
    ],
    "stripe.discount": [
        ("missing_value", "coupon_id",
         lambda row: all(row[one] is None
                         for one in ("coupon_id", "coupon", "source_coupon", "source"))),
        ("missing_value", "type_id", _names_nothing),
    ],
    "stripe.coupon": [
        ("missing_value", "percent_off",
         lambda row: row["percent_off"] is None and row["amount_off"] is None),
        ("missing_value", "currency",
         lambda row: row["amount_off"] is not None and row["currency"] is None),
        ("missing_value", "duration_in_months",
         lambda row: row["duration"] == "repeating" and row["duration_in_months"] is None),
    ],
    "stripe.subscription": [
        ("missing_value", "start_date",
         lambda row: row["start_date"] is None and row["created"] is None)
    ],
    "stripe.subscription_item": [
        ("fractional_quantity", "quantity_decimal", lambda row: _is_fraction(row)),
    ],
    "stripe.invoice_line_item": [
        ("fractional_quantity", "quantity_decimal",
         lambda row: row["proration"] is True and _is_fraction(row)),
        ("missing_value", "period_start",
         lambda row: row["subscription_item_id"] is not None and row["period_start"] is None),
        ("negative_amount", "amount",
         lambda row: row["type"] == "subscription" and isinstance(row["amount"], int)
         and row["amount"] < 0 and row["proration"] is not True),
    ],
}  # fmt: skip


# --- the verdicts ------------------------------------------------------------------------------


def judge(rows: dict[Key, list[Row]]) -> dict[Key, list[Verdict]]:
    """A verdict for every row of every table, in the order of the rows."""
    accepted: dict[str, set[tuple[str, Any]]] = defaultdict(set)
    verdicts: dict[Key, list[Verdict]] = {}
    newest = {key: _newest_delivery(TABLES[key], rows.get(key, [])) for key in TABLES}
    for key in _parents_first():
        table = TABLES[key]
        others = [moment for other, moment in newest.items() if other != key and moment]
        limit = max(others) + timedelta(days=31) if others else None
        found = [_judge_row(table, row, accepted) for row in rows.get(key, [])]
        for known, broken in found:
            if limit and (known["_fivetran_synced"] or FIRST_YEAR) > limit:
                broken.add(("impossible_date", "_fivetran_synced"))
        verdicts[key] = _compare_versions(table, rows.get(key, []), found)
        _remember(table, rows.get(key, []), found, verdicts[key], accepted)
    return verdicts


def _newest_delivery(table: Table, rows: list[Row]) -> datetime | None:
    column = table.columns["_fivetran_synced"]
    moments = (parse(row.get(column.name), column.type) for row in rows)
    return max(
        (one for one in moments if one not in (None, FAILED) and one < LAST_YEAR), default=None
    )


def _parents_first() -> Iterable[Key]:
    """All tables, each after those that its rows belong to; plans before prices."""
    placed: list[str] = []
    waiting = sorted(table.full_name for table in TABLES.values())
    needs = {
        name: {
            one
            for parent in PARENTS.get(name, [])
            for one in _tables_behind(parent.table)
            if one != name
        }
        for name in waiting
    }
    while waiting:
        ready = [name for name in waiting if needs[name] <= set(placed)]
        assert ready, waiting
        placed += ready
        waiting = [name for name in waiting if name not in ready]
    return [tuple(name.split(".")) for name in placed]  # type: ignore[misc]


def _tables_behind(parent: str) -> list[str]:
    return {
        "currencies": [], "roles": [],
        "known_item": ["stripe.subscription_item", "stripe.invoice_line_item"],
        "stripe.price": ["stripe.price", "stripe.plan"],
    }.get(parent, [parent])  # fmt: skip


def typed_row(table: Table, row: Row) -> dict[str, Any]:
    typed = {}
    for column in table.columns.values():
        value = parse(row.get(column.name), column.type)
        for other in column.rules.get("also_in", []):
            if value is None or value is FAILED:
                found = parse(row.get(other), column.type)
                value = found if found not in (None, FAILED) else value
        default = column.rules.get("default_from")
        if (value is None or value is FAILED) and default:
            fallback = parse(row.get(default), column.type)
            value = fallback if fallback not in (None, FAILED) else value
        typed[column.name] = value
    return typed


def _judge_row(
    table: Table, row: Row, accepted: dict[str, set[tuple[str, Any]]]
) -> tuple[dict[str, Any], set[tuple[str, str]]]:
    typed = typed_row(table, row)
    broken = {rule for column in table.columns.values() for rule in _column(table, column, typed)}
    known = {name: None if value is FAILED else value for name, value in typed.items()}
    for first, second, strict in ORDERS.get(table.full_name, []):
        low, high = known[first], known[second]
        if low is not None and high is not None and (high < low or (strict and high == low)):
            kind = "out_of_range" if isinstance(high, int) else "impossible_date"
            broken.add((kind, second))
    for reason, column_name, fails in OTHER_CHECKS.get(table.full_name, []):
        if fails(known):
            broken.add((reason, column_name))
    for parent in PARENTS.get(table.full_name, []):
        value = parent.value(known)
        if value is None:
            continue
        if parent.table == "currencies":
            is_there = value in CURRENCIES
        elif parent.table == "roles":
            is_there = value in ROLES
        else:
            relation = row["source_relation"] if parent.same_source else "*"
            is_there = (relation, value) in accepted[parent.table]
        if not is_there:
            broken.add((parent.reason, parent.column))
    return known, broken


def _column(table: Table, column: Column, typed: dict[str, Any]) -> Iterable[tuple[str, str]]:
    value, rules = typed[column.name], column.rules
    if value is None:
        if rules.get("required"):
            yield "missing_value", column.name
        return
    if value is FAILED:
        yield "wrong_type", column.name
        return
    if column.type == "timestamp" and not FIRST_YEAR <= value < LAST_YEAR:
        yield "impossible_date", column.name
    if column.type == "date" and not FIRST_YEAR.date() <= value < LAST_YEAR.date():
        yield "impossible_date", column.name
    is_identifier = column.name in table.key or rules.get("damaged_text") == "reject"
    if column.type == "varchar" and is_identifier and DAMAGED.search(value):
        yield "damaged_text", column.name
    low, high = rules.get("min"), rules.get("max")
    if low is not None and value < Decimal(str(low)):
        yield "out_of_range", column.name
    if high is not None and value > Decimal(str(high)):
        yield "out_of_range", column.name
    if "accepted_values" in rules and value not in rules["accepted_values"]:
        yield "unknown_value", column.name


def _compare_versions(
    table: Table, rows: list[Row], found: list[tuple[dict[str, Any], set[tuple[str, str]]]]
) -> list[Verdict]:
    verdicts = [Verdict("quarantined", broken) if broken else Verdict("accepted")
                for _, broken in found]  # fmt: skip
    versions: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number, (typed, broken) in enumerate(found):
        if not broken:
            key = (rows[number]["source_relation"], *version_key(table, typed))
            versions[key].append(number)
    for numbers in versions.values():
        times = {number: found[number][0].get("_fivetran_synced") for number in numbers}
        newest = max((time for time in times.values() if time is not None), default=None)
        winners = [number for number in numbers if times[number] == newest]
        for number in numbers:
            if number not in winners:
                verdicts[number] = Verdict("superseded")
            elif len(winners) > 1:
                verdicts[number].ties = True
    flag = table.meta.get("deleted_flag")
    if flag and table.meta.get("deleted_rows") == "superseded":
        for number, (typed, _) in enumerate(found):
            if verdicts[number].status == "accepted" and typed[flag] is True:
                verdicts[number] = Verdict("superseded")
    return verdicts


def _remember(
    table: Table, rows: list[Row], found: list[tuple[dict[str, Any], set[tuple[str, str]]]],
    verdicts: list[Verdict], accepted: dict[str, set[tuple[str, Any]]],
) -> None:  # fmt: skip
    for row, (typed, _), verdict in zip(rows, found, verdicts, strict=True):
        if verdict.status != "accepted":
            continue
        name = "stripe.price" if table.full_name == "stripe.plan" else table.full_name
        identity = typed.get("id")
        accepted[name] |= {(str(row["source_relation"]), identity), ("*", identity)}
        if name == "stripe.subscription_item":
            accepted["known_item"] |= {(str(row["source_relation"]), identity), ("*", identity)}
        elif name == "stripe.invoice_line_item":
            item = typed["subscription_item_id"]
            accepted["known_item"] |= {(str(row["source_relation"]), item), ("*", item)}
