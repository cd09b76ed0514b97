"""The recorded contract of the published tables, and what breaks it.

`tests/contracts/published_tables.yml` records each table's version, grain, columns and types. A
change that breaks a reader (a table or column gone, another type, another grain) is allowed only
with a higher `version` in the table's `config.meta` and a line of CHANGELOG.md that names both.
What is added breaks nobody and is only recorded.

python -m orchestration.published_contract     records the current publication
make contracts
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.exports import read_exports
from orchestration.manifest import CERTIFIED_SCHEMA, certified_models, read_manifest
from orchestration.publishing import current_file
from orchestration.settings import PROJECT_DIR, load_settings

RECORD = PROJECT_DIR / "tests" / "contracts" / "published_tables.yml"
CHANGELOG = PROJECT_DIR / "CHANGELOG.md"
# Tables that publication itself writes have no model to carry grain and version: these are theirs.
GRAINS_OF_PUBLICATION = {
    "certificates": ["metric_id", "metric_version"],
    "certificate_inputs": ["source_name", "table_name"],
    "closing_mrr_snapshots": ["partner_id", "month_start", "said_from_at"],
}
HEADER = """\
# What readers of the published tables rely on: version, grain, columns and types.
# Written by `make contracts`, which refuses a change that breaks a reader until the table's version
# is raised (config.meta of the model) and CHANGELOG.md has a line that names table and version.
"""


@dataclass(frozen=True)
class PublishedTable:
    """`grain` are the columns that tell rows apart; `columns` are types by name, in order."""

    version: int
    grain: tuple[str, ...]
    columns: dict[str, str]


def published_tables(
    manifest: dict[str, Any], connection: duckdb.DuckDBPyConnection
) -> dict[str, PublishedTable]:
    """The tables of the published file that `connection` has open, by name."""
    columns: dict[str, dict[str, str]] = {}
    for table, column, data_type in connection.execute(
        "select table_name, column_name, lower(data_type) from duckdb_columns() "
        "where schema_name = ? order by table_name, column_index",
        [CERTIFIED_SCHEMA],
    ).fetchall():
        columns.setdefault(table, {})[column] = data_type
    versions = {
        str(node.get("alias") or node["name"]): int(node["config"]["meta"].get("version", 1))
        for node in certified_models(manifest)
    }
    exports = {export.table: list(export.grain) for export in read_exports(manifest)}
    grains = {**GRAINS_OF_PUBLICATION, **exports, **model_grains(manifest)}
    return {
        table: PublishedTable(versions.get(table, 1), tuple(grains.get(table, ())), columns[table])
        for table in sorted(columns)
    }


def model_grains(manifest: dict[str, Any]) -> dict[str, list[str]]:
    """The columns of the `unique_key` test of every certified model."""
    names = {node["unique_id"]: str(node["name"]) for node in certified_models(manifest)}
    return {
        names[node["attached_node"]]: list(node["test_metadata"]["kwargs"]["columns"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and node.get("attached_node") in names
        and (node.get("test_metadata") or {}).get("name") == "unique_key"
    }


def breaking_changes(
    before: dict[str, PublishedTable], now: dict[str, PublishedTable]
) -> dict[str, list[str]]:
    """What readers of a table lose, by table."""
    changes: dict[str, list[str]] = {}
    for name, table in before.items():
        if name not in now:
            changes[name] = ["the table is gone"]
            continue
        found = [
            f"column {column} is gone"
            if column not in now[name].columns
            else f"column {column} was {data_type} and is {now[name].columns[column]}"
            for column, data_type in table.columns.items()
            if now[name].columns.get(column) != data_type
        ]
        if set(table.grain) != set(now[name].grain):
            found.append(f"a row was {_row(table)} and is {_row(now[name])}")
        if found:
            changes[name] = found
    return changes


def unannounced(
    before: dict[str, PublishedTable], now: dict[str, PublishedTable], changelog: str
) -> list[str]:
    """Breaking changes without a higher version or without their line in the changelog."""
    problems = []
    for name, changes in breaking_changes(before, now).items():
        # A table that is gone has no version any more: its next one is announced.
        version = now[name].version if name in now else before[name].version + 1
        what = f"{name}: {'; '.join(changes)}."
        if version <= before[name].version:
            problems.append(f"{what} Raise its version to {before[name].version + 1}.")
        elif not is_announced(changelog, name, version):
            problems.append(f"{what} CHANGELOG.md has no line with `{name}` version {version}.")
    return problems


def is_announced(changelog: str, table: str, version: int) -> bool:
    """Whether one line names the table, in backticks, and the version."""
    pattern = re.compile(rf"\bversion {version}\b")
    return any(f"`{table}`" in line and pattern.search(line) for line in changelog.splitlines())


def read_contract(path: Path = RECORD) -> dict[str, PublishedTable]:
    """The recorded tables; raises PartnerMetricsError when there is no record."""
    if not path.exists():
        raise PartnerMetricsError(f"{path} is missing: `make contracts` writes it.")
    content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {
        name: PublishedTable(table["version"], tuple(table["grain"]), table["columns"])
        for name, table in content.items()
    }


def write_contract(tables: dict[str, PublishedTable], path: Path = RECORD) -> None:
    content = {
        name: {
            "version": table.version,
            "grain": list(table.grain),
            "columns": dict(table.columns),
        }
        for name, table in sorted(tables.items())
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    blocks = [
        yaml.safe_dump({name: table}, sort_keys=False, width=1000)
        for name, table in content.items()
    ]
    path.write_text(HEADER + "\n" + "\n".join(blocks), encoding="utf-8")


def main() -> None:
    """Record the current publication; raises PartnerMetricsError for what breaks a reader."""
    settings = load_settings()
    with duckdb.connect(str(current_file(settings)), read_only=True) as connection:
        now = published_tables(read_manifest(settings), connection)
    if RECORD.exists():
        problems = unannounced(read_contract(), now, CHANGELOG.read_text(encoding="utf-8"))
        if problems:
            raise PartnerMetricsError(
                "Not recorded, because readers would break:\n  " + "\n  ".join(problems)
            )
    write_contract(now)
    print(f"Recorded {len(now)} tables in {RECORD}")


def _row(table: PublishedTable) -> str:
    return f"one of {', '.join(table.grain) or 'nothing'}"


if __name__ == "__main__":
    run_command(main)
