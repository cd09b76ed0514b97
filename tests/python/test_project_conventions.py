"""Conventions of the dbt project: nothing undescribed, nothing too long, nobody named in SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
import yaml
from conftest import MainRun

from orchestration.contract import TableContract, load_contract
from orchestration.ledger.contract import CLOSINGS, load_closed_tables
from orchestration.manifest import read_manifest
from orchestration.settings import PROJECT_DIR, Settings

MODELS_DIR = PROJECT_DIR / "models"
MODEL_FILES = sorted(MODELS_DIR.rglob("*.sql"))
LAYERS = ("staging", "input", "intermediate", "marts", "audit", "certified")
MAX_LINES = 150


def described_models() -> Iterator[dict[str, Any]]:
    """The entry of each model in the project's YAML files."""
    for path in sorted(MODELS_DIR.rglob("*.yml")):
        yield from (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", [])


@pytest.mark.parametrize("table", load_contract(), ids=lambda table: table.full_name)
def test_contracted_table_is_judged_and_staged(table: TableContract) -> None:
    folder = MODELS_DIR / "staging" / table.source
    base = f"base_{table.source}__{table.name}"
    assert (folder / "base" / f"{base}.sql").is_file()

    readers = [
        path for path in folder.glob("stg_*.sql") if f"ref('{base}')" in path.read_text("utf-8")
    ]
    assert readers, f"no stg_ model reads {base}: its accepted rows go nowhere"


def test_models_can_be_read_in_one_go() -> None:
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in MODEL_FILES}
    assert not {name: lines for name, lines in lengths.items() if lines >= MAX_LINES}


def test_yaml_describes_models_that_exist() -> None:
    files = {path.stem for path in MODEL_FILES}
    entries = [str(model["name"]) for model in described_models()]
    assert len(entries) == len(set(entries))
    assert set(entries) == files


def test_no_partner_or_customer_is_named_in_sql(demo: Settings) -> None:
    """An exception for one company belongs in a seed, with its owner, reason and dates."""
    raw = demo.demo_raw_dir
    names = {
        str(value).lower()
        for source, table in (("partner_portal", "partner"), ("salesforce", "account"))
        for row in duckdb.execute(
            f"select id, name from read_parquet('{raw}/{source}/{table}/*.parquet')"
        ).fetchall()
        for value in row
        if value and len(str(value).strip()) > 5
    }
    assert names
    for path in MODEL_FILES:
        literals = {text.lower() for text in re.findall(r"'([^'\n]*)'", path.read_text("utf-8"))}
        assert not literals & names, path


def test_every_model_and_column_is_described(main_run: MainRun) -> None:
    """Descriptions are looked up where people read them: in the warehouse."""
    with main_run.warehouse() as warehouse:
        relations = warehouse.execute(
            """
            select schema_name || '.' || table_name, comment from duckdb_tables()
            where schema_name in $layers
            union all
            select schema_name || '.' || view_name, comment from duckdb_views()
            where schema_name in $layers
            """,
            {"layers": LAYERS},
        ).fetchall()
        columns = warehouse.execute(
            """
            select schema_name || '.' || table_name || '.' || column_name, comment
            from duckdb_columns() where schema_name in $layers
            """,
            {"layers": LAYERS},
        ).fetchall()
    assert len(relations) >= len(MODEL_FILES)
    assert not [name for name, comment in [*relations, *columns] if not comment]


def test_no_description_is_left_for_later() -> None:
    for model in described_models():
        for entry in [model, *model.get("columns", [])]:
            description = str(entry.get("description") or "").strip()
            assert description and "TODO" not in description, (model["name"], entry["name"])


def test_every_closed_table_is_watched_for_moves() -> None:
    """A table that is kept at closing is compared with what was kept, in every run."""
    watch = (PROJECT_DIR / "tests/dbt/assert_closed_months_never_move.sql").read_text("utf-8")
    tables = {table.name for table in load_closed_tables()} - {CLOSINGS}
    assert tables
    watched = re.search(r"set tables = \[(.*?)\]", watch, re.DOTALL)
    assert watched
    assert set(re.findall(r"'(\w+)'", watched[1])) == tables


def test_nothing_is_switched_off_unseen(main_run: MainRun) -> None:
    """dbt merely warns of a test that refers to nothing, and leaves it out of every run."""
    assert not read_manifest(main_run.settings)["disabled"]
