"""Tools for making rows dirty: copies under other keys, changed values, and the log of it all."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

from orchestration.simulator.billing import Row, Rows
from orchestration.simulator.clock import DAY, instant
from orchestration.simulator.stories import Story
from orchestration.simulator.tables import RAW, columns

POSITIONS: dict[str, dict[str, int]] = {
    table: {name: index for index, (name, _) in enumerate(columns(spec))}
    for table, spec in RAW.items()
}
Log = list[tuple[str, str, str, str]]
SYNCED = "_fivetran_synced"
LONG_AGO, FAR_AHEAD = instant(2010, 1, 1) - 40_177 * DAY, instant(2040, 1, 1) + 350_400 * DAY
NAUGHTY = (
    "CafÃ© Zoë", "Bj\ufffdrn AB", "tab\tand\x01control", "zero\u200bwidth", "\u202ereversed",
    "quote \"'; drop--", "emoji 🚀 ok", "  padded  ", "line\nbreak", "nai\u0308ve \x7f",
)  # fmt: skip


def change(table: str, row: Row, **values: Any) -> Row:
    """A copy of a row with other values; `synced` stands for the connector's column."""
    copy = list(row)
    for name, value in values.items():
        copy[POSITIONS[table][SYNCED if name == "synced" else name]] = value
    return tuple(copy)


def value_of(table: str, row: Row, column: str) -> Any:
    """One value of a row."""
    return row[POSITIONS[table][column]]


def key_of(table: str, row: Row) -> str:
    """What the log calls a row: its id, or its first values."""
    positions = POSITIONS[table]
    if "id" in positions:
        return str(row[positions["id"]])
    return "|".join(str(value) for value in row[:2])


def other_id(table: str, row: Row, tag: str) -> Row:
    """The same row under a key of its own."""
    if "id" not in POSITIONS[table]:
        return row
    old = value_of(table, row, "id")
    new = old + 7_000_000_000_000 if isinstance(old, int) else f"{old}_{tag}"
    return change(table, row, id=new)


# Ids of billing objects, and what they become in a copy.
_ID_PREFIXES = ("cus_", "sub_", "si_", "in_", "il_", "ch_", "di_", "re_", "cn_", "cnli_")
_LINE_IN_METADATA = re.compile(r"\b(il_\d+)")


def renamed(value: Any, tag: str) -> Any:
    """An id under its new name; partners' own accounts and all other values stay."""
    if not isinstance(value, str) or value.startswith("cus_partner_"):
        return value
    if value.startswith(_ID_PREFIXES):
        return f"{value}_{tag}"
    return _LINE_IN_METADATA.sub(rf"\1_{tag}", value) if value.startswith("{") else value


class Smear:
    """Puts one kind of dirt on the rows of one customer."""

    def __init__(self, story: Story, rows: Rows, log: Log, seed: int | str) -> None:
        self.story = story
        self.rows = rows
        self.log = log
        self.rng = random.Random(f"{seed}:dirt:{story.customer.number}")

    def note(self, table: str, row: Row, kind: str) -> None:
        """Log a row as dirty."""
        source, name = table.split(".")
        self.log.append((source, name, key_of(table, row), kind))

    def add(self, table: str, row: Row, kind: str) -> None:
        """Add a row and log it."""
        self.rows[table].append(row)
        self.note(table, row, kind)

    def any_row(self, table: str) -> tuple[int, Row] | None:
        """(index, row) of a random row of a table, if the customer has one."""
        found = self.rows.get(table)
        if not found:
            return None
        index = self.rng.randrange(len(found))
        return index, found[index]

    def each(self, tables: dict[str, Any]) -> Iterator[tuple[str, int, Row, Any]]:
        """A random row of each of the tables, with what the table's entry says."""
        for table, entry in tables.items():
            found = self.any_row(table)
            if found is not None:
                yield table, found[0], found[1], entry
