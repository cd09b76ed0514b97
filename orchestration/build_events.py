"""What Dagster is told of a build: dbt's events, with column lineage, plots and samples added.

dbt holds the build file while it runs, so what needs a look into the file waits until it has ended:
checks that did not pass, tables with a plot, and, so that no table is reported before one that it
is made of, everything downstream of those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb
from sqlglot.errors import SqlglotError

from orchestration.certified_plots import PLOTTED, plots_of
from orchestration.check_samples import explained
from orchestration.column_lineage import ColumnLineage
from orchestration.manifest import certified_models
from orchestration.settings import Settings

KeyOf = Callable[[Mapping[str, Any]], dg.AssetKey]


class BuildEvents:
    """The events of one build; `key_of` names the asset of a node of dbt's manifest."""

    def __init__(self, manifest: dict[str, Any], settings: Settings, key_of: KeyOf) -> None:
        self._manifest = manifest
        self._settings = settings
        self._nodes: dict[str, Any] = {**manifest["nodes"], **manifest["sources"]}
        self._key_of = key_of
        self._columns = ColumnLineage(manifest, settings)
        self._plotted = {
            node["unique_id"]: str(node["name"])
            for node in certified_models(manifest)
            if node["name"] in PLOTTED
        }
        self._late = {key_of(node) for node in self._downstream(self._plotted)}
        self._waiting: list[Any] = []

    def during(self, events: Iterator[Any]) -> Iterator[Any]:
        """What can be told while dbt runs, in dbt's order."""
        for event in events:
            if isinstance(event, dg.Output):
                told: Any = self._with_columns(event)
                waits = self._key_of(self._nodes[_unique_id(event)]) in self._late
            else:
                told = event
                waits = isinstance(event, dg.AssetCheckResult) and (
                    not event.passed or event.asset_key in self._late
                )
            if waits:
                self._waiting.append(told)
            else:
                yield told
        self._columns.keep()

    def after(self, run_results: Mapping[str, Any]) -> Iterator[Any]:
        """The rest, when dbt has ended and the build file is free; `run_results` are dbt's."""
        file, config = str(self._settings.warehouse_path), self._settings.duckdb_config()
        try:
            connection = duckdb.connect(file, read_only=True, config=config)
        except duckdb.Error:  # damaged, as when the disk was full: told as it came
            yield from self._waiting
            return
        with connection:
            for event in self._waiting:
                if isinstance(event, dg.Output):
                    yield self._with_plots(event, connection)
                elif event.passed:
                    yield event
                else:
                    yield explained(event, run_results, self._manifest, connection, file)

    def _with_columns(self, event: dg.Output[Any]) -> dg.Output[Any]:
        """A model's event with the columns upstream of each of its own; seeds have none."""
        if not _unique_id(event).startswith("model."):
            return event
        try:
            found = self._columns.of_model(_unique_id(event))
        except (SqlglotError, OSError) as error:
            dg.get_dagster_logger().warning(f"No column lineage of {_unique_id(event)}: {error}")
            return event
        lineage = dg.TableColumnLineage(
            {
                column: [
                    dg.TableColumnDep(self._key_of(self._nodes[parent]), name)
                    for parent, name in upstream
                ]
                for column, upstream in found.items()
            }
        )
        return event.with_metadata({**event.metadata, "dagster/column_lineage": lineage})

    def _with_plots(
        self, event: dg.Output[Any], connection: duckdb.DuckDBPyConnection
    ) -> dg.Output[Any]:
        """A table's event with its plot; one that cannot be drawn is no reason to fail."""
        table = self._plotted.get(_unique_id(event))
        if table is None:
            return event
        try:
            plots = plots_of(table, connection, is_simulated=self._settings.raw is None)
        except Exception as error:
            dg.get_dagster_logger().warning(f"No plot of {table}: {error}")
            return event
        return event.with_metadata({**event.metadata, **plots})

    def _downstream(self, unique_ids: Mapping[str, str]) -> list[Mapping[str, Any]]:
        """The models and everything that dbt builds from them."""
        found: dict[str, Mapping[str, Any]] = {}
        open_ = list(unique_ids)
        while open_:
            unique_id = open_.pop()
            node = self._manifest["nodes"].get(unique_id, {})
            if unique_id not in found and node.get("resource_type") == "model":
                found[unique_id] = node
                open_ += self._manifest["child_map"].get(unique_id, [])
        return list(found.values())


def _unique_id(event: dg.Output[Any]) -> str:
    return str(event.metadata["unique_id"].value)
