"""Models' compiled SQL on tables in memory, filled by a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from conftest import MainRun

Row = tuple[Any, ...]


def compiled_queries(run: MainRun, names: Iterable[str]) -> dict[str, str]:
    """What the main job made of the models, in the order given."""
    compiled = Path(run.settings.dbt_target_dir) / "compiled" / "partner_metrics" / "models"
    # dbt writes what a unit test runs beside it, under the name of the model it replaces
    files = {
        path.stem: path
        for path in compiled.rglob("*.sql")
        if path.is_file() and not any(parent.suffix == ".yml" for parent in path.parents)
    }
    return {name: files[name].read_text("utf-8") for name in names}


class Bench:
    """Tables named `schema.table`, and the intermediate models that are computed of them."""

    def __init__(self, queries: Mapping[str, str], inputs: Mapping[str, str]) -> None:
        self._connection = duckdb.connect()
        self._queries = queries
        run = self._connection.execute
        run("set timezone = 'UTC'")
        run("attach ':memory:' as warehouse")
        for schema in ("input", "seeds", "intermediate"):
            run(f"create schema warehouse.{schema}")
        run("use warehouse.intermediate")
        for name, columns in inputs.items():
            run(f"create table warehouse.{name} ({columns})")

    def fill(self, tables: Mapping[str, list[Row]]) -> None:
        for table, rows in tables.items():
            # a table may name the columns that are filled
            self._connection.execute(f"delete from warehouse.{table.split()[0]}")
            if rows:
                places = ", ".join(["(" + ", ".join("?" * len(rows[0])) + ")"] * len(rows))
                values = [value for row in rows for value in row]
                self._connection.execute(f"insert into warehouse.{table} values {places}", values)

    def fill_from(self, table: str, given: pa.Table, query: str) -> None:
        """Fill a table with what a query makes of many rows, which it finds in `given`."""
        self._connection.execute(f"delete from warehouse.{table}")
        self._connection.register("given", given)
        self._connection.execute(f"insert into warehouse.{table} {query}")
        self._connection.unregister("given")

    def compute(self) -> None:
        for name, query in self._queries.items():
            self._connection.execute(f"create or replace table {name} as {query}")

    def query(self, query: str) -> list[Row]:
        return self._connection.execute(query).fetchall()

    def rows(self, name: str, keys: list[str], values: list[str]) -> dict[Row, dict[str, Any]]:
        query = f"select {', '.join([*keys, *values])} from {name}"
        found = self._connection.execute(query).fetchall()
        by_key = {
            row[: len(keys)]: dict(zip(values, row[len(keys) :], strict=True)) for row in found
        }
        assert len(by_key) == len(found), "a key stands twice"
        return by_key
