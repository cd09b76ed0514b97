"""Where raw tables can be found: files under a folder or object store, or an existing database.

Each reader answers two questions: which parts make up a contracted table (one part an account of
the source system), and where it looked; and a third one: what is there that it does not read. An
account is a folder or schema named `<source>` or `<source>__<account>`; all accounts of a source
are united, told apart by `source_relation`.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

import duckdb

from orchestration.contract import TableContract
from orchestration.errors import PartnerMetricsError, TransientError
from orchestration.settings import Settings

OBJECT_STORE_SCHEMES = ("s3://", "gs://", "gcs://", "r2://", "https://", "http://")
FILE_KINDS = (".parquet", ".csv", ".csv.gz")
# Kinds of data file that are not read; a file of no known kind is taken for a note or a log.
OTHER_KINDS = re.compile(
    r"(\.(parquet|parq|pq|csv|tsv|json|jsonl|ndjson|avro|orc|arrow|feather|xlsx?|snappy))?"
    r"(\.(gz|gzip|zst|zstd|bz2|zip|xz|lz4|snappy|z))?$",
    re.IGNORECASE,
)
# Files that tell of data, and are none.
NO_DATA = ("schema", "manifest", "metadata", "catalog", "state")
# What the engine would take for a pattern that other files match too.
PATTERN = re.compile(r"[*?\[]")
RAW_DATABASE = "raw_database"
# What a server says when it may answer in a minute.
MAY_PASS = re.compile(
    r"time[d-]? ?out|could not connect|connection (refused|reset|closed|lost)|server closed"
    r"|temporarily|starting up|shutting down|too many (clients|connections|requests)|slow ?down",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class RawPart:
    """One account's rows of one table: `query` selects them, `files` is empty for a database."""

    relation: str
    query: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """A file, folder, table or schema that no table reads: `folder` is a source's or is not.

    `table` is what its name says behind folder and kind, empty for a folder as a whole; `why` says
    why a file is not read that has the name of a table, `files` counts what is in it.
    """

    folder: str
    table: str
    name: str
    why: str = ""
    files: int = 1


class RawSource(Protocol):
    """`copies` tells whether rows must be copied, because dbt cannot reach them by itself."""

    copies: bool

    def parts(self, table: TableContract) -> list[RawPart]: ...

    def looked_for(self, table: TableContract) -> str: ...

    def not_read(self, tables: list[TableContract]) -> list[Place]: ...

    def empty_table(self, table: TableContract) -> str: ...


@dataclass
class FileSource:
    """Files `<root>/<source>/<table>/*.parquet` or `<root>/<source>/<table>.parquet` (or .csv)."""

    root: str
    files: dict[tuple[str, str], list[str]]
    others: list[Place] = field(default_factory=list)
    copies: bool = False

    def parts(self, table: TableContract) -> list[RawPart]:
        relations = sorted({relation for relation, _ in self.files})
        return [
            RawPart(relation, read_files_sql(paths, table), tuple(paths))
            for relation in relations
            if _belongs(relation, table.source)
            and (paths := self.files.get((relation, table.name)))
        ]

    def looked_for(self, table: TableContract) -> str:
        return f"{self.root}/{table.source}/{table.name}/*.parquet (or .csv, or one file)"

    def not_read(self, tables: list[TableContract]) -> list[Place]:
        known = {(table.source, table.name) for table in tables}
        sources = {table.source for table in tables}
        places = [
            Place(folder, table, f"{folder}/{table}", files=len(paths))
            for (folder, table), paths in self.files.items()
            if not _is_known(folder, table, known)
        ]
        return _by_folder([*places, *self.others], sources)

    def empty_table(self, table: TableContract) -> str:
        """What makes an empty table, for a company that has no such thing."""
        header = ",".join(table.required_columns)
        file = f"{self.root}/{table.source}/{table.name}.csv"
        if self.copies:
            return f"a file {file} with the line {header}"
        return f"mkdir -p '{self.root}/{table.source}'; echo {header} > '{file}'"


@dataclass
class DatabaseSource:
    """Tables `<prefix><source>.<table>` of an attached database."""

    description: str
    prefix: str
    tables: set[tuple[str, str]] = field(default_factory=set)
    copies: bool = True

    def parts(self, table: TableContract) -> list[RawPart]:
        return [
            RawPart(
                schema.removeprefix(self.prefix),
                f"select * from {RAW_DATABASE}.{quote(schema)}.{quote(table.name)}",
            )
            for schema, name in sorted(self.tables)
            if name == table.name
            and schema.startswith(self.prefix)
            and _belongs(schema.removeprefix(self.prefix), table.source)
        ]

    def looked_for(self, table: TableContract) -> str:
        return f"table {self.prefix}{table.source}.{table.name} in {self.description}"

    def not_read(self, tables: list[TableContract]) -> list[Place]:
        known = {(table.source, table.name) for table in tables}
        places = [
            Place(schema.removeprefix(self.prefix), name, f"{schema}.{name}")
            for schema, name in sorted(self.tables)
            if schema.startswith(self.prefix)
            and not _is_known(schema.removeprefix(self.prefix), name, known)
        ]
        return _by_folder(places, {table.source for table in tables})

    def empty_table(self, table: TableContract) -> str:
        columns = ", ".join(f"{quote(column)} varchar" for column in table.required_columns)
        return f"create table {self.prefix}{table.source}.{table.name} ({columns})"


def open_raw_source(settings: Settings, connection: duckdb.DuckDBPyConnection) -> RawSource:
    """The reader for PARTNER_METRICS_RAW; raises PartnerMetricsError when it cannot be opened."""
    location = settings.raw_location
    if location.startswith("duckdb:"):
        return _open_duckdb(location.removeprefix("duckdb:"), settings, connection)
    if location.startswith(("postgres:", "postgresql:")):
        return _open_postgres(location, settings, connection)
    if location.startswith(OBJECT_STORE_SCHEMES):
        return _open_object_store(location, connection)
    return open_folder(location)


def is_folder(location: str) -> bool:
    """Whether raw data is read from a folder of this machine, and not from a store or database."""
    return not location.startswith(("duckdb:", "postgres:", "postgresql:", *OBJECT_STORE_SCHEMES))


def read_files_sql(paths: list[str], table: TableContract) -> str:
    """SQL that reads the files as they are: CSV as text, missing columns of a file as null."""
    is_parquet = {path.lower().endswith(".parquet") for path in paths}
    if len(is_parquet) > 1:
        raise PartnerMetricsError(
            f"{table.full_name} is there both as Parquet and as CSV ({paths[0]} and others); "
            "keep one of them, or its rows would count twice."
        )
    names = file_names(paths)
    if is_parquet == {True}:
        return f"select * from read_parquet({names}, union_by_name = true)"
    return f"select * from {read_csv_sql(names)}"


def read_csv_sql(names: str) -> str:
    """Reads CSV as text. Nothing is guessed: a guess drops rows that look like comments."""
    return (
        f"read_csv({names}, union_by_name = true, header = true, skip = 0, comment = '', "
        "all_varchar = true, delim = ',', quote = '\"', escape = '\"')"
    )


def file_names(paths: Iterable[str]) -> str:
    """SQL list of files, each taken by its name; `*`, `?` and `[` in one would match others."""
    return "[" + ", ".join(literal(as_itself(path)) for path in paths) + "]"


def as_itself(path: str) -> str:
    """A path that the engine does not take for a pattern."""
    if path.startswith(("http://", "https://")):
        return path
    return PATTERN.sub(lambda found: f"[{found[0]}]", path)


def quote(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _belongs(relation: str, source: str) -> bool:
    return relation == source or relation.startswith(f"{source}__")


def _kind(path: str) -> str | None:
    return next((kind for kind in FILE_KINDS if path.lower().endswith(kind)), None)


def _is_known(folder: str, table: str, known: set[tuple[str, str]]) -> bool:
    return any(table == name and _belongs(folder, source) for source, name in known)


def _by_folder(places: list[Place], sources: set[str]) -> list[Place]:
    """Folders that belong to no source as one place each, by name; other places as they are."""
    of_sources = []
    folders: dict[str, int] = defaultdict(int)
    why = {}
    for place in places:
        if any(_belongs(place.folder, source) for source in sources) and place.table:
            of_sources.append(place)
        else:
            folders[place.folder] += place.files
            if not place.table:
                why[place.folder] = place.why
    whole = [Place(name, "", name, why.get(name, ""), files) for name, files in folders.items()]
    return sorted([*whole, *of_sources], key=lambda place: place.name)


def _by_table(
    root: str, paths: Iterable[str], whys: dict[str, str] | None = None
) -> tuple[dict[tuple[str, str], list[str]], list[Place]]:
    """Data files by (source folder, table), and what no table reads.

    Hidden and partial files are left out of both. `whys` says of paths why they cannot be read.
    """
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    others = []
    for path in sorted({*paths, *(whys or ())}):
        parts = PurePosixPath(path.removeprefix(root).lstrip("/")).parts
        kind = _kind(path)
        why = (whys or {}).get(path, "")
        if not parts or any(part[0] in "._" for part in parts):
            continue
        if kind is None or len(parts) < 2 or why:
            others.append(_other(parts, why))
            continue
        table = parts[1] if len(parts) > 2 else parts[1][: -len(kind)]
        found[parts[0], table].append(path)
    return dict(found), [place for place in others if place is not None]


def _other(parts: tuple[str, ...], why: str) -> Place | None:
    """What is at a path that is not read; None for a file that is no data."""
    ending = OTHER_KINDS.search(parts[-1])
    kind = ending[0] if ending else ""
    if not why and (not kind or parts[-1].removesuffix(kind).lower() in NO_DATA):
        return None
    shown = "/".join(parts)
    if len(parts) == 1:
        name = parts[0].removesuffix(kind)
        return Place(name, "", shown, why or "a file beside the folders of the sources")
    table = parts[1] if len(parts) > 2 else parts[1].removesuffix(kind)
    return Place(parts[0], table, shown, why or f"files of kind {kind} are not read")


def open_folder(location: str) -> FileSource:
    """The reader for a folder; raises PartnerMetricsError when it is not there."""
    root = Path(location).expanduser().resolve()
    if not root.is_dir():
        raise PartnerMetricsError(
            f"There is no folder {root} to read raw data from. Set PARTNER_METRICS_RAW to a "
            "folder with <source>/<table>/*.parquet, or unset it and let `make run` simulate."
        )
    files, whys = [], {}
    for path in root.rglob("*"):
        name = path.as_posix()
        if not path.is_file() and not _is_text(name):
            continue
        if path.is_symlink() and not path.exists():
            whys[name] = "a link to something that is not there"
        elif path.is_symlink() and path.is_dir():
            whys[name] = "a link to a folder; such links are not followed"
        elif path.is_file():
            files.append(name)
    return FileSource(root.as_posix(), *_by_table(root.as_posix(), _readable_names(files), whys))


def _readable_names(files: list[str]) -> list[str]:
    """The names; raises PartnerMetricsError for data under bytes that no text has.

    A query could not name such a file.
    """
    broken = [name for name in files if not _is_text(name) and _kind(name)]
    if broken:
        listed = "\n".join(f"  - {os.fsencode(name)!r}" for name in broken[:10])
        raise PartnerMetricsError(
            f"{len(broken)} file name(s) are not UTF-8, so that no query can name them:\n{listed}\n"
            "Rename them, and run again."
        )
    return [name for name in files if _is_text(name)]


def _is_text(name: str) -> bool:
    return name == name.encode("utf-8", "replace").decode("utf-8")


def _open_object_store(location: str, connection: duckdb.DuckDBPyConnection) -> FileSource:
    root = location.rstrip("/")
    load_extension(connection, "httpfs")
    _object_store_secret(root, connection)
    try:
        rows = connection.execute(f"select file from glob({literal(root + '/**')})").fetchall()
    except duckdb.Error as error:
        raise _of_server(error)(
            f"Cannot list {root}: {str(error).splitlines()[0]}. Check the address, and the keys in "
            "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION."
        ) from error
    found, others = _by_table(root, [row[0] for row in rows])
    return FileSource(root, found, others, copies=True)


def _object_store_secret(root: str, connection: duckdb.DuckDBPyConnection) -> None:
    """Give the engine the keys of the environment, for this connection only."""
    if not os.environ.get("AWS_ACCESS_KEY_ID") or not root.startswith(("s3://", "gs://", "gcs://")):
        return
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    options = {
        "key_id": os.environ["AWS_ACCESS_KEY_ID"],
        "secret": os.environ.get("AWS_SECRET_ACCESS_KEY", ""),
        "session_token": os.environ.get("AWS_SESSION_TOKEN", ""),
        "region": os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION", ""),
        "endpoint": endpoint.split("://")[-1].rstrip("/"),
        "url_style": "path" if endpoint else "",
        "use_ssl": "false" if endpoint.startswith("http://") else "",
    }
    kind = "s3" if root.startswith("s3://") else "gcs"
    given = ", ".join(f"{name} {literal(value)}" for name, value in options.items() if value)
    connection.execute(f"create secret raw_object_store (type {kind}, {given})")


def _open_duckdb(
    path: str, settings: Settings, connection: duckdb.DuckDBPyConnection
) -> DatabaseSource:
    file = Path(path).expanduser().resolve()
    if not file.is_file():
        raise PartnerMetricsError(f"There is no DuckDB file {file} (from PARTNER_METRICS_RAW).")
    return _attach(connection, literal(str(file)), "read_only", f"DuckDB file {file}", settings)


def _open_postgres(
    location: str, settings: Settings, connection: duckdb.DuckDBPyConnection
) -> DatabaseSource:
    load_extension(connection, "postgres_scanner")
    # Both `postgres:host=... dbname=...` and a plain `postgresql://...` address are understood.
    dsn = location if "://" in location else location.split(":", 1)[1]
    return _attach(
        connection, literal(dsn), "type postgres, read_only", "the PostgreSQL database", settings
    )


def _attach(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    options: str,
    description: str,
    settings: Settings,
) -> DatabaseSource:
    try:
        connection.execute(f"attach {target} as {RAW_DATABASE} ({options})")
        rows = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            f"where table_catalog = '{RAW_DATABASE}'"
        ).fetchall()
    except duckdb.Error as error:
        # The address may hold a password: it is cut out of the message, and the cause left behind.
        reason = str(error).replace(target.strip("'"), "...")
        raise _of_server(error)(
            f"Cannot open {description} (from PARTNER_METRICS_RAW) for reading: {reason}"
        ) from None
    return DatabaseSource(description, settings.raw_schema_prefix, set(rows))


def may_pass(error: duckdb.Error) -> bool:
    """Whether a server that refused may answer next time; wrong names and keys stay wrong."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status >= 400:
        return status in (408, 429) or status >= 500
    return isinstance(error, duckdb.IOException) and bool(MAY_PASS.search(str(error)))


def _of_server(error: duckdb.Error) -> type[PartnerMetricsError]:
    """The kind of error to raise when a server refused: some are worth another try."""
    return TransientError if may_pass(error) else PartnerMetricsError


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load an engine extension from its installed wheel; nothing is downloaded."""
    package = f"duckdb_extension_{name}"
    spec = importlib.util.find_spec(package)
    locations = list(spec.submodule_search_locations or []) if spec else []
    files = [
        file
        for location in locations
        for file in Path(location).glob(f"extensions/v{duckdb.__version__}/*.duckdb_extension")
    ]
    if not files:
        raise PartnerMetricsError(
            f"The engine extension {name!r} for DuckDB {duckdb.__version__} is not installed. "
            "Run `make connectors`."
        )
    connection.execute(f"load {literal(str(files[0]))}")
