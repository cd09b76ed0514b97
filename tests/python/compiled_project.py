"""The project's models as dbt compiled them, run without dbt: in seconds, not half a minute.

dbt fits the SQL to the columns that raw tables have when it compiles. So what it compiled serves
rows of the same columns only, and refuses others.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import PROJECT_DIR

COMPILED = Path("compiled") / "partner_metrics"
Columns = list[tuple[str, str]]


class ModelFailedError(AssertionError):
    """A model that raw rows made fail: a crash without a named cause."""

    def __init__(self, model: str, error: str) -> None:
        super().__init__(f"{model}: {error}")
        self.model = model


@dataclass(frozen=True)
class CompiledProject:
    """Models and seeds in the order in which they can be built, and the data tests.

    `raw_columns` are those of each raw table, with types, when dbt compiled.
    """

    nodes: list[dict[str, Any]]
    sql: dict[str, str]
    tests: list[dict[str, Any]]
    raw_columns: dict[str, Columns]

    def build(self, connection: duckdb.DuckDBPyConnection, wanted: set[str] | None = None) -> None:
        """Build all, or those of the `wanted` unique ids, in a file where raw tables landed.

        Raises ModelFailedError when the SQL of a model does.
        """
        self._fit(connection)
        connection.execute("set TimeZone = 'UTC'")
        for node in self.nodes:
            if wanted is not None and node["unique_id"] not in wanted:
                continue
            relation = f'"{node["schema"]}"."{node["alias"]}"'
            connection.execute(f'create schema if not exists "{node["schema"]}"')
            if node["resource_type"] == "seed":
                connection.execute(_seed_sql(node, relation))
                continue
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            try:
                connection.execute(f"create {kind} {relation} as\n{self.sql[node['unique_id']]}")
            except duckdb.Error as error:
                raise ModelFailedError(node["name"], str(error)) from error

    def _fit(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Give absent raw tables, which landing makes of text, the columns of the others.

        A table that has rows must have the columns that the SQL was compiled for.
        """
        for table, columns in _raw_columns(connection).items():
            fitting = self.raw_columns[table]
            if columns != fitting:
                [(rows,)] = connection.execute(f"select count(*) from {table}").fetchall()
                assert not rows, f"{table} has other columns than it was compiled for: {columns}"
                definition = ", ".join(f'"{name}" {kind}' for name, kind in fitting)
                connection.execute(f"create or replace table {table} ({definition})")

    def upstream(self, unique_id: str) -> set[str]:
        """A model and all that it is made of."""
        by_id = {node["unique_id"]: node for node in self.nodes}
        found: set[str] = set()
        waiting = [unique_id]
        while waiting:
            one = waiting.pop()
            if one in by_id and one not in found:
                found.add(one)
                waiting += by_id[one]["depends_on"].get("nodes", [])
        return found

    def failed_tests(self, connection: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
        """Data tests of the project that do not hold, with sample rows."""
        failed = {}
        for test in self.tests:
            if test["config"].get("severity", "error").lower() != "error":
                continue
            found = connection.execute(test["compiled_code"]).fetchmany(3)
            if found:
                failed[test["name"]] = found
        return failed


def read_project(target: Path, connection: duckdb.DuckDBPyConnection) -> CompiledProject:
    """What dbt compiled into its target folder last, for the raw tables of the connection.

    Without data tests when those were not compiled.
    """
    nodes = json.loads((target / "manifest.json").read_bytes())["nodes"]
    files = {
        name: target / COMPILED / node["original_file_path"]
        for name, node in nodes.items()
        if node["resource_type"] == "model"
    }
    sql = {name: file.read_text("utf-8") for name, file in files.items() if file.is_file()}
    return CompiledProject(
        [nodes[name] for name in _in_order(nodes) if name in sql or name.startswith("seed.")],
        sql,
        [
            node for node in nodes.values()
            if node["resource_type"] == "test" and node.get("compiled_code")
        ],
        _raw_columns(connection),
    )  # fmt: skip


def _raw_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, Columns]:
    found: dict[str, Columns] = {}
    for table, name, kind in connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "where starts_with(schema_name, 'raw_') order by all"
    ).fetchall():
        found.setdefault(table, []).append((name, kind))
    return found


def _in_order(nodes: dict[str, Any]) -> list[str]:
    wanted = {
        name for name, node in nodes.items() if node["resource_type"] in ("model", "seed")
        and node["config"]["enabled"]
    }  # fmt: skip
    placed: list[str] = []
    while waiting := [name for name in nodes if name in wanted and name not in set(placed)]:
        done = set(placed)
        ready = [
            name for name in waiting
            if not ({*nodes[name]["depends_on"].get("nodes", [])} & wanted) - done
        ]  # fmt: skip
        assert ready, waiting
        placed += ready
    return placed


def _seed_sql(node: dict[str, Any], relation: str) -> str:
    path = PROJECT_DIR / node["original_file_path"]
    types = node["config"].get("column_types") or {}
    given = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    option = f", types = {{{given}}}" if given else ""
    return f"create table {relation} as select * from read_csv('{path}', header = true{option})"
