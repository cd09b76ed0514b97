"""Which tables a closed month keeps, and their columns.

The tables are listed once, in `models/closed_months/_closed_months__sources.yml`, where dbt reads
them too. A table has the columns of the certified model of the same name; a table without such a
model, like the register of closings, names its columns in the list itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.contract import read_yaml
from orchestration.errors import PartnerMetricsError
from orchestration.settings import PROJECT_DIR

SCHEMA = "closed_months"
CLOSINGS = "closings"
SOURCES_GLOB = "models/closed_months/_*__sources.yml"
MODELS_GLOB = "models/marts/**/*.yml"


@dataclass(frozen=True)
class ClosedTable:
    """A table as the build file has it: columns with the types of today's contract."""

    name: str
    columns: dict[str, str]
    description: str = ""


def load_closed_tables(project_dir: Path = PROJECT_DIR) -> list[ClosedTable]:
    """All tables, the register of closings included; none where a project closes no months.

    Raises PartnerMetricsError for a table whose columns and types are not known.
    """
    entries = [
        table
        for path in sorted(project_dir.glob(SOURCES_GLOB))
        for source in read_yaml(path).get("sources", [])
        for table in source.get("tables", [])
    ]
    if not entries:
        return []
    models = {model["name"]: model for model in _models(project_dir)}
    return [_table(entry, models) for entry in entries]


def _models(project_dir: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(project_dir.glob(MODELS_GLOB)):
        yield from read_yaml(path).get("models", [])


def _table(entry: dict[str, Any], models: dict[str, dict[str, Any]]) -> ClosedTable:
    name = str(entry["name"])
    described = entry if entry.get("columns") else models.get(name, {})
    columns = {
        str(column["name"]): str(column.get("data_type", ""))
        for column in described.get("columns", [])
    }
    if not columns or not all(columns.values()):
        raise PartnerMetricsError(
            f"{SCHEMA}.{name} has no columns with a data_type: name them in {SOURCES_GLOB}, or "
            f"give the model {name} a contract in its YAML file."
        )
    return ClosedTable(name, columns, " ".join(str(entry.get("description", "")).split()))
