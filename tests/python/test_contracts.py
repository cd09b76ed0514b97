"""What readers rely on: a contract on every published table, and no breaking change unannounced."""

from __future__ import annotations

import copy
import dataclasses
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import MainRun

from orchestration.errors import PartnerMetricsError
from orchestration.manifest import certified_models, read_manifest
from orchestration.published_contract import (
    CHANGELOG,
    PublishedTable,
    breaking_changes,
    is_announced,
    model_grains,
    published_tables,
    read_contract,
    unannounced,
    write_contract,
)
from orchestration.publishing import current_file
from orchestration.raw_reference import PAGE, page

Tables = dict[str, PublishedTable]
TABLE = "partner_mrr_monthly"
TYPES = (
    "varchar",
    "decimal(28,6)",
    "decimal(28,2)",  # what is paid is in whole cents
    "decimal(18,6)",
    "bigint",
    "integer",
    "date",
    "timestamp",
    "boolean",
)


@pytest.fixture(scope="module")
def manifest(main_run: MainRun) -> dict[str, Any]:
    return read_manifest(main_run.settings)


@pytest.fixture(scope="module")
def published(main_run: MainRun) -> Tables:
    with duckdb.connect(str(current_file(main_run.settings)), read_only=True) as connection:
        return published_tables(read_manifest(main_run.settings), connection)


@pytest.fixture
def tables() -> Tables:
    """A copy of the record, to be changed at will."""
    return copy.deepcopy(read_contract())


def test_every_certified_model_has_an_enforced_contract(manifest: dict[str, Any]) -> None:
    """With types on every column, an owner, and the grain as a test."""
    grains = model_grains(manifest)
    for node in certified_models(manifest):
        name = node["name"]
        assert node["config"]["contract"]["enforced"], f"{name} has no enforced contract"
        assert node["config"]["meta"].get("owner"), f"{name} has no owner"
        assert grains.get(name), f"{name} has no unique_key test that says what a row is"
        types = {column["name"]: column["data_type"] for column in node["columns"].values()}
        assert not {key: kind for key, kind in types.items() if kind not in TYPES}, name
        # A part of the grain may be an expression of columns, where one of them can be empty.
        assert all(set(re.findall(r"\w+", part)) & set(types) for part in grains[name]), name


def test_no_published_change_breaks_a_reader_unannounced(published: Tables) -> None:
    problems = unannounced(read_contract(), published, CHANGELOG.read_text(encoding="utf-8"))
    assert not problems, "\n".join(problems)


def test_the_record_is_what_is_published(published: Tables) -> None:
    """Additions break nobody; once recorded, readers may rely on them: make contracts."""
    recorded = read_contract()
    assert set(recorded) == set(published), "make contracts"
    for name, table in published.items():
        assert recorded[name] == table, f"{name} is not as recorded: make contracts"


def test_every_published_table_says_what_a_row_is(published: Tables, main_run: MainRun) -> None:
    """The recorded grain is the truth: no two rows share it."""
    with duckdb.connect(str(current_file(main_run.settings)), read_only=True) as connection:
        for name, table in published.items():
            assert table.grain, f"{name} has no grain"
            keys = ", ".join(table.grain)
            twice = connection.execute(
                f"select {keys} from certified.{name} group by all having count(*) > 1 limit 1"
            ).fetchall()
            assert not twice, name


def removed(tables: Tables) -> Tables:
    return {name: table for name, table in tables.items() if name != TABLE}


def changed(tables: Tables, **parts: Any) -> Tables:
    return {**tables, TABLE: dataclasses.replace(tables[TABLE], **parts)}


def columns(tables: Tables, **types: str | None) -> Tables:
    """With other types; a column of type None is left out."""
    merged = {**tables[TABLE].columns, **types}
    return changed(tables, columns={name: kind for name, kind in merged.items() if kind})


BREAKING = {
    "table gone": (removed, "the table is gone"),
    "column gone": (lambda t: columns(t, churn_mrr=None), "column churn_mrr is gone"),
    "column renamed": (
        lambda t: columns(t, churn_mrr=None, churned_mrr="decimal(28,6)"),
        "column churn_mrr is gone",
    ),
    "type changed": (
        lambda t: columns(t, churn_mrr="double"),
        r"churn_mrr was decimal\(28,6\) and is double",
    ),
    "grain changed": (
        lambda t: changed(t, grain=("partner_id", "product_id", "month_start")),
        "a row was one of partner_id, month_start and is one of partner_id, product_id",
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_breaking_change_needs_a_version_and_a_line(tables: Tables, name: str) -> None:
    change, message = BREAKING[name]
    now = change(tables)
    version = tables[TABLE].version + 1
    line = f"- `{TABLE}` version {version}: churn is told by reason now."

    (problem,) = unannounced(tables, now, "")
    assert re.search(message, problem)

    if TABLE in now:
        assert "Raise its version" in problem
        assert unannounced(tables, now, line), "a line alone is not enough"
        now = changed(now, version=version)
        (problem,) = unannounced(tables, now, "")
    assert f"no line with `{TABLE}` version {version}" in problem
    assert unannounced(tables, now, f"- `{TABLE}`: it changed.\n- version {version} of another.")
    assert unannounced(tables, now, line) == []


def test_what_is_added_breaks_nobody(tables: Tables) -> None:
    now = columns(tables, refunds="decimal(28,6)")
    now["a_new_table"] = PublishedTable(1, ("id",), {"id": "varchar"})
    assert breaking_changes(tables, now) == {}


def test_a_version_is_announced_by_its_own_line() -> None:
    assert is_announced("- `t` version 2: new grain", "t", 2)
    assert not is_announced("- `t` version 21: new grain", "t", 2)
    assert not is_announced("- `tt` version 2: new grain", "t", 2)


def test_the_record_is_read_back_as_written(tables: Tables, tmp_path: Path) -> None:
    write_contract(tables, tmp_path / "record.yml")
    assert read_contract(tmp_path / "record.yml") == tables
    with pytest.raises(PartnerMetricsError, match="make contracts"):
        read_contract(tmp_path / "missing.yml")


def test_every_consumer_has_an_owner_and_reads_published_tables(manifest: dict[str, Any]) -> None:
    """Exposures end the lineage: who is hit when a table changes."""
    exposures = list(manifest["exposures"].values())
    assert {"finance_month_close", "partner_statement", "partner_program_review"} <= {
        exposure["name"] for exposure in exposures
    }
    for exposure in exposures:
        assert exposure["owner"]["email"] and exposure["owner"]["name"], exposure["name"]
        assert exposure["description"] and exposure["maturity"] and exposure["label"]
        assert exposure["depends_on"]["nodes"], exposure["name"]


def test_the_page_of_raw_data_is_that_of_the_contracts() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make catalogue`"
