"""Where raw tables can be found: files under a folder or object store, or an existing database.

Each reader answers two questions: which parts make up a contracted table (one part an account of
the source system), and where it looked. An account is a folder or schema named `<source>` or
`<source>__<account>`; all accounts of a source are united, told apart by `source_relation`.
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


class RawSource(Protocol):
    """`copies` tells whether rows must be copied, because dbt cannot reach them by itself."""

    copies: bool

    def parts(self, table: TableContract) -> list[RawPart]: ...

    def looked_for(self, table: TableContract) -> str: ...


@dataclass
class FileSource:
    """Files `<root>/<source>/<table>/*.parquet` or `<root>/<source>/<table>.parquet` (or .csv)."""

    root: str
    files: dict[tuple[str, str], list[str]]
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
    names = "[" + ", ".join(literal(path) for path in paths) + "]"
    if is_parquet == {True}:
        return f"select * from read_parquet({names}, union_by_name = true)"
    return f"select * from {read_csv_sql(names)}"


def read_csv_sql(names: str) -> str:
    """Reads CSV as text. Nothing is guessed: a guess drops rows that look like comments."""
    return (
        f"read_csv({names}, union_by_name = true, header = true, skip = 0, comment = '', "
        "all_varchar = true, delim = ',', quote = '\"', escape = '\"')"
    )


def quote(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _belongs(relation: str, source: str) -> bool:
    return relation == source or relation.startswith(f"{source}__")


def _kind(path: str) -> str | None:
    return next((kind for kind in FILE_KINDS if path.lower().endswith(kind)), None)


def _by_table(root: str, paths: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """Group data files by (source folder, table); hidden, partial and other files are left out."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted(paths):
        parts = PurePosixPath(path.removeprefix(root).lstrip("/")).parts
        kind = _kind(path)
        if kind is None or len(parts) < 2 or any(part[0] in "._" for part in parts):
            continue
        table = parts[1] if len(parts) > 2 else parts[1][: -len(kind)]
        found[parts[0], table].append(path)
    return dict(found)


def open_folder(location: str) -> FileSource:
    """The reader for a folder; raises PartnerMetricsError when it is not there."""
    root = Path(location).expanduser().resolve()
    if not root.is_dir():
        raise PartnerMetricsError(
            f"There is no folder {root} to read raw data from. Set PARTNER_METRICS_RAW to a "
            "folder with <source>/<table>/*.parquet, or unset it and let `make run` simulate."
        )
    files = [path.as_posix() for path in root.rglob("*") if path.is_file()]
    return FileSource(root.as_posix(), _by_table(root.as_posix(), files))


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
    return FileSource(root, _by_table(root, [row[0] for row in rows]), copies=True)


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
