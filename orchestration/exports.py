"""Saved queries as certified tables: MetricFlow answers them, and the build file keeps the answer.

dbt itself does nothing for the `exports` of a saved query. Here each is written as the table that
it names, in certified types: money decimal(28,6), ratios decimal(18,6), counts bigint, dates date.
Columns are named as in the other tables: `partner_id` for the entity `partner`, `partner_name` for
`partner__partner_name`, `month_start` for the month.

python -m orchestration.exports     writes all of them; in a process of its own, because a process
                                    that has a connection open keeps others from the build file
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.build_record import require_passed_build
from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.files import write_whole
from orchestration.manifest import CERTIFIED_SCHEMA, TableDescription, read_manifest
from orchestration.raw_sources import literal, quote
from orchestration.settings import PROJECT_DIR, Settings, load_settings

if TYPE_CHECKING:
    import duckdb

METRIC_TIME = "metric_time"
# MetricFlow adds decimals up in wider ones and divides in floating point.
CERTIFIED_TYPES = {
    "DECIMAL": "decimal(28,6)",
    "DOUBLE": "decimal(18,6)",
    "HUGEINT": "bigint",
    "BIGINT": "bigint",
    "INTEGER": "bigint",
    "TIMESTAMP": "date",
    "DATE": "date",
    "BOOLEAN": "boolean",
    "VARCHAR": "varchar",
}


@dataclass(frozen=True)
class Column:
    """`source` is the column's name in MetricFlow's answer."""

    name: str
    source: str
    description: str


RANK = Column("rank", "rank", "Place of the row in the order of the report, from 1")


@dataclass(frozen=True)
class Export:
    """A saved query and the table it is written to.

    `ids`, `texts` and `dates` are what it is grouped by; `models` are the dbt models, by unique id,
    that it is computed from. A query that is `ordered_by` columns gets the place of each row as its
    last column.
    """

    query: str
    table: str
    description: str
    ids: tuple[Column, ...]
    texts: tuple[Column, ...]
    metrics: tuple[Column, ...]
    dates: tuple[Column, ...]
    models: tuple[str, ...]
    ordered_by: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        ranked = (RANK,) if self.ordered_by else ()
        return (*self.ids, *self.texts, *self.metrics, *self.dates, *ranked)

    @property
    def grain(self) -> tuple[str, ...]:
        """The columns that tell rows apart."""
        return tuple(column.name for column in (*self.ids, *self.texts, *self.dates))


@dataclass(frozen=True)
class ExportRecord:
    """Rows of every exported table, and the run whose build they were computed from."""

    run_id: str
    rows: dict[str, int]


def read_exports(manifest: dict[str, Any]) -> list[Export]:
    """The exports of all saved queries, by table."""
    found = [
        _export(manifest, query, export)
        for query in manifest.get("saved_queries", {}).values()
        for export in query.get("exports") or []
    ]
    return sorted(found, key=lambda export: export.table)


def exported_tables(manifest: dict[str, Any]) -> dict[str, TableDescription]:
    """Name and description of every exported table."""
    return {
        export.table: TableDescription(
            text=export.description,
            columns={column.name: column.description for column in export.columns},
        )
        for export in read_exports(manifest)
    }


def run_exports(settings: Settings) -> ExportRecord:
    """Write all exports in a process of its own; raises PartnerMetricsError when one fails."""
    command = [sys.executable, "-m", "orchestration.exports"]
    environment = {**os.environ, **settings.child_environment()}
    done = subprocess.run(
        command, cwd=PROJECT_DIR, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise PartnerMetricsError(f"Reports were not written.\n{done.stdout}{done.stderr}".strip())
    return read_export_record(settings)


def record_path(settings: Settings) -> Path:
    return settings.build_dir / "export_record.json"


def read_export_record(settings: Settings) -> ExportRecord:
    """What was exported last; raises PartnerMetricsError when nothing was."""
    if not record_path(settings).exists():
        raise PartnerMetricsError("The reports were not written yet. Run `make run`.")
    return ExportRecord(**json.loads(record_path(settings).read_text("utf-8")))


def require_exports(settings: Settings, run_id: str) -> None:
    """Raise PartnerMetricsError when the reports were written from another run's build."""
    if read_export_record(settings).run_id != run_id:
        raise PartnerMetricsError(
            "Not published: the reports are of another build. Run the whole main job (`make run`)."
        )


def main() -> None:
    """Write every export into the build file, and the record of them."""
    from orchestration.publishing import DEFINITIONS
    from orchestration.semantic_layer import opened

    settings = load_settings()
    build = require_passed_build(settings)
    definitions = settings.dbt_target_dir / DEFINITIONS
    rows = {}
    with opened(settings.warehouse_path, definitions, settings, writable=True) as (
        connection,
        layer,
    ):
        for export in read_exports(read_manifest(settings)):
            catalog = quote(settings.warehouse_path.stem)
            relation = f"{catalog}.{CERTIFIED_SCHEMA}.{quote(export.table)}"
            rows[export.table] = write_table(
                connection, relation, export, layer.saved_query_sql(export.query)
            )
    record = ExportRecord(build.run_id, rows)
    write_whole(record_path(settings), json.dumps(asdict(record), indent=2))


def write_table(
    connection: duckdb.DuckDBPyConnection, relation: str, export: Export, sql: str
) -> int:
    """Write the answer of `sql` as a table with certified names and types; returns its rows.

    Without rows it is an empty table: a company without partners has no top partners.
    """
    if export.ordered_by:
        order = ", ".join(export.ordered_by)
        sql = f"select *, row_number() over (order by {order}) as {RANK.source} from ({sql})"
    types = {row[0]: str(row[1]) for row in connection.execute(f"describe {sql}").fetchall()}
    expressions = [
        f"cast({quote(column.source)} as {_certified_type(types[column.source], export)}) "
        f"as {quote(column.name)}"
        for column in export.columns
    ]
    connection.execute(
        f"create or replace table {relation} as select {', '.join(expressions)} from ({sql})"
        + (f" order by {RANK.source}" if export.ordered_by else "")
    )
    connection.execute(f"comment on table {relation} is {literal(export.description)}")
    for column in export.columns:
        connection.execute(
            f"comment on column {relation}.{quote(column.name)} is {literal(column.description)}"
        )
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0


def _certified_type(data_type: str, export: Export) -> str:
    name = data_type.split("(", maxsplit=1)[0]
    if name not in CERTIFIED_TYPES:
        raise PartnerMetricsError(f"Saved query {export.query} has a column of type {data_type}.")
    return CERTIFIED_TYPES[name]


def _export(manifest: dict[str, Any], query: dict[str, Any], export: dict[str, Any]) -> Export:
    parameters = query["query_params"]
    columns: dict[str, list[Column]] = {"Entity": [], "Dimension": [], "TimeDimension": []}
    for group in parameters["group_by"]:
        kind, *names = re.findall(r"\w+", group)
        columns[kind].append(_group_column(manifest, kind, names))
    metrics = {metric["name"]: metric for metric in manifest["metrics"].values()}
    return Export(
        query=query["name"],
        table=str(export["config"].get("alias") or export["name"]),
        description=" ".join(query["description"].split()),
        ids=tuple(columns["Entity"]),
        texts=tuple(columns["Dimension"]),
        metrics=tuple(
            Column(name, name, " ".join(metrics[name]["description"].split()))
            for name in parameters["metrics"]
        ),
        dates=tuple(columns["TimeDimension"]),
        models=tuple(sorted({*_models(manifest, query), *_sliced_by(manifest, parameters)})),
        ordered_by=tuple(_order(text) for text in parameters.get("order_by") or ()),
    )


def _order(text: str) -> str:
    """The SQL of one entry of `order_by`, such as Metric('closing_mrr').descending(True)."""
    name = "__".join(re.findall(r"'(\w+)'", text))
    return f"{quote(name)} {'desc' if 'descending(True)' in text else 'asc'} nulls last"


def _group_column(manifest: dict[str, Any], kind: str, names: list[str]) -> Column:
    """The column of one entry of `group_by`, such as Dimension('partner__partner_name')."""
    if names[0] == METRIC_TIME:
        grain = names[1]
        text = f"First day of the {grain}; only complete months are counted"
        return Column(f"{grain}_start", "__".join(names), text)
    if kind == "Entity":
        entity = next(
            (entity for _, entity in _parts(manifest, "entities") if entity["name"] == names[0]), {}
        )
        return Column(entity.get("expr") or names[0], names[0], _entity_text(manifest, names[0]))
    entity_name, name = names[0].rsplit("__", maxsplit=1)
    text = next(
        str(dimension["description"])
        for model, dimension in _parts(manifest, "dimensions")
        if dimension["name"] == name and entity_name in _primary_entities(model)
    )
    return Column(name, "__".join(names), text)


def _parts(manifest: dict[str, Any], kind: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every entity or dimension with its semantic model."""
    for model in manifest["semantic_models"].values():
        for part in model[kind]:
            yield model, part


def _entity_text(manifest: dict[str, Any], name: str) -> str:
    texts = [
        str(entity["description"])
        for _, entity in _parts(manifest, "entities")
        if entity["name"] == name and entity["description"]
    ]
    return texts[0] if texts else name


def _primary_entities(model: dict[str, Any]) -> set[str]:
    named = {entity["name"] for entity in model["entities"] if entity["type"] == "primary"}
    return named | {model["primary_entity"]} - {None}


def _models(manifest: dict[str, Any], node: dict[str, Any]) -> set[str]:
    """dbt models behind a saved query, metric or semantic model."""
    found: set[str] = set()
    for upstream in node["depends_on"]["nodes"]:
        kind = upstream.split(".", maxsplit=1)[0]
        if kind == "model":
            found.add(upstream)
        elif kind in ("metric", "semantic_model"):
            found |= _models(manifest, manifest[f"{kind}s"][upstream])
    return found


def _sliced_by(manifest: dict[str, Any], parameters: dict[str, Any]) -> set[str]:
    """dbt models of the dimensions that a query groups by."""
    entities = {
        names[0].rsplit("__", maxsplit=1)[0]
        for names in (re.findall(r"'(\w+)'", group) for group in parameters["group_by"])
        if "__" in names[0]
    }
    return {
        upstream
        for model in manifest["semantic_models"].values()
        if _primary_entities(model) & entities
        for upstream in model["depends_on"]["nodes"]
    }


if __name__ == "__main__":
    run_command(main)
