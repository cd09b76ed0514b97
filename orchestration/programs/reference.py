"""Writes docs/program_files.md: every file of program rows and its columns, as the YAML has them.

python -m orchestration.programs.reference
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.cli import run_command
from orchestration.contract import read_yaml
from orchestration.programs.contract import PROGRAMS_DIR, ColumnContract, load_files
from orchestration.settings import PROJECT_DIR

PAGE = PROJECT_DIR / "docs" / "program_files.md"
# The files in the order in which amounts are reckoned.
GROUPS = ("programs", "qualification", "earning", "payout")
INTRODUCTION = """\
# Files of the partner programs

The CSV files in `seeds/programs`, a section each. This page is written from the descriptions
that stand beside them (`make catalogue`). [programs.md](programs.md) says how to write a program.
An empty field is null. A date is written 2026-07-01, a rate as a ratio (0.0375), truth as `true`
or `false`. **Bold** columns are required.

Every rule also has these columns, so that both time axes, the mark and the source stand beside
each value:
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE}")


def page(folder: Path = PROGRAMS_DIR) -> str:
    """The page's text."""
    return "\n".join(_lines(folder))


def _lines(folder: Path) -> Iterator[str]:
    seeds = [
        seed for group in GROUPS for seed in read_yaml(folder / f"_{group}.yml").get("seeds", [])
    ]
    contracts = load_files(folder)
    levers = next(seed for seed in seeds if seed["name"] == "levers")
    shared = {
        name for name in contracts["levers"].columns if name in contracts["tiers"].columns
    } - {"track", "gate_group_id"}
    texts = _shared_texts(folder)
    yield INTRODUCTION
    yield from _table(
        [column for column in contracts["levers"].columns.values() if column.name in shared],
        {column["name"]: texts[f"rule_{column['name']}"] for column in levers["columns"]
         if column["name"] in shared},
    )  # fmt: skip
    for seed in seeds:
        contract = contracts[seed["name"]]
        own = [
            column
            for column in contract.columns.values()
            if column.name not in shared or contract.name == "program_versions"
        ]
        descriptions = {
            column["name"]: texts.get(f"rule_{column['name']}", str(column["description"]))
            if "doc(" in str(column["description"])
            else str(column["description"])
            for column in seed["columns"]
        }
        yield f"\n## {contract.name}\n"
        yield " ".join(str(seed["description"]).split())
        yield f"Key: {', '.join(f'`{name}`' for name in contract.key)}.\n"
        yield from _table(own, descriptions)
    yield ""


def _table(columns: list[ColumnContract], descriptions: dict[str, str]) -> Iterator[str]:
    yield "| column | type | what it is |"
    yield "|---|---|---|"
    for column in columns:
        name = f"**{column.name}**" if column.required else column.name
        text = " ".join(descriptions[column.name].split()).replace("|", r"\|")
        yield f"| {name} | {_type(column)} | {text}{_bounds(column)} |"


def _type(column: ColumnContract) -> str:
    return {"varchar": "text", "integer": "whole number", "boolean": "truth"}.get(
        column.type, "number" if column.digits else column.type
    )


def _bounds(column: ColumnContract) -> str:
    parts = []
    if column.values:
        parts.append(", ".join(f"`{value}`" for value in column.values))
    if column.refers_to:
        parts.append(f"refers to `{column.refers_to}`")
    if column.minimum is not None:
        parts.append(f"at least {column.minimum}")
    if column.above is not None:
        parts.append(f"more than {column.above}")
    if column.maximum is not None:
        parts.append(f"at most {column.maximum}")
    return f" ({'; '.join(parts)})" if parts else ""


def _shared_texts(folder: Path) -> dict[str, str]:
    """The doc blocks beside the files, by name."""
    texts: dict[str, Any] = {}
    name = ""
    for line in (folder / "_rules.md").read_text("utf-8").splitlines():
        if line.startswith("{% docs "):
            name = line.split()[2]
        elif line.startswith("{% enddocs"):
            name = ""
        elif name and line:
            texts[name] = line
    return texts


if __name__ == "__main__":
    run_command(main)
