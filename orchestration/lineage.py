"""Which metrics stand on which tables, tests and sources: read from dbt's manifest, never listed.

A metric stands on the models that its measures are read from and on everything upstream of them; on
the table that it is certified in; and on the tables that it is sliced by, because "MRR by segment"
is wrong when the segments are. A model with `in_lineage: false` under `config.meta` is left out: it
looks at all sources to judge rows, and no figure is made of what it says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from orchestration.audit_record import Result
from orchestration.files import write_whole
from orchestration.manifest import CERTIFIED_SCHEMA
from orchestration.settings import Settings, shown

# So many metrics are named in a message; more are in the file.
NAMED = 12
SPOILED = "spoiled_metrics.txt"


class Lineage:
    """The manifest's graph, walked from a node down to metrics."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self._manifest = manifest
        self._metrics_below: dict[str, frozenset[str]] = {}

    def metrics_of_nodes(self, unique_ids: Iterable[str]) -> list[str]:
        """Names of all metrics downstream of the nodes; for a test, of what it judges."""
        names: set[str] = set()
        for unique_id in unique_ids:
            for judged in self._judged(unique_id):
                names |= self._below(judged)
        return sorted(names)

    def metrics_of_expectation(self, result: Result) -> list[str]:
        """Names of the metrics that an expectation speaks for.

        One that judges sources speaks, when it does not pass, for those that are outside.
        """
        return self.metrics_of_nodes(self._judged_by(result))

    @cached_property
    def sources(self) -> dict[str, list[str]]:
        """Ids of source tables by `source` and by `source.table`."""
        found: dict[str, list[str]] = defaultdict(list)
        for unique_id, node in self._manifest.get("sources", {}).items():
            found[node["source_name"]].append(unique_id)
            found[f"{node['source_name']}.{node['name']}"].append(unique_id)
        return dict(found)

    @cached_property
    def _certified(self) -> dict[str, str]:
        return {
            str(node.get("alias") or node["name"]): unique_id
            for unique_id, node in self._manifest["nodes"].items()
            if node["resource_type"] == "model" and node["schema"] == CERTIFIED_SCHEMA
        }

    @cached_property
    def _children(self) -> dict[str, set[str]]:
        left_out = {
            unique_id
            for unique_id, node in self._manifest["nodes"].items()
            if (node.get("config") or {}).get("meta", {}).get("in_lineage") is False
        }
        children = {
            parent: set(ids) - left_out for parent, ids in self._manifest["child_map"].items()
        }
        for unique_id, metric in self._manifest.get("metrics", {}).items():
            table = (metric.get("config") or {}).get("meta", {}).get("certified_table")
            parents = {self._certified[table]} if table in self._certified else set()
            for parent in parents | self._sliced_by(metric):
                children.setdefault(parent, set()).add(unique_id)
        return children

    def _sliced_by(self, metric: Mapping[str, Any]) -> set[str]:
        """Semantic models that the metric's rows join to by an entity."""
        models = self._manifest.get("semantic_models", {})
        described = {
            entity["name"]: unique_id
            for unique_id, model in models.items()
            for entity in model["entities"]
            if entity["type"] == "primary"
        }
        return {
            described[entity["name"]]
            for parent in metric["depends_on"]["nodes"]
            for entity in models.get(parent, {}).get("entities", [])
            if entity["name"] in described
        }

    def _judged(self, unique_id: str) -> list[str]:
        node = self._manifest["nodes"].get(unique_id, {})
        if node.get("resource_type") != "test":
            return [unique_id]
        attached = node.get("attached_node")
        return [attached] if attached else list(node["depends_on"]["nodes"])

    def _judged_by(self, result: Result) -> list[str]:
        if not result.of_inputs:
            model = self._certified.get(result.table)
            return [model] if model else []
        if not result.subjects:
            return [unique_id for ids in self.sources.values() for unique_id in ids]
        return [
            unique_id for subject in result.subjects for unique_id in self.sources.get(subject, [])
        ]

    def _below(self, unique_id: str) -> frozenset[str]:
        """Names of the metrics downstream of one node."""
        if unique_id not in self._metrics_below:
            seen: set[str] = set()
            open_ = [unique_id]
            while open_:
                current = open_.pop()
                if current not in seen:
                    seen.add(current)
                    open_ += self._children.get(current, ())
            metrics = self._manifest.get("metrics", {})
            self._metrics_below[unique_id] = frozenset(
                str(metrics[one]["name"]) for one in seen if one in metrics
            )
        return self._metrics_below[unique_id]


def said_to_spoil(metrics: list[str], settings: Settings) -> str:
    """A line about the metrics, for the message of a run; empty when there are none.

    A few are named. Many are counted, and stand in a file of the build folder.
    """
    if not metrics:
        return ""
    count = f"\nMetrics that this spoils ({len(metrics)}): "
    if len(metrics) <= NAMED:
        return f"{count}{', '.join(metrics)}."
    file = settings.build_dir / SPOILED
    write_whole(file, "\n".join(metrics) + "\n")
    return f"{count}{', '.join(metrics[:3])} and others; all are in {shown(file)}."
