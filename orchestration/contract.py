"""The source contract: which raw tables and columns the warehouse reads.

It is stated once, in `models/staging/<source>/_<source>__sources.yml`, where dbt reads it too:

    tables:
      - name: subscription_item
        config: {meta: {required: true, required_because: "MRR is computed per item"}}
        columns:
          - name: id
            data_type: varchar
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import PartnerMetricsError
from orchestration.settings import PROJECT_DIR

CONTRACT_GLOB = "models/staging/*/_*__sources.yml"


@dataclass(frozen=True)
class TableContract:
    """One raw table: `required_because` says what is lost without it.

    No row can be used without its `required_columns`; `also_in` names the other places where a
    column's fact may stand. Where the table is absent, the one that `stands_in` is enough.
    """

    source: str
    name: str
    schema: str
    columns: tuple[str, ...]
    required: bool
    required_because: str
    description: str = ""
    required_columns: tuple[str, ...] = ()
    also_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    stands_in: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.source}.{self.name}"

    def places(self, column: str) -> list[str]:
        """Names of the raw columns that may say the contract's column, the best first.

        A path is read as a flattened column, joined by one underscore or two, or as a document
        that a shorter part of it names; see `macros/staging/base_rows.sql`.
        """
        names = [column]
        for path in self.also_in.get(column, ()):
            parts = path.split(".")
            for length in range(len(parts), 0, -1):
                names += ["_".join(parts[:length]), "__".join(parts[:length])]
        return list(dict.fromkeys(names))


def load_contract(project_dir: Path = PROJECT_DIR) -> list[TableContract]:
    """All contracted tables, in file order; raises PartnerMetricsError when there are none."""
    tables = [
        _table(source, table)
        for path in sorted(project_dir.glob(CONTRACT_GLOB))
        for source in read_yaml(path).get("sources", [])
        for table in source.get("tables", [])
    ]
    if not tables:
        raise PartnerMetricsError(
            f"No source contract found: {project_dir / CONTRACT_GLOB} names no table."
        )
    return tables


def read_yaml(path: Path) -> dict[str, Any]:
    """The file's content; read by the C library, which takes a tenth of the time."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader) or {}  # noqa: S506 - it is safe


def _table(source: dict[str, Any], table: dict[str, Any]) -> TableContract:
    meta = {**_meta(source), **_meta(table)}
    columns = tuple(str(column["name"]) for column in table.get("columns", []))
    return TableContract(
        source=source["name"],
        name=table["name"],
        schema=source.get("schema") or f"raw_{source['name']}",
        columns=columns,
        required=bool(meta.get("required", False)),
        required_because=" ".join(str(meta.get("required_because", "")).split()),
        description=" ".join(str(table.get("description", "")).split()),
        required_columns=tuple(
            str(column["name"])
            for column in table.get("columns", [])
            if _meta(column).get("required") and not _meta(column).get("default_from")
        ),
        also_in={
            str(column["name"]): tuple(_meta(column)["also_in"])
            for column in table.get("columns", [])
            if _meta(column).get("also_in")
        },
        stands_in=str(meta.get("stands_in", "")),
    )


def _meta(node: dict[str, Any]) -> dict[str, Any]:
    return {**node.get("meta", {}), **node.get("config", {}).get("meta", {})}
