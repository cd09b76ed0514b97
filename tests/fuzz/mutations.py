"""Ways to spoil one cell or one row: kinds of bad values by the type and the rules of a column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from oracle import PARENTS, TABLES, Column, Key, Row, Table
from world import REVENUE_TABLES, SYNCED, Rows, customer_around, plain_row

INJECTED = {
    "sql": "'); drop table raw_stripe.customer; --",
    "jinja": "{{ var('as_of') }}{% raw %}",
    "html": "<script>alert(1)</script>",
    "formula": "=cmd|' /C calc'!A0",
    "json": '"}, {"id": "x", "crm_account_id": "W1"',
    "backslash": "C:\\new\\table\\",
    "long": "x" * 70_000,
}
ENCODINGS = {
    "nul": "a\x00b",
    "control": "a\x07b",
    "newline": "a\nb",
    "undecoded": "a\ufffdb",
    "byte order mark": "\ufeffab",
    "zero width": "a\u200bb",
    "no-break blank": "ab\u00a0",
    "right to left": "\u202eab",
    "c1 control": "a\x85b",
    "mojibake": "CafÃ©",
    "decomposed": "Cafe\u0301",
    "emoji": "🧾 日本",
    "blank around": " ab ",
}
NOTHING = {"null": None, "empty": "", "blanks": "   "}
NUMBERS = {
    "fraction": "12.5", "exponent": "1e3", "thousands": "1,000", "hexadecimal": "0x10",
    "full-width digits": "\uff11\uff12", "not a number": "NaN", "infinite": "inf",
    "minus one": "-1",
    "nought": "0", "minus nought": "-0", "largest integer": str(2**63 - 1),
    "past the largest integer": str(2**63), "thirty digits": "9" * 30, "forty digits": "9" * 40,
    "huge exponent": "1e400", "tiny": "1e-400", "two signs": "--1", "blanks around": " 7 ",
    "with unit": "7 EUR", "many places": "1.23456789012345678901", "word": "seven",
}  # fmt: skip
MOMENTS = {
    "word": "yesterday", "no such day": "2025-02-30", "no such month": "2025-13-01",
    "slashes": "01/02/2025", "before 1990": "1989-12-31 23:59:59.999999", "first": "1990-01-01",
    "last": "2099-12-31 23:59:59.999999", "from 2100": "2100-01-01", "year 9999": "9999-12-31",
    "year 10000": "10000-01-01", "infinity": "infinity", "epoch": "1970-01-01 00:00:00",
    "noughts": "0000-00-00", "seconds since 1970": "1741000000",
    "hour that a clock change skips": "2025-03-30 02:30:00",
    "offset over midnight": "2025-04-01T00:30:00+02:00", "zulu": "2025-03-31T23:30:00Z",
    "offset without minutes": "2025-03-31 23:30:00-05", "nanoseconds": "2025-03-31 12:00:00.123456",
    "hour 25": "2025-03-31 25:00:00", "blanks around": " 2025-03-31 ",
}  # fmt: skip
BOOLEANS = {
    "yes": "yes", "no": "no", "one": "1", "nought": "0", "upper": "TRUE", "two": "2",
    "word": "maybe", "on": "on", "letter": "f",
}  # fmt: skip
CURRENCIES = {
    "unknown": "XXX", "lower": "eur", "sign": "€", "name": "EURO", "blank": "EUR ",
    "retired": "DEM",
}  # fmt: skip
ROW_KINDS = ("replay", "older version", "newer version", "newer broken version", "same moment")


@dataclass(frozen=True)
class Mutation:
    """`text` goes into `column`; for kinds of a whole row the column is empty."""

    table: Key
    column: str
    group: str
    kind: str
    text: str | None = None


def every_mutation() -> Iterator[Mutation]:
    """At least one mutation of every kind for every column, and every kind of repeated row."""
    for key, table in TABLES.items():
        for column in table.columns.values():
            for group, kind, text in kinds_of(table, column):
                if (column.name, kind) == ("_fivetran_synced", "last"):
                    continue  # it moves the month that all figures end with: a case of its own
                yield Mutation(key, column.name, group, kind, text)
        for kind in ROW_KINDS:
            yield Mutation(key, "", "duplicates", kind)


def kinds_of(table: Table, column: Column) -> Iterator[tuple[str, str, str | None]]:
    """Group, name and text of each way to spoil the column."""
    for kind, nothing in NOTHING.items():
        yield "nulls", kind, nothing
    for kind, text in INJECTED.items():
        yield "injected text", kind, text
    for kind, text in ENCODINGS.items():
        yield "encodings", kind, text
    if column.type == "boolean":
        yield from (("types", kind, text) for kind, text in BOOLEANS.items())
    elif column.type in ("timestamp", "date"):
        yield from (("dates", kind, text) for kind, text in MOMENTS.items())
    elif column.type != "varchar":
        yield from (("types", kind, text) for kind, text in NUMBERS.items())
        yield from _limits(column)
    parents = [one for one in PARENTS.get(table.full_name, []) if one.column == column.name]
    for parent in parents:
        if parent.table == "currencies":
            yield from (("currencies", kind, text) for kind, text in CURRENCIES.items())
        elif column.name != "metadata":
            yield "orphans", "nobody", "nobody"
            yield "orphans", "other case", f"ANCHOR_{parent.table.upper()}"
    if column.name == "metadata":
        yield "orphans", "unknown end customer", '{"end_customer_id": "nobody"}'
        yield (
            "types",
            "metadata of another shape",
            '{"end_customer_id": {"a": [1]}, "crm_account_id": 7}',
        )
        yield "types", "list", "[1, 2]"
        yield "huge values", "committed minimum", '{"committed_minimum": "999999999999999999"}'
        yield "ranges", "negative minimum", '{"committed_minimum": "-5"}'
    if "accepted_values" in column.rules:
        yield "ranges", "not listed", "nonsense"
        yield "ranges", "other case", str(column.rules["accepted_values"][0]).upper()
        yield "ranges", "blank behind", f"{column.rules['accepted_values'][0]} "


def _limits(column: Column) -> Iterator[tuple[str, str, str]]:
    low, high = column.rules.get("min"), column.rules.get("max")
    step = Decimal(1) if column.type in ("bigint", "integer") else Decimal("0.0001")
    if low is not None:
        bound = Decimal(str(low))
        yield "ranges", "smallest allowed", format(bound, "f")
        yield "ranges", "below the smallest", format(bound - step, "f")
    if high is not None:
        bound = Decimal(str(high))
        yield "huge values", "largest allowed", format(bound, "f")
        yield "ranges", "above the largest", format(bound + step, "f")


def spoil(mutation: Mutation, number: int) -> Rows:
    """The rows of one mutation: the spoiled one, what surrounds it, and its repetitions."""
    if mutation.table in REVENUE_TABLES:
        rows = customer_around(number)
    else:
        rows = {mutation.table: [plain_row(mutation.table, number)]}
    row = rows[mutation.table][0]
    if mutation.group == "duplicates":
        rows[mutation.table] += _repeated(TABLES[mutation.table], row, mutation.kind)
    else:
        row[mutation.column] = _apart(mutation, number)
    return rows


def _apart(mutation: Mutation, number: int) -> str | None:
    """A spoiled text key carries the number of its case, or two cases would be one row."""
    table = TABLES[mutation.table]
    text = mutation.text
    is_text = table.columns[mutation.column].type == "varchar"
    if mutation.column not in table.key or not is_text or not text or not text.strip():
        return text
    if mutation.group in ("currencies", "orphans"):
        return text
    return f"{text[:1]}{number}{text[1:]}"


def _repeated(table: Table, row: Row, kind: str) -> list[Row]:
    """Further rows with the same key."""
    earlier = "2025-12-01 00:00:00"
    if kind == "replay":
        return [{**row}, {**row, "_fivetran_synced": earlier}]
    changed = next(
        (one.name for one in table.columns.values() if _is_description(table, one)), None
    )
    other = {changed: "changed"} if changed else {}
    if kind == "older version":
        return [{**row, **other, "_fivetran_synced": earlier}]
    if kind == "newer version":
        # the clock of all rows stays where it is: the first row becomes the older one
        row["_fivetran_synced"] = earlier
        return [{**row, **other, "_fivetran_synced": SYNCED}]
    if kind == "same moment":
        return [{**row, **other}]
    assert kind == "newer broken version", kind
    typed = [
        one.name for one in table.columns.values()
        if one.name not in table.key and one.type != "varchar" and not one.name.startswith("_")
    ]  # fmt: skip
    if not typed:
        return [{**row, "_fivetran_synced": "a word"}]
    row["_fivetran_synced"] = earlier
    return [{**row, typed[0]: "not a value", "_fivetran_synced": SYNCED}]


def _is_description(table: Table, column: Column) -> bool:
    """True for a text that ties the row to nothing and follows no rule."""
    parents = {parent.column for parent in PARENTS.get(table.full_name, [])}
    named = ("metadata", "currency", "type")
    return (
        column.type == "varchar" and not column.rules and not column.name.startswith("_")
        and column.name not in {*table.key, *parents, *named} and not column.name.endswith("_id")
    )  # fmt: skip
