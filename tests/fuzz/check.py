"""Compares what the warehouse made of raw rows with what the judge says should become of them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import duckdb
from oracle import TABLES, Key, Row, Table, Verdict, typed_row, version_key

MARK = "fuzz_row"  # a column that no contract knows: the number of the row


@dataclass
class Outcome:
    """What was found wrong, in words, and how many rows went where for which reason."""

    problems: list[str] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)


def mark(rows: dict[Key, list[Row]]) -> None:
    for found in rows.values():
        for number, row in enumerate(found):
            row[MARK] = str(number)


def compare(
    connection: duckdb.DuckDBPyConnection,
    rows: dict[Key, list[Row]],
    verdicts: dict[Key, list[Verdict]],
) -> Outcome:
    """Every row's verdict, and every accepted row's values, in every table."""
    outcome = Outcome()
    for key, table in TABLES.items():
        base = f'"staging"."base_{table.source}__{table.name}"'
        found = rows.get(key, [])
        _verdicts(connection, base, table, found, verdicts[key], outcome)
        _values(connection, base, table, found, verdicts[key], outcome)
    return outcome


def _verdicts(
    connection: duckdb.DuckDBPyConnection, base: str, table: Table, rows: list[Row],
    verdicts: list[Verdict], outcome: Outcome,
) -> None:  # fmt: skip
    counts = dict(
        connection.execute(f"select row_status, count(*) from {base} group by all").fetchall()
    )
    expected = Counter(verdict.status for verdict in verdicts)
    tied = [number for number, verdict in enumerate(verdicts) if verdict.ties]
    groups = {_key_of(table, rows[number]) for number in tied}
    expected["accepted"] -= len(tied) - len(groups)
    expected["superseded"] += len(tied) - len(groups)
    if counts != {status: count for status, count in expected.items() if count}:
        outcome.problems.append(
            f"{table.full_name}: {counts} instead of {dict(expected)} of {len(rows)} rows"
        )
    outcome.statuses.update(counts)
    quarantined = {}
    for raw_row, reason in connection.execute(
        f"select raw_row, row_reason from {base} where row_status = 'quarantined'"
    ).fetchall():
        quarantined[int(json.loads(raw_row)[MARK])] = tuple(reason.split("|"))
    for number, verdict in enumerate(verdicts):
        given = quarantined.get(number)
        if given:
            outcome.reasons[given[0]] += 1
        if (given is None) != (verdict.status != "quarantined"):
            outcome.problems.append(
                f"{table.full_name} {_short(rows[number])}: given {given}, {verdict}"
            )
        elif given is not None and given not in verdict.reasons:
            outcome.problems.append(
                f"{table.full_name} {_short(rows[number])}: reason {given}, not {verdict.reasons}"
            )


def _values(
    connection: duckdb.DuckDBPyConnection, base: str, table: Table, rows: list[Row],
    verdicts: list[Verdict], outcome: Outcome,
) -> None:  # fmt: skip
    names = list(table.columns)
    selected = ", ".join(f'"{name}"' for name in [*names, "source_relation"])
    stored = {}
    for values in connection.execute(
        f"select {selected} from {base} where row_status = 'accepted'"
    ).fetchall():
        row = dict(zip([*names, "source_relation"], map(_plain, values), strict=True))
        stored[row["source_relation"], *version_key(table, row)] = row
    for row, verdict in zip(rows, verdicts, strict=True):
        if verdict.status != "accepted" or verdict.ties:
            continue
        typed = typed_row(table, row)
        kept = stored.get(_key_of(table, row))
        wrong = [name for name in names if kept is None or kept[name] != typed[name]]
        if wrong:
            seen = None if kept is None else {name: kept[name] for name in wrong}
            outcome.problems.append(
                f"{table.full_name} {_short(row)}: kept {seen}, landed "
                f"{ {name: str(row.get(name))[:60] for name in wrong} }"
            )


def _key_of(table: Table, row: Row) -> tuple[Any, ...]:
    typed = typed_row(table, row)
    return (row["source_relation"], *version_key(table, typed))


def _plain(value: Any) -> Any:
    if getattr(value, "tzinfo", None) is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _short(row: Row) -> str:
    return str({name: str(value)[:40] for name, value in list(row.items())[:4]})


CERTIFIED_OF_CUSTOMERS = ("customer_mrr_movements", "customer_mrr_monthly")


def figures_of(
    connection: duckdb.DuckDBPyConnection, customers: set[str], partners: set[str]
) -> dict[str, list[tuple[Any, ...]]]:
    """All certified rows of the named customers and partners; months in which a partner has, had
    and moved nothing are left out, because another customer's first day adds such months."""
    connection.execute("create or replace temp table named_customers (customer_id varchar)")
    connection.execute("create or replace temp table named_partners (partner_id varchar)")
    connection.executemany(
        "insert into named_customers values (?)", [[c] for c in sorted(customers)]
    )
    connection.executemany("insert into named_partners values (?)", [[p] for p in sorted(partners)])
    figures = {
        table: connection.execute(
            f"select * from certified.{table} semi join named_customers using (customer_id) "
            "order by all"
        ).fetchall()
        for table in CERTIFIED_OF_CUSTOMERS
    }
    figures["partner_mrr_monthly"] = connection.execute(
        "select * from certified.partner_mrr_monthly semi join named_partners using (partner_id) "
        "where opening_mrr <> 0 or closing_mrr <> 0 or new_mrr <> 0 order by all"
    ).fetchall()
    return figures
