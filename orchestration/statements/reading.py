"""Reads statement lines, their explanations and what they were paid on from the published file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from orchestration.errors import PartnerMetricsError
from orchestration.publishing import current_file
from orchestration.settings import Settings

LINES = "partner_incentive_statement_lines"
EXPLANATIONS = "incentive_line_explanations"
PIECES = "incentive_base_lines"
# A payout is what a lever pays a partner for a period.
PAYOUT = ("program_id", "lever_id", "partner_id", "period_start", "period_end")
# Levels count on the last day of their month, so an invoice line covers them that is for that day.
SQL_OF_LINES = f"""
    select
        lines.statement_line_id, lines.line_key, lines.program_id, lines.program_version_id,
        lines.lever_id, lines.partner_id, lines.payee_kind, lines.payee_id, lines.customer_id,
        lines.bucket, lines.entry, lines.status, lines.cause, lines.related_line_id,
        lines.metric_id, lines.metric_version, lines.currency, lines.verification,
        lines.metric_value, lines.base_amount, lines.rate, lines.amount, lines.period_start,
        lines.period_end, lines.posted_period, lines.payable_from, lines.paid_on,
        coalesce(lines.event_sequence, 0) as event_sequence,
        coalesce(programs.program_name, lines.program_id) as program_name,
        coalesce(programs.version_name, lines.program_version_id) as version_name,
        coalesce(levers.lever_name, lines.lever_id) as lever_name,
        coalesce(partners.partner_name, lines.partner_id) as partner_name,
        customers.customer_name,
        coalesce(metrics.metric_name, lines.metric_id) as metric_name
    from certified.{LINES} as lines
    left join certified.incentive_programs as programs using (program_version_id)
    left join certified.incentive_levers as levers
        on lines.program_version_id = levers.program_version_id and lines.lever_id = levers.lever_id
    left join certified.partners as partners on lines.partner_id = partners.partner_id
    left join certified.customers as customers on lines.customer_id = customers.customer_id
    left join certified.metric_catalogue as metrics
        on
            lines.metric_id = metrics.metric_id
            and cast(lines.metric_version as varchar) = cast(metrics.metric_version as varchar)
"""


@dataclass(frozen=True)
class Line:
    """A line of a statement, `amount` with its sign. `event_sequence` is 0 until it is posted."""

    statement_line_id: str
    line_key: str
    program_id: str
    program_version_id: str
    lever_id: str
    partner_id: str
    payee_kind: str
    payee_id: str
    customer_id: str | None
    bucket: str
    entry: str
    status: str
    cause: str | None
    related_line_id: str | None
    metric_id: str | None
    metric_version: int | None
    currency: str
    verification: str
    metric_value: Decimal | None
    base_amount: Decimal | None
    rate: Decimal | None
    amount: Decimal
    period_start: date
    period_end: date
    posted_period: date | None
    payable_from: date | None
    paid_on: date | None
    event_sequence: int
    program_name: str
    version_name: str
    lever_name: str
    partner_name: str
    customer_name: str | None
    metric_name: str | None

    @property
    def payout(self) -> tuple[Any, ...]:
        return tuple(getattr(self, column) for column in PAYOUT)


@dataclass(frozen=True)
class Step:
    """A step of a payout: `measure` x `rule_value` gives `amount`, where the rule has figures."""

    step: str
    rule_table: str
    rule_id: str | None
    explanation: str
    source: str | None
    source_date: str | None
    verification: str
    measure: Decimal | None
    rule_value: Decimal | None
    amount: Decimal | None
    customer_id: str | None
    bucket: str | None
    payee_id: str | None


@dataclass(frozen=True)
class Piece:
    """A piece of what was paid on; `amount` as credited to the partner."""

    source_type: str
    source_id: str | None
    condition_key: str | None
    customer_id: str | None
    customer_name: str | None
    product_id: str | None
    product_name: str | None
    amount: Decimal
    occurred_on: date


@dataclass(frozen=True)
class InvoiceLine:
    """A line of an invoice, in the invoice's own currency; `period_to` is the day after."""

    invoice_line_id: str
    invoice_id: str | None
    currency: str
    billed_amount: Decimal
    period_from: date
    period_to: date


Row = TypeVar("Row")


@contextmanager
def published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The current published file; PartnerMetricsError when there is none, or without statements."""
    file = current_file(settings)
    with duckdb.connect(str(file), read_only=True) as connection:
        known = {
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'certified'"
            ).fetchall()
        }
        if missing := {LINES, EXPLANATIONS, PIECES} - known:
            raise PartnerMetricsError(
                f"{Path(file).name} has no {', '.join(sorted(missing))}: it was published before "
                "incentives were calculated. Run `make run`."
            )
        yield connection


def find_lines(connection: duckdb.DuckDBPyConnection, name: str) -> list[Line]:
    """The statement line of that id, or all with that line key; PartnerMetricsError for neither."""
    found = rows_as(
        connection,
        Line,
        SQL_OF_LINES + "where lines.statement_line_id = ? or lines.line_key = ? "
        "order by lines.posted_period, lines.statement_line_id",
        [name, name],
    )
    if not found:
        raise PartnerMetricsError(
            f"There is no statement line {name!r} in this publication. `make statement "
            "PARTNER=... MONTH=...` shows a partner's lines with their ids; or ask for them:\n"
            f'  make query SQL="select statement_line_id, amount from certified.{LINES} '
            "where partner_id = '...'\""
        )
    return found


def lines_of(
    connection: duckdb.DuckDBPyConnection, partner_id: str, month: date, program_id: str | None
) -> list[Line]:
    """The partner's lines of the month that they are posted in, program by program."""
    return rows_as(
        connection,
        Line,
        SQL_OF_LINES + "where lines.partner_id = ? and lines.posted_period = ? "
        "and (? is null or lines.program_id = ?) "
        "order by lines.program_id, lines.entry desc, levers.lever_name, lines.bucket, "
        "customers.customer_name, lines.statement_line_id",
        [partner_id, month, program_id, program_id],
    )


def steps_of(connection: duckdb.DuckDBPyConnection, line: Line) -> list[Step]:
    """The steps of the line's payout that concern it, in order: as posted, else as of today."""
    return rows_as(
        connection,
        Step,
        f"select * from certified.{EXPLANATIONS} where {_payout_is()} and event_sequence = ? "
        "and (customer_id is null or customer_id = ?) and (bucket is null or bucket = ?) "
        "and (payee_id is null or payee_id = ?) order by step_order",
        [*line.payout, line.event_sequence, line.customer_id, line.bucket, line.payee_id],
    )


def pieces_of(connection: duckdb.DuckDBPyConnection, line: Line) -> list[Piece]:
    """What the line was paid on: the pieces of its customer, largest first."""
    return rows_as(
        connection,
        Piece,
        f"select pieces.*, customers.customer_name, products.product_name "
        f"from certified.{PIECES} as pieces "
        "left join certified.customers as customers using (customer_id) "
        "left join certified.products as products using (product_id) "
        f"where {_payout_is()} and event_sequence = ? "
        "and customer_id is not distinct from ? order by abs(amount) desc, piece",
        [*line.payout, line.event_sequence, line.customer_id],
    )


def invoice_lines_of(connection: duckdb.DuckDBPyConnection, piece: Piece) -> list[InvoiceLine]:
    """The invoice line that the piece is, or those of its customer and product for its day."""
    values: list[Any]
    if piece.source_type == "invoice_line":
        condition, values = "invoice_line_id = ?", [piece.source_id]
    else:
        condition = (
            "customer_id = ? and product_id = coalesce(?, product_id) "
            "and period_from <= ? and period_to > ?"
        )
        values = [piece.customer_id, piece.product_id, piece.occurred_on, piece.occurred_on]
    return rows_as(
        connection,
        InvoiceLine,
        f"select * from certified.customer_invoice_lines where {condition} order by all",
        values,
    )


def rows_as(
    connection: duckdb.DuckDBPyConnection, kind: type[Row], sql: str, values: Sequence[Any]
) -> list[Row]:
    """Rows of a query as objects of a data class, by the names of its fields."""
    cursor = connection.execute(sql, list(values))
    columns = [column[0] for column in cursor.description or []]
    wanted = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    places = [columns.index(name) for name in wanted]
    return [kind(*(row[place] for place in places)) for row in cursor.fetchall()]


def _payout_is() -> str:
    return " and ".join(f"{column} = ?" for column in PAYOUT)
