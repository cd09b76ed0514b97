"""The main job on the demo: what `make run` prints and publishes."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import duckdb
from conftest import MainRun

from orchestration.contract import load_contract
from orchestration.incentives.landing import REGISTER
from orchestration.ledger.closed_months import CLOSED_MONTHS
from orchestration.publishing import PUBLIC_TABLES, current_file, read_pointer
from orchestration.settings import PROJECT_DIR


def test_prints_steps_rows_bridge_partners_and_where_to_look(main_run: MainRun) -> None:
    for text in (
        "prepare",
        "land",
        "build",
        "publish",
        "quarantined",
        "MRR bridge",
        "Top partners",
        "make query",
        str(current_file(main_run.settings)),
    ):
        assert text in main_run.output, main_run.output


def test_publishes_every_public_table_with_rows(main_run: MainRun) -> None:
    publication = read_pointer(main_run.settings.publish_dir)
    assert publication is not None
    assert {*PUBLIC_TABLES, "certificates"} <= set(publication.tables)
    # The demo closes no month and pays nobody.
    empty = {name for name, rows in publication.tables.items() if not rows}
    assert empty == {CLOSED_MONTHS, REGISTER}


def test_every_published_table_and_column_is_described(main_run: MainRun) -> None:
    with duckdb.connect(str(current_file(main_run.settings)), read_only=True) as connection:
        undescribed = connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'certified' and coalesce(comment, '') = '' "
            "union all select table_name, null from duckdb_tables() "
            "where schema_name = 'certified' and coalesce(comment, '') = ''"
        ).fetchall()
    assert undescribed == []


def test_published_money_is_decimal(main_run: MainRun) -> None:
    with duckdb.connect(str(current_file(main_run.settings)), read_only=True) as connection:
        floats = connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'certified' and data_type in ('DOUBLE', 'FLOAT')"
        ).fetchall()
    assert floats == []


def test_control_totals_are_the_sums_of_the_published_tables(main_run: MainRun) -> None:
    with duckdb.connect(str(current_file(main_run.settings)), read_only=True) as connection:
        certificates = connection.execute(
            "select control_table, control_column, control_total, row_count "
            "from certified.certificates"
        ).fetchall()
        for table, column, total, rows in certificates:
            row = connection.execute(
                f"select sum({column}), count(*) from certified.{table}"
            ).fetchone()
            assert row == (total, rows), (table, column)
    assert certificates


def test_every_landed_row_is_accounted_for(main_run: MainRun) -> None:
    with main_run.warehouse() as connection:
        accounting = connection.execute(
            "select source_name, table_name, landed_rows, "
            "accepted_rows + quarantined_rows + superseded_rows from audit.row_accounting"
        ).fetchall()
        for source, table, landed, accounted in accounting:
            row = connection.execute(f"select count(*) from raw_{source}.{table}").fetchone()
            assert (landed, landed) == (accounted, row[0] if row else None), (source, table)
    contracted = {(table.source, table.name) for table in load_contract()}
    assert {row[:2] for row in accounting} == contracted


def test_lineage_runs_from_raw_table_to_publication(main_run: MainRun) -> None:
    from orchestration.definitions import definitions

    graph = definitions.resolve_asset_graph()
    (publication,) = [key for key in graph.get_all_asset_keys() if key.path[-1] == "publication"]
    ancestors = graph.get_ancestor_asset_keys(publication)
    assert ["stripe", "invoice_line_item"] in [list(key.path) for key in ancestors]


def test_checks_say_what_they_guard(main_run: MainRun) -> None:
    from orchestration.definitions import definitions

    graph = definitions.resolve_asset_graph()
    guards = {
        key.name: graph.get_check_spec(key).description or ""
        for key in graph.asset_check_keys
        if key.name.startswith("assert_")
    }
    assert len(guards) == len(list((PROJECT_DIR / "tests" / "dbt").glob("assert_*.sql")))
    assert not [name for name, text in guards.items() if not text.startswith("Guards ")]


def test_the_quarantine_is_a_list_to_work_from(main_run: MainRun) -> None:
    """`make quarantine` writes every problem with its reason, its row and what to do."""
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.quarantine"],
        cwd=PROJECT_DIR,
        env={**os.environ, **main_run.settings.child_environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "stripe.invoice_line_item" in done.stdout
    assert "orphan_key" in done.stdout
    file = main_run.settings.build_dir / "quarantine.csv"
    with main_run.warehouse() as warehouse:
        expected = warehouse.execute("select count(*) from audit.quarantine").fetchone()
    listed = duckdb.execute(
        "select count(*) from read_csv(?, all_varchar = true) "
        "where reason_code <> '' and explanation <> '' and raw_row <> '' and what_to_do <> ''",
        [str(file)],
    ).fetchone()
    assert listed == expected


def test_the_queries_in_the_readme_run(main_run: MainRun) -> None:
    """Every statement of the README's SQL blocks returns rows, on the file that it is meant for."""
    readme = (PROJECT_DIR / "README.md").read_text("utf-8")
    blocks = re.findall(r"```sql\n(.*?)```", readme, flags=re.DOTALL)
    statements = [part for block in blocks for part in block.split(";") if part.strip()]
    assert len(statements) >= len(PUBLIC_TABLES)
    published = current_file(main_run.settings)
    for statement in statements:
        file = published if "certified." in statement else main_run.settings.warehouse_path
        with duckdb.connect(str(file), read_only=True) as connection:
            rows = connection.execute(statement).fetchall()
        assert rows or "current_date" in statement, statement
