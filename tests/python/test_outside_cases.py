"""Every case of `tests/cases` has its right value, and all data tests of the chain pass on it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from conftest import built_once
from outside_cases import build, case_names, violations
from warehouse_builds import open_warehouse


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The certified tables of all cases, landed together."""

    def build_all(folder: Path) -> None:
        build(case_names(), folder, tests=True)

    folder = built_once(tmp_path_factory, "outside_cases", build_all)
    return open_warehouse(folder / "build" / "warehouse.duckdb")


@pytest.mark.parametrize("case", case_names())
def test_case(built: duckdb.DuckDBPyConnection, case: str) -> None:
    assert violations(built, case) == []
