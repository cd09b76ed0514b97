"""Writes docs/raw_data.md: every raw table and column that is read, and what its absence costs.

python -m orchestration.raw_reference
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.cli import run_command
from orchestration.contract import CONTRACT_GLOB, load_contract, read_yaml
from orchestration.delivered import load_needs
from orchestration.settings import PROJECT_DIR

PAGE = PROJECT_DIR / "docs" / "raw_data.md"
INTRODUCTION = """\
# Raw data: what is read, and what its absence costs

This page is written from the contracts in `models/staging/<source>` (`make catalogue`). `make check` compares them
with your own data in seconds.

**Bold** columns are required: a row without a value is quarantined. All other columns may be absent. A column is found
under its own name, and, where a second place is given, there too; the first one that has a value counts. A place with
dots is read in three spellings. `pricing.price_details.price` is

| loader | how it lands |
|---|---|
| Fivetran | a column `pricing_price_details_price` |
| dlt | a column `pricing__price_details__price` |
| Airbyte, and others that keep documents | a column `pricing` with JSON (or a structure) and the path in it |

Amounts of the billing system are in the minor unit of the currency, times are UTC, and a text with an offset counts by
its offset. A table that is absent counts as empty; `_fivetran_synced` is when the row was delivered (Airbyte:
`_airbyte_extracted_at`; give it that name in a view).

Which shape of the billing API you have: `plan_id` on lines and items until about 2021, `price_id` after it, and
`parent.*` and `pricing.*` from version 2025-03-31 on, where `current_period_*` stands on items only. Shapes may be mixed,
also within one account: every place is looked at for every row.
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE}")


def page(project_dir: Path = PROJECT_DIR) -> str:
    """The page's text."""
    return "\n".join(_lines(project_dir))


def _lines(project_dir: Path) -> Iterator[str]:
    contracts = {table.full_name: table for table in load_contract(project_dir)}
    needs = load_needs()
    yield INTRODUCTION
    for path in sorted(project_dir.glob(CONTRACT_GLOB)):
        for source in read_yaml(path).get("sources", []):
            yield f"## {source['name']}\n"
            yield f"{_plain(source.get('description', ''))}\n"
            for table in source.get("tables", []):
                contract = contracts[f"{source['name']}.{table['name']}"]
                yield f"### {contract.full_name}\n"
                yield f"{contract.description}\n"
                if contract.required:
                    yield f"**Required**: {contract.required_because}.\n"
                for need in (one for one in needs if one.table == contract.full_name):
                    what = " and ".join(f"`{name}`" for name in need.columns) or "the table"
                    yield f"- Without {what}: {need.without_it}"
                yield ""
                yield from _columns(table)


def _columns(table: dict[str, Any]) -> Iterator[str]:
    yield "| column | what it is | also read from |"
    yield "|---|---|---|"
    for column in table.get("columns", []):
        meta = column.get("config", {}).get("meta", {})
        name = f"**{column['name']}**" if meta.get("required") else column["name"]
        places = ", ".join(f"`{place}`" for place in meta.get("also_in", []))
        yield f"| {name} | {_plain(column.get('description', ''))} | {places} |"
    yield ""


def _plain(text: object) -> str:
    return " ".join(str(text).split())


if __name__ == "__main__":
    run_command(main)
