"""MetricFlow on one DuckDB file: the definitions of `models/metrics`, and exact numbers.

MetricFlow comes with a connection through dbt, which opens the file of dbt's profile for writing
and turns decimals into floating point. Here it reads one file, the published or the built one,
and gives decimals as they are. It needs dbt's semantic manifest and nothing else of dbt.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
from metricflow.data_table.mf_column import ColumnDescription
from metricflow.data_table.mf_table import MetricFlowDataTable
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
from metricflow_semantics.sql.sql_bind_parameters import SqlBindParameterSet

from orchestration.errors import PartnerMetricsError
from orchestration.last_months import LastMonthsRenderer, States, states_of
from orchestration.raw_sources import literal, quote
from orchestration.settings import Settings

# Ratios are the one thing that MetricFlow computes in floating point.
RATIO = Decimal("0.000001")
NO_PARAMETERS = SqlBindParameterSet()


class DuckDbFile:
    """What MetricFlow asks of a database, on a DuckDB connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, states: States) -> None:
        self._connection = connection
        self._states = states

    @property
    def sql_engine_type(self) -> SqlEngine:
        return SqlEngine.DUCKDB

    @property
    def sql_plan_renderer(self) -> DuckDbSqlPlanRenderer:
        return LastMonthsRenderer(self._states)

    def query(
        self, stmt: str, sql_bind_parameter_set: SqlBindParameterSet = NO_PARAMETERS
    ) -> MetricFlowDataTable:
        """The rows, with decimals and dates as they are; ratios have six places."""
        cursor = self._connection.execute(stmt)
        names = [column[0] for column in cursor.description or []]
        rows = tuple(tuple(_cell(value) for value in row) for row in cursor.fetchall())
        kinds = [
            next((type(row[place]) for row in rows if row[place] is not None), type(None))
            for place in range(len(names))
        ]
        columns = tuple(
            ColumnDescription(name, kind) for name, kind in zip(names, kinds, strict=True)
        )
        return MetricFlowDataTable(columns, rows)

    def execute(
        self, stmt: str, sql_bind_parameter_set: SqlBindParameterSet = NO_PARAMETERS
    ) -> None:
        self._connection.execute(stmt)

    def dry_run(
        self, stmt: str, sql_bind_parameter_set: SqlBindParameterSet = NO_PARAMETERS
    ) -> None:
        self._connection.execute(f"explain {stmt}")

    def close(self) -> None:
        self._connection.close()

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        return f"${bind_parameter_key}"


class SemanticLayer:
    """Metrics of one file by name."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, definitions: str) -> None:
        self.manifest = parse_manifest_from_dbt_generated_manifest(definitions)
        self.client = DuckDbFile(connection, states_of(self.manifest))
        self.lookup = SemanticManifestLookup(self.manifest)
        self.engine = MetricFlowEngine(semantic_manifest_lookup=self.lookup, sql_client=self.client)

    def sql(self, request: MetricFlowQueryRequest) -> str:
        """The SQL that MetricFlow answers the request with."""
        return str(self.engine.explain(request).sql_statement.without_descriptions.sql)

    def saved_query_sql(self, name: str) -> str:
        """The SQL that MetricFlow answers a saved query with."""
        return self.sql(MetricFlowQueryRequest.create(saved_query_name=name))

    def rows(
        self, metrics: Sequence[str], group_by: Sequence[str] = (), where: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """One dictionary a row, by column name."""
        request = MetricFlowQueryRequest.create(
            metric_names=list(metrics),
            group_by_names=list(group_by),
            where_constraints=list(where) or None,
        )
        table = self.client.query(self.sql(request))
        return [dict(zip(table.column_names, row, strict=True)) for row in table.rows]


@contextmanager
def opened(
    file: Path, definitions: Path, settings: Settings, *, writable: bool = False
) -> Iterator[tuple[duckdb.DuckDBPyConnection, SemanticLayer]]:
    """A connection on `file` and the metrics of the semantic manifest at `definitions` on it."""
    if not definitions.exists():
        raise PartnerMetricsError(f"{definitions} is missing. Run `make run`.")
    name = quote(settings.warehouse_path.stem)
    # Tables by schema and name only: the SQL that `--explain` shows then runs in any client.
    text = definitions.read_text("utf-8").replace(json.dumps(f"{name}.")[1:-1], "")
    with duckdb.connect(config=settings.duckdb_config()) as connection:
        mode = "" if writable else " (read_only)"
        connection.execute(f"attach {literal(str(file))} as {name}{mode}")
        connection.execute(f"use {name}; set timezone = 'UTC'")
        yield connection, SemanticLayer(connection, text)


def _cell(value: Any) -> Any:
    """A value as people read it: months as dates, ratios with six places."""
    if isinstance(value, float):
        return Decimal(repr(value)).quantize(RATIO, ROUND_HALF_UP)
    if isinstance(value, datetime):
        return value.date()
    return value
