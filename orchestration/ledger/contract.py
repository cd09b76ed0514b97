"""Which tables the ledgers keep, and their columns.

The tables are listed once, in YAML where dbt reads them too: those of closed months in
`models/closed_months/_closed_months__sources.yml`. A table has the columns of the certified model
of the same name, or of the one that its `config.meta.kept_from` names; a table without such a
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
    """A table as the build file has it: columns with the types of today's contract.

    `kept_from` is the certified table that its rows are taken from; empty for a register.
    """

    name: str
    columns: dict[str, str]
    description: str = ""
    kept_from: str = ""


def load_closed_tables(project_dir: Path = PROJECT_DIR) -> list[ClosedTable]:
    """All tables, the register of closings included; none where a project closes no months.

    Raises PartnerMetricsError for a table whose columns and types are not known.
    """
    return load_tables(project_dir, SOURCES_GLOB)


def load_tables(project_dir: Path, sources_glob: str) -> list[ClosedTable]:
    """The tables that the source files list; raises PartnerMetricsError as load_closed_tables."""
    entries = [
        table
        for path in sorted(project_dir.glob(sources_glob))
        for source in read_yaml(path).get("sources", [])
        for table in source.get("tables", [])
    ]
    if not entries:
        return []
    models = {model["name"]: model for model in _models(project_dir)}
    return [_table(entry, models, sources_glob) for entry in entries]


def _models(project_dir: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(project_dir.glob(MODELS_GLOB)):
        yield from read_yaml(path).get("models", [])


def _table(
    entry: dict[str, Any], models: dict[str, dict[str, Any]], sources_glob: str
) -> ClosedTable:
    name = str(entry["name"])
    is_register = bool(entry.get("columns"))
    kept_from = str(entry.get("config", {}).get("meta", {}).get("kept_from", name))
    described = entry if is_register else models.get(kept_from, {})
    columns = {
        str(column["name"]): str(column.get("data_type", ""))
        for column in described.get("columns", [])
    }
    if not columns or not all(columns.values()):
        raise PartnerMetricsError(
            f"Table {name} of the ledger has no columns with a data_type: name them in "
            f"{sources_glob}, or give the model {kept_from} a contract in its YAML file."
        )
    description = " ".join(str(entry.get("description", "")).split())
    return ClosedTable(name, columns, description, "" if is_register else kept_from)
