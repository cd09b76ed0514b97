"""What every publication said: closing MRR of partner and month, kept where it was said anew.

    ledger/snapshots/<version>.parquet         what the version says differently from before
    ledger/snapshots/<moment>_rollback.parquet what an earlier one does, being current again

The published table `closing_mrr_snapshots` holds all of it. A publication writes it into its file,
moves the pointer, and only then renames its snapshot into place: so the ledger never has a figure
that no reader saw. If the process dies in between, the next publication takes what is missing from
the published file.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.errors import PartnerMetricsError
from orchestration.files import flush
from orchestration.manifest import CERTIFIED_SCHEMA, TableDescription
from orchestration.raw_sources import literal
from orchestration.settings import Settings, shown

SNAPSHOTS = "closing_mrr_snapshots"
COLUMNS = {
    "partner_id": "varchar",
    "month_start": "date",
    "closing_mrr": "decimal(28,6)",
    "publication_version": "varchar",
    "published_at": "timestamp",
}

DESCRIPTION = TableDescription(
    text=(
        "One row for each closing MRR that was published, from when it was first said. "
        "What was said on a day are the rows with said_from_at <= the day and said_until_at after "
        "it or empty."
    ),
    columns={
        "partner_id": "Partner; direct for direct business.",
        "month_start": "Month, as its first day.",
        "closing_mrr": (
            "Closing MRR in reporting currency as it was published; empty when the publication no "
            "longer had the partner and month."
        ),
        "publication_version": "Version of the published file that said it.",
        "said_from_at": "When that version was published, or made current again (UTC).",
        "said_until_at": "When another figure took its place (UTC); empty while it is current.",
    },
)


def snapshots_folder(settings: Settings) -> Path:
    return settings.ledger_dir / "snapshots"


def recover_snapshots(settings: Settings, published: Path | None) -> None:
    """Write the snapshots that the current published file has and the ledger does not.

    A publication that died after the pointer moved leaves one such; a lost folder leaves all.
    """
    folder = snapshots_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    discard_drafts(settings)
    if published is None or not published.exists():
        return
    with duckdb.connect(config=settings.duckdb_config()) as connection:
        connection.execute(f"attach {literal(str(published))} as published (read_only)")
        if not _has_table(connection):
            return
        said = f"published.{CERTIFIED_SCHEMA}.{SNAPSHOTS}"
        versions = connection.execute(f"select distinct publication_version from {said}").fetchall()
        for (version,) in versions:
            if not (folder / f"{version}.parquet").exists():
                _copy(
                    connection,
                    "select partner_id, month_start, closing_mrr, publication_version, "
                    f"said_from_at as published_at from {said} "
                    f"where publication_version = {literal(version)}",
                    _draft(settings, version),
                )
                keep_snapshot(settings, version)


def discard_drafts(settings: Settings) -> None:
    """Remove what a publication that did not come to its end wrote."""
    for draft in snapshots_folder(settings).glob(".tmp-*"):
        draft.unlink()


def write_snapshots(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    settings: Settings,
    version: str,
    published_at: datetime,
) -> TableDescription:
    """Create table `target` with all that was said, by this publication too.

    Its own part is also written into the ledger under a temporary name, for `keep_snapshot`.
    """
    _load_said(connection, settings)
    _say(connection, version, published_at, _draft(settings, version))
    connection.execute(
        f"""
        create table {target} as
        select
            partner_id,
            publication_version,
            closing_mrr,
            published_at as said_from_at,
            lead(published_at) over (
                partition by partner_id, month_start order by published_at
            ) as said_until_at,
            month_start
        from said
        order by partner_id, month_start, published_at
        """
    )
    connection.execute("drop table said")
    return DESCRIPTION


def draft_said_again(
    settings: Settings, published: Path, version: str, said_at: datetime, name: str
) -> None:
    """Write, for `keep_snapshot`, what a version says since it became current again at `said_at`.

    That is nothing when the ledger has it already.
    """
    with duckdb.connect(config=settings.duckdb_config()) as connection:
        connection.execute(f"attach {literal(str(published))} as published (read_only)")
        _load_said(connection, settings)
        _say(connection, version, said_at, _draft(settings, name))


def keep_snapshot(settings: Settings, name: str) -> None:
    """Give a snapshot its name, read-only; there is none if nothing new was said."""
    draft = _draft(settings, name)
    if draft.exists():
        draft.chmod(0o444)
        draft.replace(snapshots_folder(settings) / f"{name}.parquet")
        flush(snapshots_folder(settings))


def _load_said(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Create the temporary table `said` with all that the ledger has."""
    definition = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    connection.execute(f"create temp table said ({definition})")
    for path in sorted(snapshots_folder(settings).glob("*.parquet")):
        try:
            connection.execute(f"insert into said by name from read_parquet({literal(str(path))})")
        except duckdb.Error as error:
            raise PartnerMetricsError(
                f"Nothing was published: the snapshot {shown(path)} cannot be read "
                f"({str(error).splitlines()[0]}). Restore it from a backup, or remove it: it is "
                "then taken from the current published file."
            ) from error


def _say(
    connection: duckdb.DuckDBPyConnection, version: str, said_at: datetime, draft: Path
) -> None:
    """Add to `said` what version `version` says otherwise from `said_at` on, and draft it."""
    moment = said_at.replace(tzinfo=None)
    connection.execute(
        f"""
        insert into said
        with last_said as (
            select * from said
            qualify row_number() over (
                partition by partner_id, month_start order by published_at desc
            ) = 1
        ),
        said_now as (
            select partner_id, month_start, closing_mrr
            from published.{CERTIFIED_SCHEMA}.partner_mrr_monthly
        )
        select
            coalesce(said_now.partner_id, last_said.partner_id),
            coalesce(said_now.month_start, last_said.month_start),
            said_now.closing_mrr,
            ?,
            ?
        from said_now
        full outer join last_said
            on said_now.partner_id = last_said.partner_id
            and said_now.month_start = last_said.month_start
        where said_now.closing_mrr is distinct from last_said.closing_mrr
        """,
        [version, moment],
    )
    said_now = f"select * from said where published_at = timestamp {literal(moment.isoformat())}"
    _copy(connection, said_now, draft)


def _copy(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    """Write the rows of a query, if there are any."""
    if connection.execute(f"select 1 from ({query}) limit 1").fetchone() is None:
        return
    connection.execute(
        f"copy (from ({query}) order by partner_id, month_start) to {literal(str(target))} "
        "(format parquet, compression zstd)"
    )
    flush(target)


def _has_table(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(
        connection.execute(
            "select 1 from information_schema.tables where table_catalog = 'published' "
            "and table_schema = ? and table_name = ?",
            [CERTIFIED_SCHEMA, SNAPSHOTS],
        ).fetchone()
    )


def _draft(settings: Settings, version: str) -> Path:
    return snapshots_folder(settings) / f".tmp-{version}.parquet"
