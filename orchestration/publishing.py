"""Publishes what was built and tested: a versioned file, its Parquet copy, then the pointer.

    published/partner_metrics_<version>.duckdb    schema `certified`, what BI tools open
    published/partner_metrics_<version>/*.parquet the same tables
    published/partner_metrics_<version>/semantic_manifest.json    what `mf` reads the metrics by
    published/current.json                        pointer: which version is the current one
    published/current.duckdb                      link to the current file, where links work
    published/history.jsonl                       which version was current from when on

Everything is written under a temporary name, flushed to disk and renamed; the pointer moves last,
in one atomic step. So a reader sees a complete version or the one before, never half of one.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.certificates import (
    CERTIFICATES,
    CertificateFacts,
    write_certificates,
    write_inputs,
)
from orchestration.content import content_hashes
from orchestration.errors import PartnerMetricsError, TransientError
from orchestration.files import flush, remove_database
from orchestration.input_volumes import VOLUMES
from orchestration.ledger.closings import ledger_lock, read_closings, require_built_on
from orchestration.ledger.snapshots import (
    SNAPSHOTS,
    discard_drafts,
    draft_said_again,
    keep_snapshot,
    recover_snapshots,
    snapshots_folder,
    write_snapshots,
)
from orchestration.manifest import CERTIFIED_SCHEMA, TableDescription
from orchestration.publication_history import add_move
from orchestration.raw_sources import literal, quote
from orchestration.settings import Settings

NAME = "partner_metrics"
POINTER = "current.json"
LINK = "current.duckdb"
DEFINITIONS = "semantic_manifest.json"
# The oldest file format of DuckDB 1: clients from 1.0 on can open it.
STORAGE_VERSION = "v1.0.0"
STAMP_FORMAT = "%Y%m%dT%H%M%SZ"
# What BI tools rely on; more tables may join, these may not go missing.
PUBLIC_TABLES = (
    "partner_mrr_monthly",
    "customer_mrr_movements",
    "vendor_summary_monthly",
    "quarantine_summary",
)
# Written at publication: they name it, and so would differ for the same content.
UNHASHED_TABLES = (CERTIFICATES, VOLUMES, SNAPSHOTS)


@dataclass(frozen=True)
class Publication:
    """The pointer's content: paths are names inside the publication folder.

    A version that was made current again says since when, and by whom.
    """

    version: str
    file: str
    parquet: str
    published_at: str
    content_hash: str
    tables: dict[str, int]
    rolled_back_at: str | None = None
    rolled_back_by: str | None = None


def publish(
    settings: Settings, tables: dict[str, TableDescription], facts: CertificateFacts
) -> Publication:
    """Publish the `certified` tables of the build file and move the pointer to them.

    `tables` are the models that must be there, with their descriptions. Raises PartnerMetricsError,
    and leaves the current version as it is, when one of them or of PUBLIC_TABLES is missing, and
    when a folder cannot be written to.
    """
    folder = settings.publish_dir
    with one_publisher(folder), ledger_lock(settings):
        with _all_or_nothing(settings):
            _remove_leftovers(folder)
            catch_up(settings, read_pointer(folder))
            staging = folder / f".tmp-{os.getpid()}"
            staging.mkdir()
            publication = _write_version(settings, tables, facts, staging)
            (staging / publication.parquet).rename(folder / publication.parquet)
            (staging / publication.file).rename(folder / publication.file)
            staging.rmdir()
            flush(folder)
            move_pointer(folder, publication)
        with suppress(OSError):  # readers have the version; the next publication does the rest
            keep_snapshot(settings, publication.version)
            note_current(folder, publication)
            _retire(folder, settings.keep_versions, publication.version)
    return publication


def read_pointer(folder: Path) -> Publication | None:
    """The current publication, or None when nothing was published yet."""
    pointer = folder / POINTER
    if not pointer.exists():
        return None
    return Publication(**json.loads(pointer.read_text("utf-8")))


def catch_up(settings: Settings, current: Publication | None) -> None:
    """Do what remains to be done after the pointer moved, if whoever moved it did not get to it."""
    file = settings.publish_dir / current.file if current else None
    recover_snapshots(settings, file)
    if current is None or file is None or not file.exists():
        return
    if current.rolled_back_at:
        at = datetime.fromisoformat(current.rolled_back_at)
        draft_said_again(settings, file, current.version, at, rollback_snapshot(at))
        keep_snapshot(settings, rollback_snapshot(at))
    note_current(settings.publish_dir, current)


def note_current(folder: Path, current: Publication) -> None:
    """Keep in the history what is current, and since when."""
    at = current.rolled_back_at or current.published_at
    add_move(folder, at, current.version, current.content_hash, current.rolled_back_by)


def rollback_snapshot(at: datetime) -> str:
    """Name of the snapshot of what a rollback made the current figures."""
    return f"{at.strftime(STAMP_FORMAT)}_rollback"


def hashed_relations(tables: Iterable[str]) -> dict[str, str]:
    """Tables that the content hash is made of, in catalog `published`."""
    return {name: _published(name) for name in sorted(tables) if name not in UNHASHED_TABLES}


def current_file(settings: Settings) -> Path:
    """The file to query; raises PartnerMetricsError when nothing was published yet."""
    publication = read_pointer(settings.publish_dir)
    if publication is None:
        raise PartnerMetricsError(
            f"Nothing is published in {settings.publish_dir} yet. Run `make run`."
        )
    return settings.publish_dir / publication.file


def published_rows(settings: Settings, table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """Columns of a table of the published version, in the order of the first one.

    No rows when nothing is published, the version has no such table, or its file is gone.
    """
    publication = read_pointer(settings.publish_dir)
    if publication is None or table not in publication.tables:
        return []
    picked = ", ".join(map(quote, columns))
    with (
        suppress(duckdb.IOException),
        duckdb.connect(str(settings.publish_dir / publication.file), read_only=True) as connection,
    ):
        return connection.execute(
            f"select {picked} from {CERTIFIED_SCHEMA}.{quote(table)} order by 1"
        ).fetchall()
    return []


def current_definitions(settings: Settings) -> Path:
    """Definitions of the metrics, as they were published with the current file."""
    publication = read_pointer(settings.publish_dir)
    folder = publication.parquet if publication else ""
    return settings.publish_dir / folder / DEFINITIONS


def _write_version(
    settings: Settings,
    tables: dict[str, TableDescription],
    facts: CertificateFacts,
    staging: Path,
) -> Publication:
    """Write file and Parquet copy of a new version into `staging`, flushed to disk."""
    draft = staging / "draft.duckdb"
    with duckdb.connect(config=settings.duckdb_config()) as connection:
        connection.execute("set timezone = 'UTC'; set preserve_insertion_order = true")
        # Attached by its own name, because views in it name the catalog they were made in.
        build = quote(settings.warehouse_path.stem)
        warehouse = literal(str(settings.warehouse_path))
        connection.execute(f"attach {warehouse} as {build} (read_only)")
        connection.execute(
            f"attach {literal(str(draft))} as published (storage_version '{STORAGE_VERSION}')"
        )
        require_built_on(connection, settings.warehouse_path.stem, read_closings(settings))
        names = _expected_tables(connection, settings.warehouse_path.stem, tables)
        connection.execute(f"create schema published.{CERTIFIED_SCHEMA}")
        for name in names:
            # Sorted: the same content gives the same rows in the same place, in fewer bytes.
            connection.execute(
                f"create table {_published(name)} as "
                f"from {build}.{CERTIFIED_SCHEMA}.{quote(name)} order by all"
            )
        hashes = content_hashes(connection, hashed_relations(names))
        now = next_moment(settings)
        version = f"{now.strftime(STAMP_FORMAT)}_{hashes.overall[:8]}"
        written = {
            CERTIFICATES: write_certificates(
                connection, _published(CERTIFICATES), facts, version, hashes, now
            ),
            VOLUMES: write_inputs(connection, _published(VOLUMES), facts, version),
            SNAPSHOTS: write_snapshots(connection, _published(SNAPSHOTS), settings, version, now),
        }
        for name, description in {**tables, **written}.items():
            _comment(connection, name, description)
        names.extend(written)
        rows = {name: _rows(connection, name) for name in names}
        parquet = staging / f"{NAME}_{version}"
        parquet.mkdir()
        for name in names:
            target = literal(str(parquet / f"{name}.parquet"))
            connection.execute(
                f"copy {_published(name)} to {target} (format parquet, compression zstd)"
            )
        definitions = settings.dbt_target_dir / DEFINITIONS
        if definitions.exists():
            shutil.copyfile(definitions, parquet / DEFINITIONS)
        connection.execute("checkpoint published")
        connection.execute("detach published")
    file = staging / f"{NAME}_{version}.duckdb"
    draft.rename(file)
    for path in (file, *parquet.iterdir(), parquet):
        flush(path)
    return Publication(version, file.name, parquet.name, now.isoformat(), hashes.overall, rows)


def _expected_tables(
    connection: duckdb.DuckDBPyConnection, catalog: str, tables: dict[str, TableDescription]
) -> list[str]:
    found = {
        row[0]
        for row in connection.execute(
            "select table_name from information_schema.tables "
            "where table_catalog = ? and table_schema = ?",
            [catalog, CERTIFIED_SCHEMA],
        ).fetchall()
    }
    expected = sorted({*tables, *PUBLIC_TABLES} - {*UNHASHED_TABLES})
    missing = [name for name in expected if name not in found]
    if missing:
        raise PartnerMetricsError(
            f"Not published: {', '.join(missing)} missing from schema {CERTIFIED_SCHEMA} of the "
            "build. Readers rely on these tables; build the whole project (`make run`)."
        )
    return expected


def next_moment(settings: Settings) -> datetime:
    """Now (UTC), or a second after the newest version there is when the clock was put back.

    The newest may be one whose publisher died before the pointer moved, or one that only the
    ledger still knows. So versions sort as they were published, and none was said before another
    that it replaced.
    """
    now = datetime.now(UTC)
    snapshots = [path.stem for path in snapshots_folder(settings).glob("[0-9]*.parquet")]
    if versions := sorted([*kept_versions(settings.publish_dir), *snapshots]):
        last = datetime.strptime(versions[-1].split("_")[0], STAMP_FORMAT).replace(tzinfo=UTC)
        return max(now, last + timedelta(seconds=1))
    return now


def kept_versions(folder: Path) -> list[str]:
    """All versions in the folder, oldest first."""
    return sorted(path.stem.removeprefix(f"{NAME}_") for path in folder.glob(f"{NAME}_*.duckdb"))


def _comment(
    connection: duckdb.DuckDBPyConnection, table: str, description: TableDescription
) -> None:
    """Put the documentation into the file, where BI tools show it."""
    connection.execute(f"comment on table {_published(table)} is {literal(description.text)}")
    present = {row[0] for row in connection.execute(f"describe {_published(table)}").fetchall()}
    for column, text in description.columns.items():
        if text and column in present:
            connection.execute(
                f"comment on column {_published(table)}.{quote(column)} is {literal(text)}"
            )


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {_published(table)}").fetchone()
    return int(row[0]) if row else 0


def _published(table: str) -> str:
    return f"published.{CERTIFIED_SCHEMA}.{quote(table)}"


@contextmanager
def one_publisher(folder: Path) -> Iterator[None]:
    """Let one process publish at a time; the lock ends with the process, however it ends.

    Raises PartnerMetricsError when the folder cannot be written to, and TransientError when another
    process publishes.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise _not_written(error, folder) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise TransientError(
                f"Not published: another run is publishing into {folder}. Try again after it."
            ) from error
        yield


@contextmanager
def _all_or_nothing(settings: Settings) -> Iterator[None]:
    """Withdraw what a publication wrote when it fails before the pointer moved."""
    folder = settings.publish_dir
    before = kept_versions(folder)
    try:
        yield
    except BaseException as error:
        with suppress(OSError):
            pointer = read_pointer(folder)
            for version in set(kept_versions(folder)).difference(before):
                if pointer is None or version != pointer.version:
                    remove_database(folder / f"{NAME}_{version}.duckdb")
            _remove_leftovers(folder)
            discard_drafts(settings)
        is_engine = isinstance(error, duckdb.Error) and "Could not write" in str(error)
        if isinstance(error, OSError | duckdb.IOException) or is_engine:
            raise _not_written(error, folder) from error
        raise


def _not_written(error: BaseException, folder: Path) -> PartnerMetricsError:
    """What to do when the system refuses to write: no space, no rights, no disk."""
    return PartnerMetricsError(
        f"Not published: {str(error).splitlines()[0]}. What was current stays current. See that "
        f"there is space in {folder} and that it can be written to, and run again."
    )


def move_pointer(folder: Path, publication: Publication) -> None:
    draft = folder / f".tmp-{POINTER}"
    draft.write_text(json.dumps(asdict(publication), indent=2) + "\n", encoding="utf-8")
    flush(draft)
    draft.replace(folder / POINTER)
    with suppress(OSError):  # a convenience: some file systems have no links
        link = folder / f".tmp-{LINK}"
        link.symlink_to(publication.file)
        link.replace(folder / LINK)
    flush(folder)


def _retire(folder: Path, keep: int, current: str) -> None:
    """Remove versions beyond the newest `keep`; never the current one."""
    for version in kept_versions(folder)[:-keep]:
        if version != current:
            remove_database(folder / f"{NAME}_{version}.duckdb")
            shutil.rmtree(folder / f"{NAME}_{version}", ignore_errors=True)


def _remove_leftovers(folder: Path) -> None:
    """What a publication that was killed left behind."""
    for path in folder.glob(".tmp-*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    for parquet in folder.glob(f"{NAME}_*"):
        if parquet.is_dir() and not parquet.with_name(parquet.name + ".duckdb").exists():
            shutil.rmtree(parquet, ignore_errors=True)
