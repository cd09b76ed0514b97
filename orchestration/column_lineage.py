"""Which columns upstream each column of a dbt model is computed from, read from its compiled SQL.

What counts is what a value is made of. Columns that only filter, join or group decide which rows
there are, and are left out. sqlglot reads the SQL, so the engine is not asked and no connection
stays open beside dbt. What was read is kept in the build folder until the SQL changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlglot import MappingSchema, exp, parse_one
from sqlglot.lineage import Node, lineage

from orchestration.delivered import SOURCE_RELATION
from orchestration.files import write_whole
from orchestration.ledger.contract import SCHEMA as CLOSED_MONTHS
from orchestration.settings import Settings

DIALECT = "duckdb"
# What reads: what it read is read anew when it changes.
READER = [version("sqlglot"), Path(__file__).read_text("utf-8")]
# Of each column of a model, the columns it is computed from: the table's id in dbt, and a name.
Columns = dict[str, list[tuple[str, str]]]


class ColumnLineage:
    """Column lineage of the models as they were compiled last; `manifest` is dbt's."""

    def __init__(self, manifest: Mapping[str, Any], settings: Settings) -> None:
        self._nodes: dict[str, Any] = {**manifest["nodes"], **manifest["sources"]}
        self._compiled = settings.dbt_target_dir / "compiled"
        self._file = lineage_file(settings)
        self._known = _known(self._file)
        self._is_changed = False

    def of_model(self, unique_id: str) -> Columns:
        """Upstream columns in the tables that the model reads; none for a constant or a count.

        Raises sqlglot's SqlglotError for SQL that it cannot read.
        """
        model = self._nodes[unique_id]
        sql = (self._compiled / model["package_name"] / model["original_file_path"]).read_text()
        parents = {
            parent: (self._nodes[parent]["relation_name"], self._columns_of(parent))
            for parent in model["depends_on"]["nodes"]
        }
        key = hashlib.sha256(json.dumps([READER, sql, parents]).encode()).hexdigest()
        if self._known.get(unique_id, {}).get("key") != key:
            reads_raw = any(self._is_raw(parent) for parent in parents)
            columns = read_columns(sql, parents, are_all_known=not reads_raw)
            self._known[unique_id] = {"key": key, "columns": columns}
            self._is_changed = True
        known: Mapping[str, Iterable[tuple[str, str]]] = self._known[unique_id]["columns"]
        return {name: [(node, column) for node, column in known[name]] for name in known}

    def _is_raw(self, unique_id: str) -> bool:
        node = self._nodes[unique_id]
        is_source: bool = node["resource_type"] == "source"
        return is_source and node["source_name"] != CLOSED_MONTHS

    def _columns_of(self, unique_id: str) -> list[str]:
        """Columns of a table; one of a closed month has those of the model of the same name."""
        node = self._nodes[unique_id]
        if self._is_raw(unique_id):
            return [*node["columns"], SOURCE_RELATION]
        model = f"model.{node['package_name']}.{node['name']}"
        return [*(node["columns"] or self._nodes.get(model, {}).get("columns", []))]

    def keep(self) -> None:
        """Write down what was read, for the next build."""
        if self._is_changed:
            write_whole(self._file, json.dumps(self._known))


def lineage_file(settings: Settings) -> Path:
    return settings.build_dir / "column_lineage.json"


def columns_read_last(settings: Settings) -> dict[str, Columns]:
    """Upstream columns by model, as of the last build; empty when nothing was built."""
    return {one: entry["columns"] for one, entry in _known(lineage_file(settings)).items()}


def _known(file: Path) -> dict[str, Any]:
    try:
        known: dict[str, Any] = json.loads(file.read_bytes())
    except (OSError, ValueError):  # not there yet, or damaged: read anew from the SQL
        return {}
    return known


def read_columns(
    sql: str, tables: Mapping[str, tuple[str, list[str]]], are_all_known: bool = True
) -> Columns:
    """Upstream columns of each column that a query returns.

    `tables` has, by id, the name in SQL and the columns of every table that the query reads. Not
    `are_all_known` when a table has more columns, as a raw one may have. Raises sqlglot's
    SqlglotError for SQL that it cannot read, and for a column that it cannot find.
    """
    schema = MappingSchema(dialect=DIALECT)
    ids = {}
    for unique_id, (name, columns) in tables.items():
        table = exp.to_table(name, dialect=DIALECT)
        schema.add_table(table, dict.fromkeys(columns, "unknown"), dialect=DIALECT)
        ids[_name(table)] = unique_id
    query = parse_one(sql, dialect=DIALECT)
    for window in query.find_all(exp.Window):
        if window.this.find(exp.Column):  # as in sum(x) over (...): made of x, whatever its order
            window.set("partition_by", None)
            window.set("order", None)
    found = lineage(
        None,
        query,
        schema,
        dialect=DIALECT,
        trim_selects=False,
        copy=False,
        validate_qualify_columns=are_all_known,  # rather none than one that leaves a table out
    )
    return {column: sorted(set(_ends(node, ids))) for column, node in found.items()}


def _ends(node: Node, ids: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Columns of tables in which the paths from a column end."""
    for end in node.walk():
        if isinstance(end.expression, exp.Table) and _name(end.expression) in ids:
            yield ids[_name(end.expression)], exp.to_column(end.name, dialect=DIALECT).name.lower()


def _name(table: exp.Table) -> str:
    return ".".join(part.name.lower() for part in table.parts)
