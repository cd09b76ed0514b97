"""Hashes of tables by what they hold, not by how it is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class ContentHashes:
    """SHA-256 over all relations together, and over each one by name."""

    overall: str
    tables: dict[str, str]


def content_hashes(
    connection: duckdb.DuckDBPyConnection, relations: Mapping[str, str]
) -> ContentHashes:
    """Hashes over names, types and rows of relations, whatever order their rows are in.

    `relations` maps the name that is hashed to the SQL that the rows come from.
    """
    digest = hashlib.sha256()
    tables = {}
    for name, relation in relations.items():
        columns = connection.execute(f"describe from {relation}").fetchall()
        rows = connection.execute(
            f"select count(*), sum(md5_number_lower(row_text::varchar)) from {relation} as row_text"
        ).fetchone()
        content = f"{name}|{[column[:2] for column in columns]}{rows!r}".encode()
        tables[name] = hashlib.sha256(content).hexdigest()
        digest.update(content)
    return ContentHashes(digest.hexdigest(), tables)


def content_hash(connection: duckdb.DuckDBPyConnection, relations: Mapping[str, str]) -> str:
    """The hash over all relations together."""
    return content_hashes(connection, relations).overall
