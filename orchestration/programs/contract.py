"""What the program files may hold, stated once in `seeds/programs/_*.yml`, where dbt reads it too.

seeds:
  - name: tiers
    config:
      meta: {key: [tier_id]}
      column_types: {tier_id: varchar, rank: integer}
    columns:
      - {name: rank, description: '...', config: {meta: {required: true, min: 0}}}
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.contract import read_yaml
from orchestration.settings import PROJECT_DIR

PROGRAMS_DIR = PROJECT_DIR / "seeds" / "programs"
VERSION = "program_version_id"
DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)")


@dataclass(frozen=True)
class ColumnContract:
    """A column: its type as the engine spells it, and what a value may be.

    `refers_to` is `file.column` that has to have the value; bounds are part of the range but for
    `above`, which is not.
    """

    name: str
    type: str
    required: bool = False
    values: tuple[str, ...] = ()
    refers_to: str = ""
    minimum: Decimal | None = None
    above: Decimal | None = None
    maximum: Decimal | None = None

    @property
    def digits(self) -> tuple[int, int] | None:
        """Digits before and after the point of a decimal column, None for another type."""
        match = DECIMAL.fullmatch(self.type)
        return (int(match[1]) - int(match[2]), int(match[2])) if match else None


@dataclass(frozen=True)
class FileContract:
    """A file of program rows: `key` is unique at any time, within a version where it has one."""

    name: str
    key: tuple[str, ...]
    columns: dict[str, ColumnContract]

    @property
    def is_of_version(self) -> bool:
        """Whether each row belongs to a version."""
        return VERSION in self.columns and self.name != "program_versions"


@cache
def load_files(folder: Path = PROGRAMS_DIR) -> dict[str, FileContract]:
    """The contract of every file, by name, in the order in which the YAML has them."""
    seeds = [
        seed for path in sorted(folder.glob("_*.yml")) for seed in read_yaml(path).get("seeds", [])
    ]
    return {str(seed["name"]): _file(seed) for seed in seeds}


def _file(seed: dict[str, Any]) -> FileContract:
    types = seed["config"]["column_types"]
    columns = [_column(column, types[column["name"]]) for column in seed["columns"]]
    return FileContract(
        name=str(seed["name"]),
        key=tuple(seed["config"]["meta"]["key"]),
        columns={column.name: column for column in columns},
    )


def _column(column: dict[str, Any], type_: str) -> ColumnContract:
    meta = column.get("config", {}).get("meta", {})
    return ColumnContract(
        name=str(column["name"]),
        type=type_,
        required=bool(meta.get("required", False)),
        values=tuple(str(value) for value in meta.get("values", ())),
        refers_to=str(meta.get("refers_to", "")),
        minimum=_bound(meta, "min"),
        above=_bound(meta, "above"),
        maximum=_bound(meta, "max"),
    )


def _bound(meta: dict[str, Any], name: str) -> Decimal | None:
    return Decimal(str(meta[name])) if name in meta else None
