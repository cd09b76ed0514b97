"""Publication: complete or not at all, and always readable."""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration import publishing
from orchestration.build_record import (
    BuildRecord,
    Failure,
    add_samples,
    forget_build,
    require_passed_build,
    summarize,
    write_record,
)
from orchestration.certificates import CertificateFacts, Metric
from orchestration.errors import PartnerMetricsError
from orchestration.input_volumes import InputVolume
from orchestration.manifest import TableDescription
from orchestration.publication_history import HISTORY
from orchestration.publishing import (
    PUBLIC_TABLES,
    Publication,
    current_file,
    publish,
    read_pointer,
)
from orchestration.settings import Settings
from orchestration.standing import Standing

FACTS = CertificateFacts(
    run_id="run-1",
    code_version="abc",
    inputs_as_of=datetime(2026, 11, 2, 4),  # noqa: DTZ001 - stored as UTC without a zone
    metrics=[Metric("closing_mrr", "1", "partner_mrr_monthly", "amount")],
    standings={
        "closing_mrr": Standing(
            checks_passed=3,
            warnings=("customers_segment (1 of 1 outside)",),
            not_applicable=("vendor_restated", "partner_moved"),
            inputs=(("stripe", datetime(2026, 11, 2, 4)),),  # noqa: DTZ001
        )
    },
    inputs=[InputVolume("stripe", "invoice", 9, 6, 1, 2, None)],
)
TABLES = {
    "partner_mrr_monthly": TableDescription("It's the partner's month", {"amount": "Money, EUR"})
}
PASSED = BuildRecord("run-1", True, 4, 3, 1.0, [], [])


@pytest.fixture
def built(settings: Settings) -> Settings:
    """A build file with every public table in it."""
    settings.prepare()
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create schema certified")
        for name in PUBLIC_TABLES:
            connection.execute(
                f"create table certified.{name} as "
                "select i as id, (i / 4)::decimal(18, 6) as amount, 'p_' || i as partner_id, "
                "date '2026-10-01' as month_start, i::decimal(28, 6) as closing_mrr "
                "from range(10) as r (i)"
            )
    return settings


@pytest.fixture
def current(built: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    publish(built, TABLES, FACTS)
    with duckdb.connect(str(current_file(built)), read_only=True) as connection:
        yield connection


def files(settings: Settings) -> set[str]:
    beside = (".lock", HISTORY)
    return {path.name for path in settings.publish_dir.iterdir() if path.name not in beside}


def test_publishes_every_table_as_file_and_parquet(built: Settings) -> None:
    publication = publish(built, TABLES, FACTS)

    assert publication.tables == {
        **dict.fromkeys((*PUBLIC_TABLES, "closing_mrr_snapshots"), 10),
        "certificates": 1,
        "certificate_inputs": 1,
    }
    assert read_pointer(built.publish_dir) == publication
    assert files(built) == {
        "current.json",
        "current.duckdb",
        publication.file,
        publication.parquet,
    }
    copy = built.publish_dir / publication.parquet / "partner_mrr_monthly.parquet"
    described = duckdb.sql(f"describe from '{copy}'").fetchall()
    assert described[1][:2] == ("amount", "DECIMAL(18,6)")
    assert (built.publish_dir / "current.duckdb").resolve() == current_file(built)


def test_file_carries_descriptions(current: duckdb.DuckDBPyConnection) -> None:
    tables = current.execute(
        "select comment from duckdb_tables() where table_name = 'partner_mrr_monthly'"
    ).fetchall()
    columns = current.execute(
        "select column_name, comment from duckdb_columns() "
        "where table_name = 'partner_mrr_monthly' and comment is not null"
    ).fetchall()
    assert tables == [("It's the partner's month",)]
    assert columns == [("amount", "Money, EUR")]


def test_certificate_states_run_and_exact_control_total(
    current: duckdb.DuckDBPyConnection,
) -> None:
    row = current.execute(
        "select metric_id, run_id, checks_passed, inputs_as_of, control_total, row_count, "
        "content_hash, table_hash from certified.certificates"
    ).fetchone()
    assert row is not None
    assert row[:5] == ("closing_mrr", "run-1", 3, FACTS.inputs_as_of, Decimal("11.250000"))
    assert row[5] == 10
    assert len(row[6]) == len(row[7]) == 64
    assert row[6] != row[7]


def test_certificate_carries_warnings_and_inputs(current: duckdb.DuckDBPyConnection) -> None:
    row = current.execute(
        "select checks_warned, warnings, checks_not_applicable, inputs from certified.certificates"
    ).fetchone()
    assert row == (1, "customers_segment (1 of 1 outside)", 2, "stripe 2026-11-02 04:00")
    inputs = current.execute(
        "select source_name, table_name, landed_rows, accepted_rows, quarantined_rows, "
        "superseded_rows, newest_at from certified.certificate_inputs"
    ).fetchall()
    assert inputs == [("stripe", "invoice", 9, 6, 1, 2, None)]


def test_file_is_written_in_the_oldest_format_of_duckdb_1(
    current: duckdb.DuckDBPyConnection,
) -> None:
    row = current.execute(
        "select tags['storage_version'] from duckdb_databases() where not internal"
    ).fetchone()
    assert row is not None
    assert row[0].startswith("v1.0")


def test_same_content_has_the_same_hash_in_any_row_order(built: Settings) -> None:
    first = publish(built, TABLES, FACTS)
    with duckdb.connect(str(built.warehouse_path)) as connection:
        connection.execute(
            "create or replace table certified.quarantine_summary as "
            "from certified.quarantine_summary order by id desc"
        )
    second = publish(built, TABLES, FACTS)
    with duckdb.connect(str(built.warehouse_path)) as connection:
        connection.execute("update certified.quarantine_summary set amount = 7 where id = 1")
    third = publish(built, TABLES, FACTS)

    assert first.content_hash == second.content_hash != third.content_hash
    assert _table_hash(built, first) == _table_hash(built, third), "its own table is the same"
    assert first.version < second.version < third.version


def _table_hash(settings: Settings, publication: Publication) -> object:
    with duckdb.connect(str(settings.publish_dir / publication.file), read_only=True) as connection:
        return connection.execute("select table_hash from certified.certificates").fetchone()


@pytest.mark.parametrize("missing", PUBLIC_TABLES)
def test_a_missing_public_table_publishes_nothing(built: Settings, missing: str) -> None:
    before = publish(built, TABLES, FACTS)
    with duckdb.connect(str(built.warehouse_path)) as connection:
        connection.execute(f"drop table certified.{missing}")

    with pytest.raises(PartnerMetricsError, match=missing):
        publish(built, TABLES, FACTS)

    assert read_pointer(built.publish_dir) == before
    assert files(built) == {before.file, before.parquet, "current.json", "current.duckdb"}


def test_a_crash_before_the_pointer_moves_leaves_the_version_before(
    built: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = publish(built, TABLES, FACTS)

    def crash(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "move_pointer", crash)
        with pytest.raises(PartnerMetricsError, match=r"disk full.*stays current"):
            publish(built, TABLES, FACTS)

    assert read_pointer(built.publish_dir) == before
    assert files(built) == {before.file, before.parquet, "current.json", "current.duckdb"}
    assert current_file(built).exists()
    assert publish(built, TABLES, FACTS).version > before.version


def test_keeps_the_last_versions_and_never_removes_the_current_one(built: Settings) -> None:
    settings = dataclasses.replace(built, keep_versions=2)

    versions = [publish(settings, TABLES, FACTS).version for _ in range(4)]

    kept = sorted(path.stem for path in settings.publish_dir.glob("partner_metrics_*.duckdb"))
    assert kept == [f"partner_metrics_{version}" for version in versions[-2:]]
    assert current_file(settings).stem == kept[-1]


def test_versions_go_forward_when_the_clock_goes_back(
    built: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Yesterday(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Yesterday:
            return super().now(tz) - timedelta(days=1)

    first = publish(built, TABLES, FACTS)
    with duckdb.connect(str(built.warehouse_path)) as connection:
        connection.execute("update certified.partner_mrr_monthly set closing_mrr = 77")
    monkeypatch.setattr(publishing, "datetime", Yesterday)
    second = publish(built, TABLES, FACTS)

    assert second.version > first.version
    with duckdb.connect(str(current_file(built)), read_only=True) as connection:
        backwards = connection.execute(
            "select count(*) from certified.closing_mrr_snapshots "
            "where said_until_at < said_from_at"
        ).fetchone()
    assert backwards == (0,)


def test_a_reader_keeps_its_version_while_a_new_one_appears(
    built: Settings, current: duckdb.DuckDBPyConnection
) -> None:
    with duckdb.connect(str(built.warehouse_path)) as connection:
        connection.execute("delete from certified.partner_mrr_monthly")
    publish(built, TABLES, FACTS)

    count = "select count(*) from certified.partner_mrr_monthly"
    assert current.execute(count).fetchone() == (10,)
    with duckdb.connect(str(current_file(built)), read_only=True) as fresh:
        assert fresh.execute(count).fetchone() == (0,)


def test_two_publishers_do_not_mix(built: Settings) -> None:
    built.publish_dir.mkdir(parents=True)
    with (built.publish_dir / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(PartnerMetricsError, match="another run is publishing"):
            publish(built, TABLES, FACTS)


def test_leftovers_of_a_killed_publication_are_removed(built: Settings) -> None:
    built.publish_dir.mkdir(parents=True)
    (built.publish_dir / ".tmp-1").mkdir()
    (built.publish_dir / "partner_metrics_20200101T000000Z_dead").mkdir()

    publication = publish(built, TABLES, FACTS)

    assert {name for name in files(built) if publication.version not in name} == {
        "current.json",
        "current.duckdb",
    }


def test_nothing_published_yet_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(PartnerMetricsError, match="make run"):
        current_file(settings)


def test_a_metric_that_points_nowhere_publishes_nothing(built: Settings) -> None:
    facts = dataclasses.replace(FACTS, metrics=[Metric("x", "1", "partner_mrr_monthly", "typo")])

    with pytest.raises(PartnerMetricsError, match=r"'x'.*partner_mrr_monthly\.typo"):
        publish(built, TABLES, facts)

    assert read_pointer(built.publish_dir) is None


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (None, "nothing was built"),
        (dataclasses.replace(PASSED, complete=False), "only a part"),
        (dataclasses.replace(PASSED, passed_tests=0), "no test was run"),
        (
            dataclasses.replace(PASSED, failures=[Failure("assert_x", "fail", "1 row")]),
            "assert_x",
        ),
    ],
)
def test_gate_opens_for_a_complete_passed_build_only(
    settings: Settings, record: BuildRecord | None, reason: str
) -> None:
    settings.prepare()
    write_record(PASSED, settings)
    assert require_passed_build(settings) == PASSED

    if record is None:
        forget_build(settings)
    else:
        write_record(record, settings)
    with pytest.raises(PartnerMetricsError, match=reason):
        require_passed_build(settings)


@pytest.mark.parametrize("status", ["fail", "error", "skipped", "runtime error", "new status"])
def test_any_status_that_is_not_a_pass_is_a_failure(built: Settings, status: str) -> None:
    run_results = {
        "results": [
            result("model.p.a", "success"),
            result("test.p.warns", "warn"),
            result("test.p.bad", status, "select * from certified.partner_mrr_monthly"),
        ]
    }

    record = add_samples(summarize(run_results, "run-1", True), run_results, built)

    assert [failure.name for failure in record.failures] == ["bad"]
    assert len(record.failures[0].rows) == (5 if status == "fail" else 0)
    assert len(record.warnings) == 1
    assert (record.built, record.passed_tests) == (1, 0)


def result(unique_id: str, status: str, code: str = "") -> dict[str, object]:
    return {
        "unique_id": unique_id,
        "status": status,
        "message": "",
        "execution_time": 0.1,
        "compiled_code": code,
    }


def test_pointer_is_json_that_others_can_read(built: Settings, tmp_path: Path) -> None:
    publication = publish(built, TABLES, FACTS)
    pointer = json.loads((built.publish_dir / "current.json").read_text("utf-8"))
    assert os.path.basename(pointer["file"]) == pointer["file"] == publication.file  # noqa: PTH119
