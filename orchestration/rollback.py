"""Roll back: make an earlier publication the current one again.

python -m orchestration.rollback 20261102T060412Z_1a2b3c4d
make rollback VERSION=20261102T060412Z_1a2b3c4d

Without a version it lists those there are. Only the pointer moves, in one atomic step, as in a
publication; no version is changed or removed. What readers are told from then on goes into
`closing_mrr_snapshots` and `history.jsonl`. The next run that passes publishes anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.certificates import CERTIFICATES
from orchestration.cli import run_command
from orchestration.content import content_hash
from orchestration.errors import PartnerMetricsError
from orchestration.incentives.landing import verified_events
from orchestration.ledger.closings import ledger_lock, read_closings
from orchestration.ledger.snapshots import draft_said_again, keep_snapshot
from orchestration.manifest import CERTIFIED_SCHEMA
from orchestration.publishing import (
    NAME,
    Publication,
    catch_up,
    hashed_relations,
    kept_versions,
    move_pointer,
    next_moment,
    note_current,
    one_publisher,
    read_pointer,
    rollback_snapshot,
)
from orchestration.query import rows_table, terminal_console
from orchestration.raw_sources import literal, quote
from orchestration.settings import Settings, load_settings

COLUMNS = ["version", "published (UTC)", "last month", "closing MRR", "code", ""]


@dataclass(frozen=True)
class Kept:
    """A version in the publication folder; `problem` says why it cannot be read."""

    version: str
    certified_at: datetime | None = None
    month: str = ""
    closing_mrr: Decimal | None = None
    currency: str = ""
    code_version: str = ""
    problem: str = ""


def main() -> None:
    settings = load_settings()
    if len(sys.argv) < 2:
        print_versions(settings)
        return
    before, now = roll_back(settings, sys.argv[1])
    print(f"Was current: {before.version}, published {before.published_at[:19]} UTC.")
    print(f"Is current:  {now.version}, published {now.published_at[:19]} UTC.")
    print(
        "The next run that passes publishes anew. If the figures were wrong, mend the cause first;"
    )
    print("until then switch the daily schedule off, if it is on.")
    print("`make report` and `make share` write the page and partners' files of this version.")


def print_versions(settings: Settings) -> None:
    """Print the versions that there are, newest first."""
    pointer = read_pointer(settings.publish_dir)
    rows = [
        (
            kept.version,
            f"{kept.certified_at:%Y-%m-%d %H:%M:%S}" if kept.certified_at else "",
            kept.month,
            f"{kept.closing_mrr:,.2f} {kept.currency}" if kept.closing_mrr is not None else "",
            kept.code_version[:12],
            "current" if pointer and kept.version == pointer.version else kept.problem,
        )
        for kept in list_versions(settings)
    ]
    if not rows:
        print(f"Nothing is published in {settings.publish_dir} yet. Run `make run`.")
        return
    table = rows_table(COLUMNS, rows, "What can be made current again")
    table.columns[3].justify = "right"
    terminal_console().print(table)
    print("make rollback VERSION=... makes one of them current.")


def list_versions(settings: Settings) -> list[Kept]:
    """The versions in the publication folder, newest first, each with its last closing MRR."""
    found = []
    for version in reversed(kept_versions(settings.publish_dir)):
        try:
            with _opened(settings, version) as connection:
                certified = f"published.{CERTIFIED_SCHEMA}"
                row = connection.execute(
                    "select certified_at, month_start, closing_mrr, reporting_currency, "
                    f"code_version from (from {certified}.{CERTIFICATES} limit 1), "
                    f"{certified}.vendor_summary_monthly order by month_start desc limit 1"
                ).fetchone()
        except duckdb.Error as error:
            found.append(Kept(version, problem=f"cannot be read: {str(error).splitlines()[0]}"))
            continue
        if row is None:
            found.append(Kept(version, problem="has no months"))
        else:
            found.append(Kept(version, row[0], f"{row[1]:%Y-%m}", row[2], row[3], row[4]))
    return found


def roll_back(settings: Settings, version: str) -> tuple[Publication, Publication]:
    """Make a version current again; returns what was current and what is.

    Raises PartnerMetricsError, and leaves the pointer where it is, when the version is not there,
    is not as it was published, or is from before a month was closed.
    """
    folder = settings.publish_dir
    with one_publisher(folder), ledger_lock(settings):
        before = read_pointer(folder)
        if before is None:
            raise PartnerMetricsError(f"Nothing is published in {folder} yet. Run `make run`.")
        if version not in kept_versions(folder):
            raise PartnerMetricsError(
                f"There is no version {version} in {folder}. `make rollback` lists those there are."
            )
        if version == before.version:
            raise PartnerMetricsError(f"Version {version} is the current one already.")
        _require_closed_months(settings, version)
        publication = _verified(settings, version)
        catch_up(settings, before)
        at = next_moment(settings)
        now = replace(publication, rolled_back_at=at.isoformat(), rolled_back_by=settings.user)
        draft_said_again(settings, folder / now.file, version, at, rollback_snapshot(at))
        move_pointer(folder, now)
        with suppress(OSError):  # readers have the version; the next publication does the rest
            keep_snapshot(settings, rollback_snapshot(at))
            note_current(folder, now)
    return before, now


def _require_closed_months(settings: Settings, version: str) -> None:
    """Raise when readers would see another figure for what is closed, of months or of programs."""
    closings = read_closings(settings)
    if closings and version < closings[-1].publication_version:
        last = closings[-1]
        raise PartnerMetricsError(
            f"Not rolled back: {last.month} was closed from version {last.publication_version}, "
            f"and a closed month never changes. {version} is older and may say something else. "
            "Choose that version or a newer one."
        )
    posted = [one for one in verified_events(settings) if one.publication_version]
    if posted and version < str(posted[-1].publication_version):
        last_posted = posted[-1]
        raise PartnerMetricsError(
            f"Not rolled back: {last_posted.month} of program {last_posted.program_id} was closed "
            f"from version {last_posted.publication_version}. {version} is older and does not know "
            "what was posted. Choose that version or a newer one."
        )


def _verified(settings: Settings, version: str) -> Publication:
    """The publication as it was, if its file and its Parquet copy both still hold its figures."""
    parquet = settings.publish_dir / f"{NAME}_{version}"
    try:
        with _opened(settings, version) as connection:
            names = [
                row[0]
                for row in connection.execute(
                    "select table_name from information_schema.tables "
                    "where table_catalog = 'published' and table_schema = ? order by 1",
                    [CERTIFIED_SCHEMA],
                ).fetchall()
            ]
            certificate = connection.execute(
                "select content_hash, certified_at "
                f"from published.{CERTIFIED_SCHEMA}.{CERTIFICATES} limit 1"
            ).fetchone()
            if certificate is None:
                raise _damaged(version, "it has no certificates")
            certified_hash, certified_at = certificate
            relations = hashed_relations(names)
            copies = {
                name: f"read_parquet({literal(str(parquet / f'{name}.parquet'))})" for name in names
            }
            rows = {}
            for name in names:
                rows[name] = _rows(connection, f"published.{CERTIFIED_SCHEMA}.{quote(name)}")
                if _rows(connection, copies[name]) != rows[name]:
                    raise _damaged(version, f"the Parquet copy of {name} has other rows")
            if content_hash(connection, relations) != certified_hash:
                raise _damaged(version, "its file is not as it was published")
            if (
                content_hash(connection, {name: copies[name] for name in relations})
                != certified_hash
            ):
                raise _damaged(version, "its Parquet copy is not as it was published")
    except duckdb.Error as error:
        raise _damaged(version, str(error).splitlines()[0]) from error
    if not version.endswith(f"_{certified_hash[:8]}"):
        raise _damaged(version, "its content is that of another version")
    published_at = f"{certified_at.isoformat()}+00:00"
    return Publication(
        version, f"{NAME}_{version}.duckdb", parquet.name, published_at, certified_hash, rows
    )


@contextmanager
def _opened(settings: Settings, version: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """The version's file, attached as `published`, for reading."""
    file: Path = settings.publish_dir / f"{NAME}_{version}.duckdb"
    with duckdb.connect(config=settings.duckdb_config()) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach {literal(str(file))} as published (read_only)")
        yield connection


def _rows(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0


def _damaged(version: str, problem: str) -> PartnerMetricsError:
    return PartnerMetricsError(
        f"Not rolled back: version {version} is damaged: {problem}. What was current stays "
        "current. Choose another version: `make rollback` lists them."
    )


if __name__ == "__main__":
    run_command(main)
