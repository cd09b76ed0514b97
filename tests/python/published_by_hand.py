"""A publication whose tables a test writes itself, to know every figure in it."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
from conftest import settings_in

from orchestration.publishing import current_file
from orchestration.settings import Settings

VERSION = "20260210T060000Z_byhand"


def publish_by_hand(folder: Path, tables: str) -> Settings:
    """Publish what the SQL makes, as of the simulated demo."""
    settings = settings_in(folder)
    settings.publish_dir.mkdir(parents=True)
    file = settings.publish_dir / f"partner_metrics_{VERSION}.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(tables)
    pointer = {
        "version": VERSION,
        "file": file.name,
        "parquet": file.stem,
        "published_at": "2026-02-10T06:00:00",
        "content_hash": "0",
        "tables": {},
    }
    (settings.publish_dir / "current.json").write_text(json.dumps(pointer))
    return settings


def change(settings: Settings, sql: str) -> None:
    """Change something in the publication."""
    with duckdb.connect(str(current_file(settings))) as file:
        file.execute(sql)
