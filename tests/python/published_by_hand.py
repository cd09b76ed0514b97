"""A publication whose tables a test writes itself, to know every figure in it."""

from __future__ import annotations

import json

import duckdb

from orchestration.publishing import current_file
from orchestration.settings import Settings

VERSION = "20260210T060000Z_byhand"


def publish_by_hand(settings: Settings, tables: str, version: str = VERSION) -> None:
    """Publish what the SQL makes; a version that is there is published anew."""
    settings.publish_dir.mkdir(parents=True, exist_ok=True)
    file = settings.publish_dir / f"partner_metrics_{version}.duckdb"
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        connection.execute(tables)
    pointer = {
        "version": version,
        "file": file.name,
        "parquet": file.stem,
        "published_at": "2026-02-10T06:00:00+00:00",
        "content_hash": "0",
        "tables": {},
    }
    (settings.publish_dir / "current.json").write_text(json.dumps(pointer))


def change(settings: Settings, sql: str) -> None:
    """Change something in the publication."""
    with duckdb.connect(str(current_file(settings))) as file:
        file.execute(sql)
