"""Closes months: what was published of a month is kept, as it is, for ever.

A month's rows come from the current published file, never from the build file, so that what is
closed is what people have read. Months close in order and once; the first closing takes all
earlier months along, each as a closing of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb

from orchestration.build_record import require_passed_build
from orchestration.certificates import CERTIFICATES
from orchestration.content import content_hash
from orchestration.errors import PartnerMetricsError
from orchestration.ledger.closed_months import (
    reporting_currency,
    require_currency,
    verified_closings,
)
from orchestration.ledger.closings import (
    CLOSING_FILE,
    Closing,
    closed_months_folder,
    first_day,
    ledger_lock,
    month_after,
    months_until,
)
from orchestration.ledger.contract import CLOSINGS, load_closed_tables
from orchestration.ledger.sealed import (
    remove_leftovers,
    sealed_folder,
    write_record,
    write_table,
)
from orchestration.manifest import CERTIFIED_SCHEMA
from orchestration.publishing import hashed_relations, read_pointer
from orchestration.raw_sources import literal, quote
from orchestration.settings import Settings, shown

VENDOR = f"published.{CERTIFIED_SCHEMA}.vendor_summary_monthly"


@dataclass(frozen=True)
class Published:
    """What stands behind the current version; `closing_mrr` is the vendor's, by month."""

    version: str
    content_hash: str
    tables: dict[str, int]
    run_id: str
    code_version: str
    inputs_as_of: datetime | None
    currency: str
    metric_versions: dict[str, str]
    closing_mrr: dict[str, Decimal]


@dataclass(frozen=True)
class ClosingState:
    """Which months are closed, and which complete published month is the next to close."""

    closings: list[Closing]
    next_month: str | None


def close_month(settings: Settings, month: str) -> list[Closing]:
    """Close a month as published, and return its closing; the first time, all before it as well.

    Raises PartnerMetricsError, and closes nothing, unless the month is the next one, is complete,
    and the published version is that of the last build, which passed.
    """
    first_day(month)
    with (
        plain_refusal(settings),
        ledger_lock(settings),
        open_published(settings) as (connection, published),
    ):
        remove_leftovers(closed_months_folder(settings))
        closings = verified_closings(settings)
        months = _months_to_close(month, closings, published)
        _require_passed(settings, closings, published)
        require_untouched(connection, published)
        for one in months:
            before = closings[-1] if closings else None
            closings.append(_close(settings, connection, published, one, month, before))
    return closings[-len(months) :]


def require_closable(settings: Settings, month: str) -> None:
    """Raise PartnerMetricsError, with the reason, unless the month could be closed now."""
    with ledger_lock(settings), open_published(settings) as (_, published):
        closings = verified_closings(settings)
        _months_to_close(month, closings, published)
        _require_passed(settings, closings, published)


def closing_state(settings: Settings) -> ClosingState:
    """What is closed, verified, and what comes next."""
    with ledger_lock(settings):
        closings = verified_closings(settings)
    if read_pointer(settings.publish_dir) is None:
        return ClosingState(closings, None)
    with open_published(settings) as (_, published):
        months = sorted(published.closing_mrr)
    following = month_after(closings[-1].month) if closings else None
    candidates = [month for month in months if following is None or month == following]
    return ClosingState(closings, candidates[0] if candidates else None)


@contextmanager
def plain_refusal(settings: Settings) -> Iterator[None]:
    """Say what to do when the system refuses to write: no space, no rights, no disk."""
    try:
        yield
    except (OSError, duckdb.IOException) as error:
        raise PartnerMetricsError(
            f"Not closed: {str(error).splitlines()[0]}. See that there is space in "
            f"{shown(settings.ledger_dir)} and that it can be written to, and close again. What "
            "was closed before stays closed."
        ) from error


@contextmanager
def open_published(
    settings: Settings,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Published]]:
    """The current version, attached as `published`, and the facts of its certificates."""
    pointer = read_pointer(settings.publish_dir)
    if pointer is None:
        raise PartnerMetricsError("Not closed: nothing is published yet. Run `make run` first.")
    file = settings.publish_dir / pointer.file
    with duckdb.connect(config=settings.duckdb_config()) as connection:
        connection.execute("set timezone = 'UTC'; set preserve_insertion_order = true")
        try:
            connection.execute(f"attach {literal(str(file))} as published (read_only)")
            months = connection.execute(
                f"select month_start, closing_mrr, reporting_currency from {VENDOR}"
            ).fetchall()
            certificates = connection.execute(
                "select metric_id, metric_version, run_id, code_version, inputs_as_of "
                f"from published.{CERTIFIED_SCHEMA}.{CERTIFICATES} order by metric_id"
            ).fetchall()
        except duckdb.Error as error:
            raise PartnerMetricsError(
                f"Not closed: {file} cannot be read ({str(error).splitlines()[0]}). "
                "Publish anew: make run."
            ) from error
        if not months or not certificates:
            raise PartnerMetricsError(
                f"Not closed: version {pointer.version} has no months or no certificates."
            )
        _, _, run_id, code_version, inputs_as_of = certificates[0]
        yield (
            connection,
            Published(
                version=pointer.version,
                content_hash=pointer.content_hash,
                tables=pointer.tables,
                run_id=run_id,
                code_version=code_version,
                inputs_as_of=inputs_as_of,
                currency=months[0][2],
                metric_versions={row[0]: row[1] for row in certificates},
                closing_mrr={f"{month:%Y-%m}": closing for month, closing, _ in months},
            ),
        )


def _months_to_close(month: str, closings: list[Closing], published: Published) -> list[str]:
    """The month, with those before it that its closing takes along."""
    closed = {closing.month: closing for closing in closings}
    if month in closed:
        one = closed[month]
        raise PartnerMetricsError(
            f"Not closed: {month} was closed on {one.closed_at[:10]} by {one.closed_by}, and a "
            "closed month stays as it is. What was found out since is posted as corrections in the "
            "open month by `make run`."
        )
    first, last = min(published.closing_mrr), max(published.closing_mrr)
    if month > last:
        raise PartnerMetricsError(
            f"Not closed: {month} is not complete. The published data speaks for {last} and "
            "before. Close it when the month is over and `make run` has published it."
        )
    start = month_after(closings[-1].month) if closings else first
    if month < start:
        raise PartnerMetricsError(f"Not closed: {month} is before {start}, the first month.")
    # A first closing that was interrupted is taken up again by the same command.
    under_way = bool(closings) and closings[-1].month < month <= closings[-1].asked_for
    if closings and month != start and not under_way:
        raise PartnerMetricsError(
            f"Not closed: {start} is still open, and months close in order. "
            f"Close it first: make close MONTH={start}"
        )
    return months_until(start, month)


def _require_passed(settings: Settings, closings: list[Closing], published: Published) -> None:
    """Raise unless the published version is the last build, passed, and newer than all closings."""
    require_last_build(settings, published)
    missing = _kept_tables() - published.tables.keys()
    if missing:
        raise PartnerMetricsError(
            f"Not closed: version {published.version} has no {', '.join(sorted(missing))}. "
            "Publish anew: make run."
        )
    require_currency(closings, reporting_currency())
    require_currency(closings, published.currency)
    last = closings[-1] if closings else None
    if last is None:
        return
    if published.version < last.publication_version:
        raise PartnerMetricsError(
            f"Not closed: version {published.version} is older than {last.publication_version}, "
            f"from which {last.month} was closed. Publish anew: make run."
        )
    as_of = published.inputs_as_of and published.inputs_as_of.isoformat()
    if last.inputs_as_of and (not as_of or as_of < last.inputs_as_of):
        raise PartnerMetricsError(
            f"Not closed: the published data speaks for {as_of} (UTC), and {last.month} was closed "
            f"on data of {last.inputs_as_of}. An old extract lies where the raw data is read from; "
            "put the newest there and run `make run`."
        )


def require_last_build(settings: Settings, published: Published) -> None:
    """Raise PartnerMetricsError unless what is published is the last build, which passed."""
    build = require_passed_build(settings, "Not closed")
    if build.run_id != published.run_id:
        raise PartnerMetricsError(
            f"Not closed: the last build (run {build.run_id}) is not the one that is published "
            f"(run {published.run_id}). Run `make run`, look at what it published, then close."
        )


def require_untouched(connection: duckdb.DuckDBPyConnection, published: Published) -> None:
    """Raise PartnerMetricsError unless the attached version is as it was published."""
    if content_hash(connection, hashed_relations(published.tables)) != published.content_hash:
        raise PartnerMetricsError(
            f"Not closed: version {published.version} is not as it was published; its content "
            "hash differs from that of the pointer. Publish anew: make run."
        )


def _kept_tables() -> set[str]:
    return {table.name for table in load_closed_tables()} - {CLOSINGS}


def _close(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    published: Published,
    month: str,
    asked_for: str,
    before: Closing | None,
) -> Closing:
    """Write one month's folder."""
    with sealed_folder(closed_months_folder(settings), month) as draft:
        tables = {
            name: write_table(
                connection, name, _rows_of(name, first_day(month)), draft / f"{name}.parquet"
            )
            for name in sorted(_kept_tables())
        }
        as_of = published.inputs_as_of
        content = {
            "month": month,
            "asked_for": asked_for,
            "closed_at": datetime.now(UTC).replace(tzinfo=None, microsecond=0).isoformat(),
            "closed_by": settings.user,
            "publication_version": published.version,
            "run_id": published.run_id,
            "code_version": published.code_version,
            "inputs_as_of": as_of.isoformat() if as_of else None,
            "reporting_currency": published.currency,
            "closing_mrr": str(published.closing_mrr.get(month, Decimal(0))),
            "metric_versions": published.metric_versions,
            "tables": {name: asdict(table) for name, table in tables.items()},
            "previous_hash": before.hash if before else None,
        }
        content["hash"] = write_record(draft / CLOSING_FILE, content)
    return Closing(**{**content, "tables": tables})  # type: ignore[arg-type]


def _rows_of(table: str, month: date) -> str:
    return (
        f"(from published.{CERTIFIED_SCHEMA}.{quote(table)} "
        f"where month_start = date {literal(month.isoformat())})"
    )
