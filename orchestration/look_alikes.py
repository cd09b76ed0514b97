"""Names that look like a name of the source contract without being it.

A loader writes `stripe_eu`, `coupons` or `price_id` where the contract says `stripe__eu`, `coupon`
or `plan_id`. Nothing reads these, and the figures would be short of them without an error.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher

# Names of one fact at other loaders and API versions, beyond what spelling tells.
SYNONYMS = {
    "_fivetran_synced": (
        "_airbyte_extracted_at", "_airbyte_emitted_at", "_sdc_batched_at", "_sdc_extracted_at",
        "_dlt_load_time", "_loaded_at", "loaded_at", "synced_at", "_synced_at",
    ),
    "plan_id": ("price_id", "price", "plan"),
    "price_id": ("plan_id", "price", "plan"),
    "quantity": ("quantity_decimal", "qty", "seats"),
    "unit_amount": ("unit_amount_decimal", "unit_amount_excluding_tax"),
    "is_deleted": ("deleted", "_fivetran_deleted"),
    "rate_date": ("date", "day"),
    "split_percent": ("split", "share", "percent"),
    "valid_from": ("start_date", "starts_at", "valid_since"),
    "valid_to": ("end_date", "ends_at", "valid_until"),
}  # fmt: skip
TABLE_SYNONYMS = {
    "invoice_line_item": ("invoice_line", "invoice_lines", "invoice__lines__data", "line_item"),
    "subscription_item": ("subscription__items__data", "subscription_line_item"),
    "organization": ("organisation",),
    "daily_rate": ("rate", "exchange_rate", "fx_rate"),
    "partner_association": ("association", "partner_customer"),
}
# Endings that say what kind of fact a column is, not which.
ENDINGS = re.compile(r"(_id|_at|_on|_date|_c)$")
SHORTEST = 6
CLOSE = 0.88


def source_like(name: str, sources: Iterable[str]) -> str | None:
    """The source that a folder or schema of this name looks like; None when it looks like none.

    `Stripe`, `stripe_eu`, `stripe-eu`, `salesforce2`, `sales_force` and `zendeks` do.
    """
    letters = _letters(name)
    for source in sorted(sources, key=len, reverse=True):
        plain = _letters(source)
        if letters.startswith(plain) or (len(plain) >= SHORTEST and _close(letters, plain)):
            return source
    return None


def table_like(name: str, tables: Iterable[str]) -> str | None:
    """The contracted table that a table of this name looks like: other capitals, a plural."""
    letters = _letters(name)
    for table in tables:
        known = (table, *TABLE_SYNONYMS.get(table, ()))
        if any(_numbers(letters) & _numbers(_letters(one)) for one in known):
            return table
    return None


def columns_like(column: str, others: Collection[str]) -> list[str]:
    """Those of the other columns that look like this one under another name, best first."""
    names = SYNONYMS.get(column, ())
    known = [one for one in names if one in others]
    return known + sorted(one for one in others if one not in known and _same_fact(column, one))


def _same_fact(column: str, other: str) -> bool:
    core, other_core = (_letters(ENDINGS.sub("", one.lower())) for one in (column, other))
    if not core or not other_core:
        return False
    if core == other_core or _letters(column) == _letters(other):
        return True
    # The same name under a path, such as parent.subscription_item_details.subscription_item.
    path = re.split(r"[._]+", ENDINGS.sub("", other.lower()))
    plain = re.split(r"[._]+", ENDINGS.sub("", column.lower()))
    if len(core) >= SHORTEST and len(plain) > 1 and path[-len(plain) :] == plain:
        return True
    return min(len(core), len(other_core)) >= SHORTEST and _close(core, other_core)


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _numbers(letters: str) -> set[str]:
    """A name with what it may be the plural of."""
    found = {letters}
    for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
        if letters.endswith(ending):
            found.add(letters.removesuffix(ending) + instead)
    return found


def _close(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other).ratio() >= CLOSE
