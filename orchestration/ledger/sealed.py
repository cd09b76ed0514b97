"""Sealed folders: tables and a record of them that are written once, whole, and never again.

A record is JSON with the hashes of the folder's files, and its own hash over all of that, the hash
of the record before it included. So no file can be changed, and none taken out or slipped in,
without it showing. Closed months and the incentive ledger are both kept this way.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.content import content_hash
from orchestration.files import file_hash, flush
from orchestration.raw_sources import literal

TABLES = "tables"
NOT_AS_WRITTEN = "it is not as it was written"


@dataclass(frozen=True)
class SealedFile:
    """One table of a folder: `sha256` of the file, `content_hash` of its rows."""

    rows: int
    columns: dict[str, str]
    sha256: str
    content_hash: str


class DamagedError(Exception):
    """A sealed folder is not as it was written: where, and what is wrong."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


def chain_hash(content: dict[str, Any]) -> str:
    """SHA-256 over a record without its own hash, as JSON with sorted keys and no spaces."""
    text = json.dumps(
        {key: value for key, value in content.items() if key != "hash"},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def sealed_folder(parent: Path, name: str) -> Iterator[Path]:
    """A draft to write into; flushed to disk, read-only and renamed to `name` when the block ends.

    Raises OSError, and leaves nothing, when `name` is there already: it is never replaced.
    """
    draft = parent / f".tmp-{os.getpid()}"
    draft.mkdir(parents=True)
    try:
        yield draft
        for path in (*draft.iterdir(), draft):
            flush(path)
        for path in draft.iterdir():
            path.chmod(0o444)
        draft.rename(parent / name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    flush(parent)
    (parent / name).chmod(0o555)


def remove_leftovers(parent: Path) -> None:
    """What a process that was killed left behind."""
    for draft in parent.glob(".tmp-*"):
        shutil.rmtree(draft)


def write_table(
    connection: duckdb.DuckDBPyConnection, name: str, rows: str, target: Path
) -> SealedFile:
    """Write the rows of a query in brackets as Parquet, in an order of their own."""
    connection.execute(
        f"copy (from {rows} order by all) to {literal(str(target))} "
        "(format parquet, compression zstd)"
    )
    count = connection.execute(f"select count(*) from {rows}").fetchone()
    columns = connection.execute(f"describe from {rows}").fetchall()
    return SealedFile(
        rows=int(count[0]) if count else 0,
        columns={column[0]: column[1] for column in columns},
        sha256=file_hash(target),
        content_hash=content_hash(connection, {name: rows}),
    )


def write_record(path: Path, content: dict[str, Any]) -> str:
    """Write a record with its hash, which is returned."""
    sealed = {**content, "hash": chain_hash(content)}
    path.write_text(json.dumps(sealed, indent=2) + "\n", encoding="utf-8")
    return str(sealed["hash"])


def read_record(path: Path) -> dict[str, Any]:
    """A record with `tables` as SealedFile. Raises DamagedError when it is not as it was."""
    try:
        content = json.loads(path.read_text("utf-8"))
        whole = chain_hash(content) == content["hash"]
        tables = {name: SealedFile(**table) for name, table in content[TABLES].items()}
    except FileNotFoundError as error:
        raise DamagedError(path, "it is missing") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedError(path, f"it cannot be read ({error})") from error
    if not whole:
        raise DamagedError(path, NOT_AS_WRITTEN)
    return {**content, TABLES: tables}


def verify_file(path: Path, file: SealedFile) -> None:
    """Raise DamagedError unless a file is there as it was written."""
    if not path.is_file():
        raise DamagedError(path, "it is missing")
    try:
        found = file_hash(path)
    except OSError as error:
        raise DamagedError(path, f"it cannot be read ({error.strerror})") from error
    if found != file.sha256:
        raise DamagedError(path, NOT_AS_WRITTEN)
