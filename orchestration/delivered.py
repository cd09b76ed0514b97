"""What was delivered, and what of it nothing reads: judged before anything is built.

An extract may lack a table, name it another way, or leave a column empty. Figures would then fall
short without an error. Each such thing is a finding, with what follows from it. One that nothing
right can come of stops the run (`stops`); the others stand in the build file, where expectations
judge them (`doubts` block, `notes` warn), the run's summary shows them, and publication keeps them.

Parquet files tell of their columns in their footers, so that looking costs next to nothing; CSV
files and tables of a database are counted once.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from orchestration.contract import TableContract, read_yaml
from orchestration.errors import PartnerMetricsError, TransientError
from orchestration.landed_files import read_to_the_end
from orchestration.look_alikes import columns_like, source_like, table_like
from orchestration.raw_sources import (
    Place,
    RawPart,
    RawSource,
    file_names,
    may_pass,
    quote,
)
from orchestration.settings import PROJECT_DIR, Settings

IGNORE = "PARTNER_METRICS_IGNORE"
DELIVERED_AT = "_fivetran_synced"
SOURCE_RELATION = "source_relation"
# Where the findings stand in the build file.
FINDINGS = "delivery.findings"
# The expectation that refuses empty columns, in expectations/thresholds.csv.
EMPTY_COLUMNS = "landing_empty"
NEEDED = Path(__file__).with_name("needed_inputs.csv")

STOPS, DOUBT, NOTE = "stops", "doubt", "note"
UNREAD, RENAMED, EMPTY, ABSENT, ORPHANS, UNUSABLE, WHOLE = (
    "unread", "renamed", "empty", "absent", "orphans", "unusable", "whole",
)  # fmt: skip
# Sources without whose rows there is nothing to report.
NEVER_EMPTY = ("stripe",)
# Findings about names, whatever stands in the rows.
OF_NAMES = (ABSENT, UNREAD, UNUSABLE)
# Child table, its rows in words, its column, parent table, its rows in words: a row without its
# parent is held back.
LINKS = (
    ("stripe.subscription", "subscriptions", "customer_id", "stripe.customer", "customers"),
    (
        "stripe.subscription_item",
        "subscription items",
        "subscription_id",
        "stripe.subscription",
        "subscriptions",
    ),
    ("stripe.invoice_line_item", "invoice lines", "invoice_id", "stripe.invoice", "invoices"),
    ("stripe.price", "prices", "product_id", "stripe.product", "products"),
    (
        "partner_portal.partner_association",
        "associations",
        "partner_id",
        "partner_portal.partner",
        "partners",
    ),
)
# Fewer of a table's rows without a parent are left to the quarantine.
MANY_ORPHANS = 0.25
SHOWN = 12


@dataclass(frozen=True)
class Finding:
    """One thing to know of a delivery: `what` is a table's column or the place that is not read."""

    kind: str
    weight: str
    source_name: str
    table_name: str
    what: str
    text: str

    @property
    def full_name(self) -> str:
        return f"{self.source_name}.{self.table_name}" if self.table_name else self.source_name


@dataclass(frozen=True)
class Profile:
    """One account's rows of one table: which columns there are and which any row fills."""

    relation: str
    rows: int
    columns: frozenset[str]
    filled: frozenset[str]
    newest_at: datetime | None


@dataclass(frozen=True)
class Need:
    """A row of needed_inputs.csv: what is lost without a table, or with empty columns.

    One of `columns` has to be filled; none: the row is about the table.
    """

    table: str
    columns: tuple[str, ...]
    weight: str
    without_it: str


@dataclass
class Delivery:
    """All that is known of the raw data before it is built on."""

    tables: list[TableContract]
    profiles: dict[str, list[Profile]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def stops(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.weight == STOPS]

    def rows(self, table: str) -> int:
        return sum(profile.rows for profile in self.profiles.get(table, ()))

    def newest_at(self, table: str) -> datetime | None:
        moments = [one.newest_at for one in self.profiles.get(table, ()) if one.newest_at]
        return max(moments, default=None)

    @cached_property
    def without_table(self) -> dict[str, str]:
        """What follows from the absence of a table, by table."""
        return {need.table: need.without_it for need in load_needs() if not need.columns}


def look_at(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    raw: RawSource,
    tables: list[TableContract],
    parts: Mapping[str, list[RawPart]],
) -> Delivery:
    """Judge what the reader found; raises PartnerMetricsError for a file that cannot be read."""
    delivery = Delivery(tables)
    delivery.findings += _not_read(settings, raw, tables)
    delivery.findings += _absent(tables, parts, raw)
    for table in tables:
        delivery.profiles[table.full_name] = found = []
        for part in parts[table.full_name]:
            profile, lost = _profile(connection, table, part, parts[table.full_name])
            found.append(profile)
            if lost:
                delivery.findings.append(lost)
            else:
                delivery.findings += _columns(table, profile)
    if not delivery.stops:
        delivery.findings += _orphans(connection, delivery, parts)
        delivery.findings += _of_the_whole(connection, delivery, parts)
    return delivery


def require_usable(delivery: Delivery, kinds: Iterable[str] | None = None) -> None:
    """Raise PartnerMetricsError, with all that stands in the way, if anything does.

    `kinds` are those of the findings that are looked at; all, unless they are given.
    """
    sections = []
    for kind, (title, remedy) in MESSAGES.items():
        found = [finding for finding in delivery.stops if finding.kind == kind]
        if found and (kinds is None or kind in kinds):
            shown = found[:SHOWN] if kind == UNREAD else found
            lines = [f"  - {finding.text}" for finding in shown]
            if len(found) > len(shown):
                lines.append(f"  - and {len(found) - len(shown)} more")
            sections.append("\n".join([title.format(len(found)), *lines, *remedy]))
    if sections:
        raise PartnerMetricsError("\n\n".join(sections))


def with_refusals(delivery: Delivery) -> Delivery:
    """The delivery, in which what an expectation will refuse stops the run before it begins."""
    limit = _most_empty_columns()
    by_table: dict[str, int] = defaultdict(int)
    for one in delivery.findings:
        if one.kind == EMPTY and one.weight == DOUBT:
            by_table[one.full_name] += 1
    findings = [
        replace(one, weight=STOPS)
        if one.kind == EMPTY
        and one.weight == DOUBT
        and limit is not None
        and by_table[one.full_name] > limit
        else one
        for one in delivery.findings
    ]
    return replace(delivery, findings=findings)


def _most_empty_columns() -> float | None:
    """How many needed columns of a table may be empty; None when that blocks nothing."""
    path = PROJECT_DIR / "expectations" / "thresholds.csv"
    if not path.exists():
        return None
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["id"] == EMPTY_COLUMNS and row["severity"] == "blocking" and row["maximum"]:
                return float(row["maximum"])
    return None


MESSAGES: dict[str, tuple[str, list[str]]] = {
    ABSENT: (
        "{} required raw table(s) are missing, so nothing was built:",
        [
            "Put them there, or point PARTNER_METRICS_RAW at the place that has them. A table that "
            "your company has no use for can be an empty file with the column names."
        ],
    ),
    UNREAD: (
        "{} place(s) look like raw data of a source, and nothing reads them, so nothing was built:",
        [
            "Give each the name that the contract has for it (an account of a source is a folder "
            "<source>__<account>),\n"
            f"or set {IGNORE} to the names that need not be read, comma-separated."
        ],
    ),
    UNUSABLE: (
        "{} raw table(s) lack a column that none of their rows can be used without, so nothing was "
        "built:",
        [
            "Extract the column, or, if the table is optional, take its files away. Columns and "
            "their meaning are listed in models/staging/<source>/_<source>__sources.yml."
        ],
    ),
    EMPTY: (
        "{} column(s) that no row can be used without are empty, so nothing was built:",
        ["Extract them with their values."],
    ),
    ORPHANS: ("{} table(s) belong to rows that were not delivered, so nothing was built:", []),
    WHOLE: ("{} thing(s) leave no revenue to report, so nothing was built:", []),
}


def write_findings(
    connection: duckdb.DuckDBPyConnection, findings: list[Finding], target: str = FINDINGS
) -> None:
    """Create table `target` with a row a finding; landing keeps them in the build file.

    Expectations, the summary and publication read them there.
    """
    connection.execute(
        f"create table {target} (kind varchar, weight varchar, source_name varchar, "
        "table_name varchar, what varchar, text varchar)"
    )
    if findings:
        connection.executemany(
            f"insert into {target} values (?, ?, ?, ?, ?, ?)",
            [astuple(finding) for finding in findings],
        )


def read_findings(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """The findings of the build file in use; none for a build that landed before there were any."""
    there = connection.execute(
        "select count(*) from duckdb_tables() where database_name = current_database() "
        "and schema_name || '.' || table_name = ?",
        [FINDINGS],
    ).fetchone()
    if not there or not there[0]:
        return []
    rows = connection.execute(f"from {FINDINGS} order by all").fetchall()
    return [Finding(*row) for row in rows]


def load_needs(path: Path = NEEDED) -> list[Need]:
    """The rows of needed_inputs.csv."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Need(
                row["table"],
                tuple(name for name in row["columns"].split("|") if name),
                row["weight"],
                row["without_it"],
            )
            for row in csv.DictReader(file, strict=True)
        ]


def project_vars() -> dict[str, Any]:
    """The variables that a company sets in dbt_project.yml."""
    found: dict[str, Any] = read_yaml(PROJECT_DIR / "dbt_project.yml").get("vars", {})
    return found


def unreadable(
    connection: duckdb.DuckDBPyConnection,
    table: TableContract,
    parts: list[RawPart],
    error: duckdb.Error,
) -> PartnerMetricsError:
    """Name the files that cannot be read: each is tried by itself, unless a server is to blame."""
    if may_pass(error):
        return TransientError(
            f"Raw table {table.full_name} could not be read, so nothing was built: the server that "
            f"has it did not answer ({str(error).splitlines()[0]}). Run again when it does."
        )
    broken = []
    for file in (file for part in parts for file in part.files):
        if problem := read_to_the_end(connection, file):
            broken.append(f"  - {file}: {problem}")
    detail = "\n".join(broken) or f"  {error}"
    return PartnerMetricsError(
        f"Raw table {table.full_name} cannot be read, so nothing was built. A file may be "
        "half-written: wait until the load has ended, or remove it. Text has to be UTF-8, and a "
        f"CSV file has as many fields in each line as in its first.\n{detail}"
    )


def columns_of(connection: duckdb.DuckDBPyConnection, part: RawPart) -> list[str]:
    """The columns of a part as they are spelled."""
    return [row[0] for row in connection.execute(f"describe {part.query}").fetchall()]


def _not_read(settings: Settings, raw: RawSource, tables: list[TableContract]) -> Iterable[Finding]:
    """Places that look like what the contract has, and are not read. Others are no concern."""
    by_source: dict[str, list[str]] = defaultdict(list)
    for table in tables:
        by_source[table.source].append(table.name)
    for place in raw.not_read(tables):
        ignored = any(
            fnmatchcase(name, pattern)
            for name in (place.folder, place.name, f"{place.folder}/{place.table}")
            for pattern in settings.ignored
        )
        source = source_like(place.folder, by_source)
        like = table_like(place.table, by_source[source]) if source and place.table else None
        if source is None or (place.table and like is None):
            continue
        text = _place_text(place, source, like)
        yield Finding(UNREAD, NOTE if ignored else STOPS, source, like or "", place.name, text)


def _place_text(place: Place, source: str, like: str | None) -> str:
    files = f" ({place.files:,} files)" if place.files > 1 else ""
    if place.why:
        return f"{place.name}{files}: {place.why}"
    if like:
        return f"{place.name}{files}: looks like table {source}.{like}"
    return f"{place.name}{files}: looks like source {source} or an account of it"


def _absent(
    tables: list[TableContract], parts: Mapping[str, list[RawPart]], raw: RawSource
) -> Iterable[Finding]:
    for table in tables:
        stand_in = f"{table.source}.{table.stands_in}"
        if parts[table.full_name] or not table.required or parts.get(stand_in):
            continue
        text = (
            f"{table.full_name}: {table.required_because or 'the warehouse is built on it'}\n"
            f"    looked for: {raw.looked_for(table)}"
        )
        if table.source not in NEVER_EMPTY and table.required_columns:
            text += f"\n    if you have none: {raw.empty_table(table)}"
        yield Finding(ABSENT, STOPS, table.source, table.name, "", text)


def _profile(
    connection: duckdb.DuckDBPyConnection,
    table: TableContract,
    part: RawPart,
    parts: list[RawPart],
) -> tuple[Profile, Finding | None]:
    """What is in a part; and a finding if it lacks a column that no row can be used without."""
    try:
        there = columns_of(connection, part)
        lost = _lost(table, part, {column.lower() for column in there})
        if lost is not None:
            return Profile(part.relation, 0, frozenset(there), frozenset(), None), lost
        is_parquet = part.files and part.files[0].lower().endswith(".parquet")
        if is_parquet:
            rows, filled, newest_at = _of_footers(connection, part, there)
        else:
            # A table of a database may be long and far away: only what has to be known is counted.
            asked = {
                name for need in _needs(table) for one in need.columns for name in table.places(one)
            }
            counted = [name for name in there if part.files or name.lower() in asked]
            rows, filled, newest_at = _of_rows(connection, part, there, counted)
    except duckdb.Error as error:
        raise unreadable(connection, table, parts, error) from error
    columns = frozenset(column.lower() for column in there)
    return Profile(part.relation, rows, columns, filled & columns, newest_at), None


def _lost(table: TableContract, part: RawPart, there: set[str]) -> Finding | None:
    """Each row would be quarantined, and the figures would fall to nothing without an error."""
    lost = [
        column for column in table.required_columns if not there.intersection(table.places(column))
    ]
    if not lost:
        return None
    place = part.files[0] if part.files else f"{part.relation}.{table.name}"
    own = {column.lower() for column in table.columns}
    likes = {column: columns_like(column, there - own)[:2] for column in lost}
    alike = [f"{' and '.join(found)}, not {column}" for column, found in likes.items() if found]
    has = f"has {'; '.join(alike)}" if alike else f"which has {', '.join(sorted(there)[:12])}"
    text = f"{table.full_name}: column {', '.join(lost)}\n    looked in: {place} ({has})"
    return Finding(UNUSABLE, STOPS, table.source, table.name, lost[0], text)


Profiled = tuple[int, frozenset[str], datetime | None]


def _of_footers(
    connection: duckdb.DuckDBPyConnection, part: RawPart, columns: list[str]
) -> Profiled:
    """Rows, filled columns and newest delivery as the files' own statistics tell them."""
    names = file_names(part.files)
    found = connection.execute(
        f"""
        select
            lower(split_part(path_in_schema, ', ', 1)) as name,
            bool_or(
                num_values > stats_null_count
                and coalesce(stats_max_value, stats_max, 'x') <> ''
            ) as is_filled,
            bool_or(stats_null_count is null and num_values > 0) as is_unknown,
            max(try_cast(coalesce(stats_max_value, stats_max) as timestamp)) as newest_at
        from parquet_metadata({names})
        group by all
        """
    ).fetchall()
    filled = {name for name, is_filled, _, _ in found if is_filled}
    for name in [one[0] for one in found if one[2] and not one[1]]:
        if (
            name in {column.lower() for column in columns}
            and connection.execute(
                f"select 1 from ({part.query}) where {quote(name)} is not null limit 1"
            ).fetchone()
        ):
            filled.add(name)
    rows = connection.execute(
        f"select sum(num_rows) from parquet_file_metadata({names})"
    ).fetchone()
    newest = next((one[3] for one in found if one[0] == DELIVERED_AT), None)
    return int(rows[0] or 0) if rows else 0, frozenset(filled), newest


def _of_rows(
    connection: duckdb.DuckDBPyConnection, part: RawPart, columns: list[str], counted: list[str]
) -> Profiled:
    """The same, counted; columns that are not counted are taken to be filled."""
    counts = [f"count(nullif({quote(column)}::varchar, ''))" for column in counted]
    synced = [column for column in columns if column.lower() == DELIVERED_AT]
    newest = f"max(try_cast({quote(synced[0])}::varchar as timestamp))" if synced else "null"
    row = connection.execute(
        f"select {', '.join(['count(*)', newest, *counts])} from ({part.query}) as rows_of_part"
    ).fetchone()
    assert row is not None
    empty = {column for column, count in zip(counted, row[2:], strict=True) if not count}
    return int(row[0]), frozenset(one.lower() for one in columns if one not in empty), row[1]


def _columns(table: TableContract, profile: Profile) -> Iterable[Finding]:
    """Columns that are empty although they are needed, or that stand under another name."""
    if not profile.rows:
        return
    own = {name for column in table.columns for name in table.places(column)}
    strange = profile.filled - own - {SOURCE_RELATION}
    told: set[str] = set()
    for need in _needs(table):
        names = [name for column in need.columns for name in table.places(column)]
        if profile.filled.intersection(names):
            continue
        told.update(need.columns)
        likes = [one for column in need.columns for one in columns_like(column, strange)][:2]
        what = " and ".join(need.columns)
        verb = "are" if len(need.columns) > 1 else "is"
        instead = f"; has {' and '.join(likes)}, not {what}" if likes else ""
        text = (
            f"{table.full_name} of {profile.relation}: {what} {verb} empty in all "
            f"{profile.rows:,} rows{instead}. {need.without_it}"
        )
        yield Finding(EMPTY, need.weight, table.source, table.name, what, text)
    for column in table.columns:
        if column in told or profile.columns.intersection(table.places(column)):
            continue
        if likes := columns_like(column, strange)[:2]:
            text = (
                f"{table.full_name} of {profile.relation}: has {' and '.join(likes)}, "
                f"not {column}; nothing reads it"
            )
            what = f"{' and '.join(likes)} (not {column})"
            yield Finding(RENAMED, NOTE, table.source, table.name, what, text)


def _needs(table: TableContract) -> list[Need]:
    """What the contract needs in every row, and what else is needed of the table's columns."""
    required = [
        Need(
            table.full_name,
            (column,),
            STOPS if table.required else DOUBT,
            "No row can be used without it.",
        )
        for column in table.required_columns
    ]
    known = {need.columns[0] for need in required}
    return required + [
        need
        for need in load_needs()
        if need.table == table.full_name
        and need.columns
        and set(need.columns) <= set(table.columns)
        and not known.intersection(need.columns)
    ]


def _orphans(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    parts: Mapping[str, list[RawPart]],
) -> Iterable[Finding]:
    """Tables whose rows name parents that were not delivered."""
    columns = {table.full_name: table.columns for table in delivery.tables}
    for child, children, column, parent, parents in LINKS:
        if column not in columns.get(child, ()) or not delivery.rows(child):
            continue
        rows, orphans, example, named = 0, 0, None, None
        for part in parts[child]:
            if column not in _filled(delivery, child, part.relation):
                continue
            keys = [one.query for one in parts.get(parent, ()) if one.relation == part.relation]
            known = (
                f"select id::varchar as id from ({keys[0]}) as parents"
                if keys
                else "select ''::varchar as id where false"
            )
            found = connection.execute(
                f"""
                select count(*), count(*) filter (where parents.id is null),
                    arg_min(children.id, children.id) filter (where parents.id is null),
                    arg_min(children.parent_id, children.id) filter (where parents.id is null)
                from (
                    select id::varchar as id, {quote(column)}::varchar as parent_id
                    from ({part.query}) as landed
                    where {quote(column)} is not null
                ) as children
                left join (select distinct id from ({known}) as ids) as parents
                    on children.parent_id = parents.id
                """
            ).fetchone()
            assert found is not None
            rows, orphans = rows + found[0], orphans + found[1]
            example, named = example or found[2], named or found[3]
        if not orphans or orphans < rows * MANY_ORPHANS:
            continue
        source, name = child.split(".")
        whole = "all " if orphans == rows else f"{orphans:,} of "
        text = (
            f"{whole}{rows:,} {children} name {parents} that were not delivered ({parent}), "
            f"e.g. {example} names {named}. Deliver these rows of {parent}, of the same account."
        )
        weight = STOPS if orphans == rows and _is_required(delivery, child) else NOTE
        yield Finding(ORPHANS, weight, source, name, column, text)


def _is_required(delivery: Delivery, full_name: str) -> bool:
    # Without a single valid association, revenue is direct, which may be so on the first day.
    billing = full_name.startswith("stripe.")
    return billing and any(
        table.required for table in delivery.tables if table.full_name == full_name
    )


def _filled(delivery: Delivery, table: str, relation: str) -> frozenset[str]:
    return next(
        (one.filled for one in delivery.profiles[table] if one.relation == relation), frozenset()
    )


def _of_the_whole(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    parts: Mapping[str, list[RawPart]],
) -> Iterable[Finding]:
    """What only the tables together tell: that there is no time, no money, or no revenue at all."""
    contracted = {table.full_name: table for table in delivery.tables}
    bases = ("stripe.subscription", "stripe.subscription_item")
    if any(base not in contracted for base in (*bases, "stripe.price")):
        return
    variables = project_vars()
    for base in bases:
        if not delivery.rows(base):
            text = (
                f"{base} has no row in any account: no subscription, no MRR. See that the extract "
                "is of the account that sells."
            )
            yield Finding(WHOLE, STOPS, "stripe", base.removeprefix("stripe."), "", text)
            return
    if not variables.get("as_of") and not any(delivery.newest_at(base) for base in bases):
        text = (
            f"no row of {' or '.join(bases)} says when it was delivered ({DELIVERED_AT}), so that "
            "nothing says which month ends last. Deliver the column, or set the variable `as_of` "
            "in dbt_project.yml"
        )
        yield Finding(WHOLE, STOPS, "stripe", "subscription", DELIVERED_AT, text)
    reporting = str(variables.get("reporting_currency", "")).upper()
    prices = " union all ".join(
        f"select upper(currency::varchar) as currency from ({part.query}) as prices"
        for part in parts["stripe.price"]
        if "currency" in _filled(delivery, "stripe.price", part.relation)
    )
    if not prices or not reporting or delivery.rows("exchange_rates.daily_rate"):
        return
    counts = dict(
        connection.execute(
            f"select currency, count(*) from ({prices}) as prices where currency is not null "
            "group by all order by count(*) desc, currency"
        ).fetchall()
    )
    others = [currency for currency in counts if currency != reporting]
    if others:
        # With not one price in the reporting currency, every item would be held back.
        weight = NOTE if reporting in counts else STOPS
        text = (
            f"prices are in {', '.join(list(counts)[:6])}, MRR is reported in {reporting}, and "
            "exchange_rates.daily_rate was not delivered: items in "
            f"{', '.join(others[:6])} have no MRR. Deliver the rates, or set `reporting_currency` "
            f"(and `reporting_time_zone`) in dbt_project.yml, for example to {others[0]}"
        )
        yield Finding(WHOLE, weight, "exchange_rates", "daily_rate", "currency", text)
