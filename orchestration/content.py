"""Hashes of tables by what they hold, not by how it is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import duckdb


def content_hash(connection: duckdb.DuckDBPyConnection, relations: Mapping[str, str]) -> str:
    """SHA-256 over names, types and rows of relations, whatever order their rows are in.

    `relations` maps the name that is hashed to the SQL that the rows come from.
    """
    digest = hashlib.sha256()
    for name, relation in relations.items():
        columns = connection.execute(f"describe from {relation}").fetchall()
        digest.update(f"{name}|{[column[:2] for column in columns]}".encode())
        digest.update(
            repr(
                connection.execute(
                    "select count(*), sum(md5_number_lower(row_text::varchar)) "
                    f"from {relation} as row_text"
                ).fetchone()
            ).encode()
        )
    return digest.hexdigest()
