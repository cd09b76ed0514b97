"""Files that are whole or not there: flushed to disk, hashed, deleted with what belongs to them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that whoever reads it finds all of the new text or all of the old."""
    draft = path.with_name(f".tmp-{path.name}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def file_hash(path: Path) -> str:
    """SHA-256 of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_database(path: Path) -> None:
    """Delete a DuckDB file with its write-ahead log, whatever of them there is."""
    for file in (path, path.with_name(path.name + ".wal")):
        file.unlink(missing_ok=True)
