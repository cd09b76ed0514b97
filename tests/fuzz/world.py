"""Valid raw rows to spoil: the customers of the worked examples, who must come to no harm, and for
every spoiled row a row of its own, with a customer of its own around it where revenue is at stake.

All values are texts, as in a CSV extract, so that a cell can hold anything.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from oracle import PARENTS, TABLES, Column, Key, Row, Table
from worked_cases import AS_OF, build_all

Rows = dict[Key, list[Row]]
SYNCED = f"{AS_OF}:00"
EARLY, LATE = "2025-03-01 09:00:00", "2025-04-01 09:00:00"
# What comes after its counterpart; all other moments are early.
LATE_COLUMNS = {
    "valid_to", "left_at", "retired_at", "revoked_at", "completed_at", "read_at", "answered_at",
    "decided_at", "closed_at", "expires_at", "terminated_at", "end", "period_end", "end_date",
    "end_date_time", "current_period_end", "voided_at", "due_date", "updated_at",
}  # fmt: skip
# Moments that would end or change the service of the customer around a spoiled row.
LEFT_EMPTY = {
    ("subscription", "trial_start"), ("subscription", "trial_end"), ("subscription", "cancel_at"),
    ("subscription", "canceled_at"), ("subscription", "ended_at"),
    ("subscription_history", "trial_end"), ("subscription_history", "cancel_at"),
    ("subscription_history", "canceled_at"), ("subscription_history", "ended_at"),
    ("partner_association", "valid_to"), ("partner_association", "subscription_id"),
    ("price", "transform_quantity_divide_by"), ("plan", "transform_usage_divide_by"),
    ("plan", "amount_decimal"), ("price", "tax_behavior"),
    ("subscription_item", "quantity_decimal"), ("invoice", "subtotal_excluding_tax"),
    ("invoice", "total_excluding_tax"), ("invoice_line_item", "unique_id"),
    ("invoice_line_item", "quantity_decimal"), ("invoice_line_item", "amount_excluding_tax"),
    ("invoice_line_item", "unit_amount_excluding_tax"), ("credit_note", "subtotal_excluding_tax"),
    ("discount", "invoice_id"), ("subscription_discount", "invoice_id"),
    ("discount", "type_id"), ("discount", "subscription_item_id"), ("discount", "invoice_item_id"),
    ("discount", "coupon"), ("discount", "source"), ("discount", "source_coupon"),
    ("coupon", "currency_options"),
    ("invoice_line_item", "discount_amount"), ("invoice_line_item", "discount_amounts"),
}  # fmt: skip
FIXED: dict[str, str] = {
    "currency": "EUR", "base_currency": "EUR", "currency_iso_code": "EUR",
    "role": "reseller_of_record",
    "metadata": "{}", "livemode": "true", "is_deleted": "false", "_fivetran_deleted": "false",
    "country_code": "NL", "billing_scheme": "per_unit", "recurring_usage_type": "licensed",
    "usage_type": "licensed", "time_zone": "Europe/Amsterdam", "is_of_record": "true",
    "type": "x", "is_child": "false", "is_closed": "false", "is_won": "false",
    "cancel_at_period_end": "false", "proration": "false", "rate": "1.5", "start_time": "480",
    "end_time": "1020", "split_percent": "50", "percent_off": "10", "amount_off": "500",
    "unit_amount": "1000", "unit_amount_decimal": "1000", "amount": "1000", "quantity": "2",
    "interval": "month", "recurring_interval": "month", "interval_count": "1",
    "recurring_interval_count": "1", "email": "someone@example.com",
}  # fmt: skip
BY_TABLE: dict[str, str] = {
    "stripe.price.type": "recurring", "stripe.subscription.status": "active",
    "stripe.subscription_history.status": "active", "stripe.invoice.status": "paid",
    "stripe.invoice_line_item.type": "subscription", "stripe.coupon.duration": "forever",
    "partner_portal.person.role": "sales", "zendesk.user.role": "agent",
    "stripe.discount.type": "subscription",
}  # fmt: skip


def untouched() -> Rows:
    """The customers of the worked examples, as text, with an account beside them."""
    raw, _ = build_all()
    rows: Rows = defaultdict(list)
    for (folder, name), found in raw._tables().items():
        source = folder.split("__")[0]
        for row in found:
            texts = {column: _text(row.get(column)) for column in TABLES[source, name].columns}
            rows[source, name].append({**texts, "source_relation": folder})
    return rows


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return str(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def valid_value(table: Table, column: Column, number: int) -> str | None:
    """A plausible text for a column; what ties the row to others is set by the caller."""
    if (table.name, column.name) in LEFT_EMPTY:
        return None
    if column.name == "_fivetran_synced":
        return SYNCED
    special = BY_TABLE.get(f"{table.full_name}.{column.name}")
    if special:
        return special
    if (
        "accepted_values" in column.rules
        and FIXED.get(column.name) not in column.rules["accepted_values"]
    ):
        return str(column.rules["accepted_values"][0])
    if column.name in FIXED:
        return FIXED[column.name]
    if column.type == "timestamp":
        return LATE if column.name in LATE_COLUMNS else EARLY
    if column.type == "date":
        return (LATE if column.name in LATE_COLUMNS else EARLY)[:10]
    if column.type == "boolean":
        return "true"
    if column.type == "varchar":
        return f"{column.name} {number}"
    return "3"


def plain_row(key: Key, number: int, **values: str | None) -> Row:
    """A valid row; those it belongs to are the shared rows of `anchors`."""
    table = TABLES[key]
    row: Row = {name: valid_value(table, one, number) for name, one in table.columns.items()}
    row["source_relation"] = table.source
    if "id" in row and "id" in table.key:
        row["id"] = f"{table.source}_{table.name}_{number}"
    for parent in PARENTS.get(table.full_name, []):
        if (table.name, parent.column) in LEFT_EMPTY:
            continue
        if "." in parent.table and parent.column != "metadata":
            source, name = parent.table.split(".")
            row[parent.column] = f"anchor_{name}" + ("_zd" if source == "zendesk" else "")
        elif parent.table == "known_item":
            row[parent.column] = "anchor_subscription_item"
    for name in ("subscription_id", "subscription_item_id", "plan_id"):
        if name in row and table.source == "stripe" and (table.name, name) not in LEFT_EMPTY:
            row[name] = f"anchor_{'price' if name == 'plan_id' else name[:-3]}"
    if table.name == "partner_association":
        row["subscription_id"] = None
    row |= _apart(table, number)
    return {**row, **values}


def _apart(table: Table, number: int) -> Row:
    """What keeps rows of a table with several key columns apart."""
    moment = str(datetime(2000, 1, 1) + timedelta(minutes=number))  # noqa: DTZ001
    day = str(date(2000, 1, 1) + timedelta(days=number % 9000))
    return {
        "daily_rate": {"rate_date": day, "currency": "SEK"},
        "daily_usage": {"usage_date": day},
        "account_history": {"_fivetran_start": moment},
        "subscription_history": {"_fivetran_start": EARLY},
        "ticket_field_history": {"field_name": f"field_{number}"},
        "ticket_tag": {"tag": f"tag_{number}"},
        "ticket_schedule": {"created_at": moment},
        "ticket_sla_policy": {"sla_policy_id": f"policy_{number}"},
        "sla_policy_metric_history": {"sla_policy_id": f"policy_{number}"},
    }.get(table.name, {})  # fmt: skip


def anchors() -> Rows:
    """One row a table, valid to the last, that plain rows belong to."""
    rows: Rows = defaultdict(list)
    for key, table in TABLES.items():
        row = plain_row(key, 0)
        if table.key == ("id",):
            row["id"] = f"anchor_{table.name}" + ("_zd" if table.source == "zendesk" else "")
        if table.name == "account_history" or table.name == "subscription_history":
            row["id"] = (
                "anchor_account" if table.name == "account_history" else "anchor_subscription"
            )
        rows[key].append(row)
    return rows


def customer_around(number: int) -> Rows:
    """A paying customer, complete: each table that its MRR is made of has one row."""
    n = str(number)
    ids = {
        "account": f"acc_{n}", "customer": f"cus_{n}", "product": f"prod_{n}",
        "price": f"price_{n}", "subscription": f"sub_{n}", "subscription_item": f"si_{n}",
        "invoice": f"in_{n}", "invoice_line_item": f"il_{n}", "partner": f"partner_{n}",
        "coupon": f"coupon_{n}",
    }  # fmt: skip
    stripe: dict[str, Row] = {
        "customer": {"metadata": f'{{"crm_account_id": "acc_{n}"}}'},
        "product": {},
        "price": {"product_id": ids["product"]},
        "subscription": {"customer_id": ids["customer"]},
        "subscription_history": {"id": ids["subscription"], "customer_id": ids["customer"]},
        "subscription_item": {"subscription_id": ids["subscription"], "plan_id": ids["price"]},
        "invoice": {"customer_id": ids["customer"], "subscription_id": ids["subscription"]},
        "invoice_line_item": {
            "invoice_id": ids["invoice"], "subscription_id": ids["subscription"],
            "subscription_item_id": ids["subscription_item"], "plan_id": ids["price"],
        },
        "coupon": {},
        "discount": {
            "coupon_id": ids["coupon"], "customer_id": ids["customer"],
            "subscription_id": ids["subscription"],
        },
    }  # fmt: skip
    rows: Rows = {}
    for name, values in stripe.items():
        own = {"id": ids[name]} if name in ids else {}
        rows["stripe", name] = [plain_row(("stripe", name), number, **own, **values)]
    rows["salesforce", "account"] = [
        plain_row(("salesforce", "account"), number, id=ids["account"], parent_id=None)
    ]
    rows["partner_portal", "partner"] = [
        plain_row(("partner_portal", "partner"), number, id=ids["partner"], parent_partner_id=None,
                  crm_account_id=None, billing_account_id=None)
    ]  # fmt: skip
    rows["partner_portal", "partner_association"] = [
        plain_row(("partner_portal", "partner_association"), number, customer_id=ids["account"],
                  partner_id=ids["partner"])
    ]  # fmt: skip
    return rows


REVENUE_TABLES = tuple(customer_around(0))


def write_raw(rows: Rows, root: Path) -> Path:
    """Parquet files with text columns: `<root>/<relation>/<table>.parquet`."""
    for (_, name), found in rows.items():
        by_relation: dict[str, list[Row]] = defaultdict(list)
        for row in found:
            by_relation[str(row["source_relation"])].append(row)
        for relation, some in by_relation.items():
            columns = [column for column in some[0] if column != "source_relation"]
            table = pa.table(
                {one: pa.array([row[one] for row in some], pa.string()) for one in columns}
            )
            path = root / relation / f"{name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, path)
    return root
