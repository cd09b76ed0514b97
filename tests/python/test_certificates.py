"""Certificates: a metric's own checks, warnings and inputs, by lineage; none without a check."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import duckdb
import pytest
from conftest import MainRun

from orchestration.audit_record import (
    FAILED,
    NOT_APPLICABLE,
    PASSED,
    AuditRecord,
    Result,
    read_audit,
)
from orchestration.build_record import BuildRecord, read_record
from orchestration.certificates import CertificateFacts, Metric, require_facts, write_facts
from orchestration.content import content_hash, content_hashes
from orchestration.errors import PartnerMetricsError
from orchestration.input_volumes import InputVolume
from orchestration.lineage import Lineage
from orchestration.manifest import read_manifest
from orchestration.publishing import current_file
from orchestration.settings import Settings
from orchestration.standing import Standing, standings

MORNING = datetime(2026, 11, 2, 4)  # noqa: DTZ001 - UTC without a zone, as it is stored
BUILD = BuildRecord(
    "run-1", True, 4, 3, 1.0, [], [],
    passed_checks=["test.p.billing_is_whole", "test.p.mrr_adds_up"],
    warned_checks=["test.p.tickets_are_late"],
)  # fmt: skip


def model(name: str, schema: str = "certified") -> dict[str, Any]:
    return {"resource_type": "model", "name": name, "schema": schema}


def test_of(*models: str) -> dict[str, Any]:
    return {
        "resource_type": "test",
        "attached_node": None,
        "depends_on": {"nodes": [f"model.p.{name}" for name in models]},
    }


test_of.__test__ = False  # type: ignore[attr-defined]


def metric(name: str, table: str) -> dict[str, Any]:
    return {
        "name": name,
        "depends_on": {"nodes": []},
        "config": {"meta": {"certified_table": table}},
    }


# billing -> items -> mrr (metric closing_mrr); tickets -> service (metric response_time)
MANIFEST: dict[str, Any] = {
    "nodes": {
        "model.p.items": model("items", "intermediate"),
        "model.p.mrr": model("mrr"),
        "model.p.service": model("service"),
        "test.p.billing_is_whole": test_of("items"),
        "test.p.mrr_adds_up": test_of("mrr"),
        "test.p.tickets_are_late": test_of("service"),
    },
    "sources": {
        "source.p.billing.invoice": {"source_name": "billing", "name": "invoice"},
        "source.p.desk.ticket": {"source_name": "desk", "name": "ticket"},
    },
    "child_map": {
        "source.p.billing.invoice": ["model.p.items"],
        "source.p.desk.ticket": ["model.p.service"],
        "model.p.items": ["model.p.mrr", "test.p.billing_is_whole"],
        "model.p.mrr": ["test.p.mrr_adds_up"],
        "model.p.service": ["test.p.tickets_are_late"],
    },
    "metrics": {
        "metric.p.closing_mrr": metric("closing_mrr", "mrr"),
        "metric.p.response_time": metric("response_time", "service"),
    },
    "semantic_models": {},
}
INPUTS = [
    InputVolume("billing", "invoice", 9, 9, 0, 0, MORNING),
    InputVolume("desk", "ticket", 5, 5, 0, 0, None),
]


def expectation(table: str, status: str, **more: Any) -> Result:
    return Result(
        f"{table}_{status}", table, "Text", "0 to 1", "warning", "finance", "Because.", status,
        "1 of 1 outside: x" if status == FAILED else "", **more,
    )  # fmt: skip


def audit(*results: Result) -> AuditRecord:
    return AuditRecord("run-1", None, results)


def test_a_metric_has_its_own_checks_and_inputs() -> None:
    found = standings(
        Lineage(MANIFEST),
        ["closing_mrr", "response_time"],
        BUILD,
        audit(
            expectation("mrr", PASSED),
            expectation("mrr", NOT_APPLICABLE),
            expectation("service", PASSED),
            expectation("service", FAILED),
            expectation("landing", FAILED, of_inputs=True, subjects=("desk",)),
        ),
        INPUTS,
    )

    assert found["closing_mrr"] == Standing(
        checks_passed=3,
        not_applicable=("mrr_not_applicable",),
        inputs=(("billing", MORNING),),
    )
    assert found["response_time"] == Standing(
        checks_passed=1,
        warnings=(
            "landing_failed (1 of 1 outside: x)",
            "service_failed (1 of 1 outside: x)",
            "tickets_are_late",
        ),
        inputs=(("desk", None),),
    )
    assert found["closing_mrr"].inputs_text == "billing 2026-11-02 04:00"
    assert found["response_time"].inputs_text == "desk (no delivery time)"


def test_a_metric_without_a_check_is_not_published() -> None:
    with pytest.raises(PartnerMetricsError, match="no check passed that guards response_time"):
        standings(Lineage(MANIFEST), ["closing_mrr", "response_time"], BUILD, audit(), INPUTS)


def test_a_failing_test_names_what_it_spoils_and_nothing_else() -> None:
    lineage = Lineage(MANIFEST)
    assert lineage.metrics_of_nodes(["test.p.billing_is_whole"]) == ["closing_mrr"]
    assert lineage.metrics_of_nodes(["source.p.desk.ticket"]) == ["response_time"]
    assert lineage.metrics_of_nodes(["test.p.mrr_adds_up", "model.p.service"]) == [
        "closing_mrr",
        "response_time",
    ]


def test_a_model_that_only_judges_rows_is_no_lineage() -> None:
    """Delivery times of all sources judge every row; no metric is made of them."""
    judging = {**model("deliveries", "staging"), "config": {"meta": {"in_lineage": False}}}
    children = MANIFEST["child_map"]
    manifest = {
        **MANIFEST,
        "nodes": {**MANIFEST["nodes"], "model.p.deliveries": judging},
        "child_map": {
            **children,
            "source.p.desk.ticket": ["model.p.service", "model.p.deliveries"],
            "model.p.deliveries": ["model.p.items"],
        },
    }
    assert Lineage(manifest).metrics_of_nodes(["source.p.desk.ticket"]) == ["response_time"]


def test_facts_belong_to_one_build(settings: Settings) -> None:
    settings.prepare()
    facts = CertificateFacts(
        run_id="run-1",
        code_version="abc",
        inputs_as_of=MORNING,
        metrics=[Metric("closing_mrr", "1", "mrr", "closing_mrr")],
        standings={"closing_mrr": Standing(3, ("x",), ("y",), (("billing", MORNING), ("z", None)))},
        inputs=INPUTS,
    )
    with pytest.raises(PartnerMetricsError, match="not certified"):
        require_facts(settings, "run-1")
    write_facts(facts, settings)
    assert require_facts(settings, "run-1") == facts
    with pytest.raises(PartnerMetricsError, match="not certified"):
        require_facts(settings, "run-2")


def test_each_table_has_its_hash() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table a as select 1 as i; create table b as select 2 as i")
        before = content_hashes(connection, {"a": "a", "b": "b"})
        connection.execute("update b set i = 3")
        after = content_hashes(connection, {"a": "a", "b": "b"})
        assert after.overall == content_hash(connection, {"a": "a", "b": "b"})
    assert before.tables["a"] == after.tables["a"]
    assert before.tables["b"] != after.tables["b"]
    assert before.overall != after.overall


def test_published_certificates_stand_on_their_lineage(main_run: MainRun) -> None:
    with duckdb.connect(str(current_file(main_run.settings)), read_only=True) as connection:
        rows = connection.execute(
            "select metric_id, run_id, code_version, checks_passed, checks_warned, warnings, "
            "inputs from certified.certificates"
        ).fetchall()
        inputs = connection.execute(
            "select source_name, table_name, landed_rows, accepted_rows, quarantined_rows, "
            "superseded_rows from certified.certificate_inputs order by all"
        ).fetchall()
    with main_run.warehouse() as connection:
        assert (
            inputs
            == connection.execute(
                "select source_name, table_name, landed_rows, accepted_rows, quarantined_rows, "
                "superseded_rows from audit.row_accounting order by all"
            ).fetchall()
        )
    build, found = read_record(main_run.settings), read_audit(main_run.settings)
    assert build is not None
    assert found is not None
    assert {(row[1], row[2]) for row in rows} == {(build.run_id, build.code_version)}
    most = len(build.passed_checks) + found.count(PASSED)
    certificates = {row[0]: row for row in rows}
    assert set(certificates) == {
        one["name"] for one in read_manifest(main_run.settings)["metrics"].values()
    }
    assert all(0 < row[3] <= most for row in rows)
    assert all(bool(row[4]) == bool(row[5]) for row in rows)
    assert "stripe 20" in certificates["closing_mrr"][6]
    assert "zendesk" not in certificates["closing_mrr"][6]
    # Every further check costs nothing: dbt's graph says where it belongs.
    assert certificates["closing_mrr"][3] != certificates["carr"][3]


def test_an_expectation_that_warns_is_on_the_certificate(main_run: MainRun) -> None:
    """As it would be if the demo's customers had no segment."""
    found = read_audit(main_run.settings)
    assert found is not None
    results = tuple(
        replace(one, status=FAILED, message="1 of 1 outside: the whole table: 100%")
        if one.id == "customers_segment"
        else one
        for one in found.results
    )
    build = read_record(main_run.settings)
    assert build is not None
    lineage = Lineage(read_manifest(main_run.settings))
    standing = standings(lineage, ["closing_mrr"], build, replace(found, results=results), [])[
        "closing_mrr"
    ]
    assert "customers_segment (1 of 1 outside: the whole table: 100%)" in standing.warnings
