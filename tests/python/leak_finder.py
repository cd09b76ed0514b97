"""Looks through the files of a partner for anything of anybody else, knowing only the sources.

Who deals with whom is read from raw associations and deal registrations, not from what is certified
or shared, so that a wrong row rule cannot agree with itself.
"""

from __future__ import annotations

import csv
import io
import re
import string
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow.csv
import pyarrow.parquet

ZONE = ZoneInfo("Europe/Amsterdam")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
SPACES = str.maketrans({mark: " " for mark in string.punctuation if mark != "_"})
# Files that are about customers in service, month by month; the others are about what is owed.
IN_SERVICE = ("usage", "health", "health_components")
PAID = ("statement_lines", "balances")
ENDS = date(9999, 12, 31)


@dataclass
class World:
    """What the sources know: names by id, who deals with whom, and from when to when."""

    partners: dict[str, str] = field(default_factory=dict)
    customers: dict[str, str] = field(default_factory=dict)
    person_ids: set[str] = field(default_factory=set)
    person_names: set[str] = field(default_factory=set)
    dealings: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    of_record: dict[tuple[str, str], list[tuple[date, date]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @cached_property
    def names_by_word(self) -> dict[str, set[str]]:
        """Names of partners, customers and people, by their last word."""
        found = defaultdict(set)
        for name in {*self.partners.values(), *self.customers.values(), *self.person_names}:
            for word in (name or "").translate(SPACES).split()[-1:]:
                found[word].add(name)
        return found

    def named(self, words: set[str], text: str, own: set[str]) -> set[str]:
        """Names but one's own that stand in the text, and not merely as a part of longer words."""
        near = {
            name for word in words & self.names_by_word.keys() for name in self.names_by_word[word]
        }
        return {
            name
            for name in near - own
            if name.strip() in text and re.search(rf"(?<!\w){re.escape(name.strip())}(?!\w)", text)
        }

    def lost_customers(self, partner: str) -> int:
        """How many customers the partner was of record with, and is no more."""
        spans = [span for (one, _), span in self.of_record.items() if one == partner]
        return sum(all(end < ENDS for _, end in found) for found in spans)

    def serves(self, partner: str, customer: str, month_end: date) -> bool:
        return any(start <= month_end < end for start, end in self.of_record[partner, customer])


def read_world(warehouse: duckdb.DuckDBPyConnection, raw: str) -> World:
    """What the input layer and the raw tables say, without any of the marts."""
    world = World()
    world.partners.update(
        _rows(warehouse, "select partner_id, partner_name from input.input_partners")
    )
    world.customers.update(
        _rows(warehouse, "select customer_id, customer_name from input.input_customers")
    )
    for sql in (
        "select partner_id, customer_id from input.input_partner_associations",
        "select partner_id, customer_id from input.input_deal_registrations",
        "select a.partner_id, s.customer_id from input.input_partner_associations as a "
        "inner join input.input_subscriptions as s on a.subscription_id = s.source_subscription_id",
    ):
        for partner, customer in _rows(warehouse, sql):
            world.dealings[partner].add(customer)
    for partner, customer, valid_from, valid_to in _rows(
        warehouse,
        "select a.partner_id, s.customer_id, a.valid_from_at, a.valid_to_at "
        "from input.input_partner_associations as a inner join input.input_subscriptions as s "
        "on a.subscription_id = s.source_subscription_id "
        "or (a.subscription_id is null and a.customer_id = s.customer_id) "
        "where a.is_of_record group by all",
    ):
        span = (_local(valid_from, date.min), _local(valid_to, ENDS))
        world.of_record[partner, customer].append(span)
    for table, keys in {
        "salesforce/user": ["id", "name"],
        "salesforce/contact": ["id", "name"],
        "zendesk/user": ["id", "name"],
        "partner_portal/person": ["id", "full_name"],
    }.items():
        for person, name in _rows(
            warehouse, f"select {', '.join(keys)} from read_parquet('{raw}/{table}/*.parquet')"
        ):
            world.person_ids.add(str(person))
            world.person_names.add(name)
    return world


def leaks(world: World, partner: str, folder: Path) -> list[str]:
    """What is in the partner's files and not its own, as sentences; CSV and Parquet agree."""
    found = []
    own_customers = world.dealings[partner]
    own_names = {world.partners.get(partner), *(world.customers.get(one) for one in own_customers)}
    strangers = {
        "partner": world.partners.keys() - {partner},
        "customer": world.customers.keys() - own_customers,
        "person": world.person_ids,
    }
    for path in sorted(folder.iterdir()):
        if path.suffix == ".parquet":
            found += _unlike_csv(path)
            words = {word.decode() for word in re.findall(rb"\w{4,}", path.read_bytes())}
            text = ""  # its texts are those of the CSV file
        else:
            text = _different_texts(path)
            words = set(text.translate(SPACES).split())
        found += [
            f"{path.name}: {kind} {one}" for kind, ids in strangers.items() for one in words & ids
        ]
        if "@" in text:
            found += [f"{path.name}: e-mail {one}" for one in EMAIL.findall(text)]
        found += [f"{path.name}: name {one}" for one in world.named(words, text, own_names)]
    for name in IN_SERVICE:
        found += _out_of_service(world, partner, folder / f"{name}.csv")
    for name in PAID:
        kinds = {row["payee_kind"] for row in _table(folder / f"{name}.csv")}
        found += [
            f"{name}.csv: payee of kind {kind}" for kind in kinds - {"company", "partner_staff"}
        ]
    return found


def _out_of_service(world: World, partner: str, path: Path) -> Iterator[str]:
    """Rows about a customer in a month at whose end the partner was not of record with it."""
    for customer, month in sorted({(r["customer_id"], r["month_start"]) for r in _table(path)}):
        start = date.fromisoformat(month)
        next_month = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        month_end = date.fromordinal(next_month.toordinal() - 1)
        if not world.serves(partner, customer, month_end):
            yield f"{path.name}: {customer} in {month}, which it did not serve then"


def _different_texts(path: Path) -> str:
    """The whole text of a file; of a table each different cell once, one a line."""
    if path.suffix != ".csv":
        return path.read_text("utf-8")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return "\n".join({cell for row in csv.reader(file) for cell in row})


def _table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _unlike_csv(path: Path) -> Iterator[str]:
    """Whether the Parquet file says something that the CSV file beside it does not."""
    buffer = io.BytesIO()
    pyarrow.csv.write_csv(pyarrow.parquet.read_table(path), buffer)
    beside = path.with_suffix(".csv").read_text("utf-8-sig")
    if buffer.getvalue().decode() != re.sub(r"\"'(?=[=+\-@])", '"', beside):
        yield f"{path.name}: not what the CSV file says"


def _local(moment: datetime | None, otherwise: date) -> date:
    return moment.replace(tzinfo=UTC).astimezone(ZONE).date() if moment else otherwise


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple]:
    return connection.execute(sql).fetchall()
