"""Expectations: what is implausible fails, what could not run is an error, and nothing is a pass by
accident."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from conftest import MainRun

from orchestration import expectations
from orchestration.audit_record import (
    ERROR,
    FAILED,
    NOT_APPLICABLE,
    PASSED,
    AuditRecord,
    CouldNotRunError,
    Result,
    read_audit,
    require_passed,
    require_passed_audit,
    write_audit,
)
from orchestration.data_docs import counts, write_site
from orchestration.errors import PartnerMetricsError
from orchestration.expectations import audit, judge, opened
from orchestration.lineage import Lineage
from orchestration.manifest import certified_models, read_manifest
from orchestration.publishing import Publication, current_file
from orchestration.settings import Settings
from orchestration.suites import BLOCKING, WARNING, Frame, Suite, Threshold, load_suites
from orchestration.suites import read_thresholds as read

HEADER = "id,table,what,minimum,maximum,severity,owner,reason\n"
GOOD = "churn,months,churn_share,0,0.25,blocking,finance,Nobody loses more.\n"
MONTHS = (
    "(values ('2025-01', 0.1), ('2025-02', 0.6), ('2025-03', null)) as t (subject, churn_share)"
)


def suite(sql: str = f"from {MONTHS}") -> Suite:
    frame = Frame(sql=sql, measures={"churn_share": "Churn"}, if_empty="There is no month.")
    return Suite("months", "Months", "What months lose.", (frame,))


def threshold(severity: str = BLOCKING, maximum: float = 0.25) -> Threshold:
    return Threshold("churn", "months", "churn_share", 0, maximum, severity, "finance", "Because.")


def judged(sql: str, one: Threshold | None = None) -> Result:
    with duckdb.connect() as connection:
        (result,) = judge(connection, suite(sql), [one or threshold()])
    return result


def record(*results: Result) -> AuditRecord:
    return AuditRecord("run-1", None, results)


def test_a_jump_fails_and_names_where() -> None:
    result = judged(f"from {MONTHS}")

    assert (result.status, result.unexpected, result.looked_at) == (FAILED, 1, 2)
    assert result.samples == ("2025-02: 60%",)
    assert (result.observed, result.bounds) == ("10% to 60%", "0% to 25%")
    with pytest.raises(PartnerMetricsError, match=r"churn \(months\).*2025-02: 60%") as caught:
        require_passed(record(result))
    assert not isinstance(caught.value, CouldNotRunError)


def test_a_warning_publishes_and_is_kept() -> None:
    result = judged(f"from {MONTHS}", threshold(severity=WARNING))

    require_passed(record(result))
    assert (result.status, result.warns, result.blocks) == (FAILED, True, False)
    assert counts([result]) == "1 warned"


def test_within_the_bounds_passes() -> None:
    result = judged(f"from {MONTHS}", threshold(maximum=0.6))
    assert (result.status, result.samples) == (PASSED, ())
    require_passed(record(result))


@pytest.mark.parametrize(
    "sql", [f"from {MONTHS} where churn_share is null", f"from {MONTHS} limit 0"]
)
def test_nothing_to_judge_is_no_pass(sql: str) -> None:
    """Great Expectations calls a column without values passed."""
    result = judged(sql)
    assert (result.status, result.message) == (NOT_APPLICABLE, "There is no month.")
    assert counts([result]) == "1 not applicable"


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("select subject, no_such_column as churn_share from " + MONTHS, "no_such_column"),
        ("select subject from " + MONTHS, "the query gives subject"),
        ("select 'x' as subject, 0::double / 0 as churn_share", "not a number"),
        ("select 'x' as subject, 1::double / 0 as churn_share", "not a number"),
    ],
)
@pytest.mark.parametrize("severity", [BLOCKING, WARNING])
def test_a_query_that_cannot_run_is_an_error(sql: str, problem: str, severity: str) -> None:
    result = judged(sql, threshold(severity))

    assert (result.status, result.blocks) == (ERROR, True)
    assert problem in result.message
    with pytest.raises(CouldNotRunError, match="neither a pass nor a failure"):
        require_passed(record(result))


def test_an_expectation_that_raises_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations reports it as failed, with an empty result."""
    wrong = pd.DataFrame({"subject": ["2025-01"], "churn_share": [object()]})
    monkeypatch.setattr(expectations, "_measured", lambda *_: (wrong, {}))
    assert judged(f"from {MONTHS}").status == ERROR

    gone = pd.DataFrame({"subject": ["2025-01"]})
    monkeypatch.setattr(expectations, "_measured", lambda *_: (gone, {}))
    result = judged(f"from {MONTHS}")
    assert result.status == ERROR
    assert "does not exist" in result.message


def test_an_expectation_without_a_result_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expectations, "_validated", lambda *_: {})
    assert "no result" in judged(f"from {MONTHS}").message


def test_great_expectations_as_a_whole_failing_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("it broke")

    monkeypatch.setattr(expectations, "gx_suite", fail)
    assert judged(f"from {MONTHS}").message == "RuntimeError: it broke"


def test_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert judged(f"from {MONTHS}").status == FAILED


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (GOOD.replace("0.25", "a lot"), "row 3, column maximum: 'a lot' is not a number"),
        (GOOD.replace("0.25", "nan"), "row 3, column maximum: 'nan' is not a number"),
        (GOOD.replace(",0,", ",0.5,"), "row 3, column maximum: 0.25 is below the minimum"),
        (GOOD.replace(",0,0.25", ",,"), "row 3, column minimum: without a minimum"),
        (GOOD.replace("blocking", "fatal"), "row 3, column severity: 'fatal' is neither"),
        (GOOD.replace("months", "years"), "row 3, column table: 'years' has no module"),
        (GOOD.replace("churn_share", "churm"), "row 3, column what: 'churm' is not measured"),
        (GOOD.replace("finance", " "), "row 3, column owner: is empty"),
        (GOOD.replace("Nobody loses more.", ""), "row 3, column reason: is empty"),
        ("Churn!" + GOOD[5:], "row 3, column id: 'Churn!' is not a name"),
        ("first" + GOOD[5:], "row 3, column id: 'first' stands in an earlier row too"),
        ("churn,months\n", "row 3, column reason: the row has not 8 fields"),
    ],
)
def test_a_bad_threshold_is_named(tmp_path: Path, row: str, message: str) -> None:
    file = tmp_path / "thresholds.csv"
    file.write_text(HEADER + "first" + GOOD[5:] + row)
    with pytest.raises(PartnerMetricsError) as caught:
        read([suite()], file)
    assert str(file) in str(caught.value)
    assert message in str(caught.value)


def test_a_measure_that_nobody_judges_is_named(tmp_path: Path) -> None:
    file = tmp_path / "thresholds.csv"
    file.write_text(HEADER)
    with pytest.raises(PartnerMetricsError, match="months measures churn_share"):
        read([suite()], file)
    file.write_text("id,table\n")
    with pytest.raises(PartnerMetricsError, match="row 1: the columns must be"):
        read([suite()], file)


def test_the_gate_opens_for_the_audit_of_the_build_only(settings: Settings) -> None:
    settings.prepare()
    with pytest.raises(PartnerMetricsError, match="not checked on this build"):
        require_passed_audit(settings, "run-1")

    passed = record(judged(f"from {MONTHS}", threshold(maximum=1)))
    write_audit(passed, settings)
    assert require_passed_audit(settings, "run-1") == passed == read_audit(settings)
    with pytest.raises(PartnerMetricsError, match="not checked on this build"):
        require_passed_audit(settings, "run-2")

    write_audit(record(judged(f"from {MONTHS}")), settings)
    with pytest.raises(PartnerMetricsError, match="blocking"):
        require_passed_audit(settings, "run-1")


def test_data_docs_load_nothing_and_say_it_all(tmp_path: Path) -> None:
    sql = "select '<b>2025</b>' as subject, 0.6 as churn_share"
    (tmp_path / "gone.html").touch()
    index = write_site(tmp_path, record(judged(sql)), [suite(sql)])

    assert {path.name for path in tmp_path.iterdir()} == {"index.html", "months.html"}
    page = (tmp_path / "months.html").read_text("utf-8")
    assert "&lt;b&gt;2025&lt;/b&gt;: 60%" in page
    assert "Because." in page
    assert "finance" in page
    assert "1 failed" in index.read_text("utf-8")
    for text in (page, index.read_text("utf-8")):
        assert not [
            word for word in ("http", "<script", "<link", "src=", "@import") if word in text
        ]


def test_every_certified_table_has_a_suite(main_run: MainRun) -> None:
    models = {node["name"] for node in certified_models(read_manifest(main_run.settings))}
    assert {one.table for one in load_suites()} == models | {"landing_volumes"}


def test_the_demo_was_judged_and_every_expectation_has_an_outcome(main_run: MainRun) -> None:
    found = read_audit(main_run.settings)
    assert found is not None
    assert found.compared_with is None
    assert {one.id for one in found.results} == {one.id for one in read(load_suites())}
    assert not [one for one in found.results if one.blocks or one.status == ERROR]
    drift = {one.id for one in found.results if "earlier publication" in one.message}
    assert {"vendor_restated", "partner_moved", "landing_rows", "exchange_rate_restated"} <= drift
    assert found.count(PASSED) > found.count(NOT_APPLICABLE)


@pytest.fixture
def broken(main_run: MainRun, tmp_path: Path) -> Iterator[Settings]:
    """The demo's build file to be broken, beside the publication that was made of it."""
    settings = replace(main_run.settings, build_dir=tmp_path)
    settings.spill_dir.mkdir()
    shutil.copy(main_run.settings.warehouse_path, settings.warehouse_path)
    yield settings


def failing(settings: Settings, table: str, *statements: str) -> set[str]:
    """Blocking expectations of a table that fail after the statements."""
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        for statement in statements:
            connection.execute(statement)
    (one,) = [one for one in load_suites() if one.table == table]
    with opened(settings, current_file(settings)) as connection:
        results = list(judge(connection, one, read(load_suites())))
    assert not [result for result in results if result.status == ERROR]
    return {result.id for result in results if result.blocks}


LAST = "(select max(month_start) from certified.vendor_summary_monthly)"


@pytest.mark.parametrize(
    ("table", "statement", "expected"),
    [
        (
            "vendor_summary_monthly",
            "update certified.vendor_summary_monthly set closing_mrr = 3 * closing_mrr "
            f"where month_start = {LAST}",
            {"vendor_closing_change", "vendor_restated"},
        ),
        (
            "vendor_summary_monthly",
            f"delete from certified.vendor_summary_monthly where month_start = {LAST}",
            {"vendor_lost_months"},
        ),
        (
            "partner_mrr_monthly",
            "update certified.partner_mrr_monthly set closing_mrr = 0 where partner_id <> 'direct' "
            f"and month_start = {LAST} and hash(partner_id) % 2 = 0",
            {"partner_count", "partner_moved", "partner_count_restated"},
        ),
        (
            "customer_mrr_monthly",
            "update certified.customer_mrr_monthly set mrr = mrr * 1.4 "
            f"where currency = 'USD' and month_start = {LAST}",
            {"exchange_rate_move", "exchange_rate_restated"},
        ),
        (
            "customer_mrr_movements",
            f"delete from certified.customer_mrr_movements where month_start = {LAST}",
            {"movements_none", "movements_restated"},
        ),
        (
            "quarantine_summary",
            "update audit.row_accounting set quarantined_rows = landed_rows "
            "where source_name = 'stripe' and table_name <> 'price'",
            {"quarantine_source", "quarantine_drift"},
        ),
        (
            "landing_volumes",
            "update audit.row_accounting set landed_rows = landed_rows / 2 "
            "where table_name = 'invoice'",
            {"landing_rows"},
        ),
        (
            "landing_volumes",
            "insert into delivery.findings values "
            "('empty', 'doubt', 'stripe', 'invoice_line_item', 'plan_id', 'is empty')",
            {"landing_empty"},
        ),
        (
            "landing_volumes",
            "update staging.base_stripe__subscription "
            "set _fivetran_synced = _fivetran_synced - interval 3 day",
            set(),
        ),
    ],
)
def test_a_break_in_the_demo_is_found(
    broken: Settings, table: str, statement: str, expected: set[str]
) -> None:
    assert failing(broken, table) == set(), "it passes as it is"
    assert failing(broken, table, statement) == expected


def test_an_input_that_fails_names_the_metrics_that_it_spoils(main_run: MainRun) -> None:
    """From the manifest's graph: nothing here lists what depends on what."""
    manifest = read_manifest(main_run.settings)
    lineage = Lineage(manifest)
    everything = {metric["name"] for metric in manifest["metrics"].values()}

    def spoiled(source: str) -> set[str]:
        return set(lineage.metrics_of_nodes(lineage.sources[source]))

    assert spoiled("stripe.invoice_line_item") == everything
    of_revenue = {"closing_mrr", "churn_mrr", "billed_revenue"}
    assert {"solved_tickets", "at_risk_customers", "payout"} <= spoiled("zendesk.ticket")
    assert of_revenue <= everything - spoiled("zendesk.ticket")
    assert {"carr", "forward_mrr_12_months"} <= spoiled("salesforce.opportunity")
    assert not spoiled("salesforce.opportunity") & {"closing_mrr", "churn_mrr"}

    test = next(
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "test"
        and node.get("attached_node") == "model.partner_metrics.int_exchange_rates__month_end"
    )
    assert "closing_mrr" in lineage.metrics_of_nodes([test])
    outside = replace(
        judged(f"from {MONTHS}"), of_inputs=True, subjects=("zendesk", "salesforce.opportunity")
    )
    of_people = {"active_users", "certificates", "certified_people", "milestones_reached"}
    assert of_people <= spoiled("zendesk") == spoiled("zendesk.user"), "a person may be known there"
    assert not of_people & spoiled("salesforce.opportunity")
    assert set(lineage.metrics_of_expectation(outside)) == (
        spoiled("zendesk") | spoiled("salesforce.opportunity")
    )


def test_slices_belong_to_a_metric(main_run: MainRun) -> None:
    """MRR by segment is spoiled by wrong segments, though no measure reads them."""
    lineage = Lineage(read_manifest(main_run.settings))
    assert "closing_mrr" in lineage.metrics_of_nodes(["model.partner_metrics.customers"])


def test_steps_run_in_one_order_and_only_forwards(main_run: MainRun) -> None:
    """Reports and certificates wait for the audit, publication for all of them."""
    from dagster._core.execution.api import create_execution_plan

    from orchestration.definitions import definitions

    plan = create_execution_plan(definitions.resolve_job_def("main_job"))
    steps = {
        step.key: {key for one in step.step_inputs for key in one.dependency_keys}
        for step in plan.get_all_steps_in_topo_order()
    }
    assert steps["expectations"] == {"dbt_build"}
    assert "expectations" in steps["exports"]
    assert steps["certificates"] == {"expectations"}
    assert {"expectations", "exports", "certificates"} <= steps["publication"]


def test_checks_stand_on_their_tables_with_severity(main_run: MainRun) -> None:
    from orchestration.definitions import definitions

    graph = definitions.resolve_asset_graph()
    thresholds = {one.id: one for one in read(load_suites())}
    specs = {
        key.name: graph.get_check_spec(key)
        for key in graph.asset_check_keys
        if key.name in thresholds
    }
    assert set(specs) == set(thresholds)
    for name, spec in specs.items():
        one = thresholds[name]
        assert spec.blocking == (one.severity == BLOCKING)
        assert spec.asset_key.path[-1] in (one.table, "expectations")
        assert one.reason in (spec.description or "")


@pytest.mark.parametrize(
    ("before", "raw", "compared"),
    [
        ("false", "/data", True),
        ("true", None, True),
        ("true", "/data", False),
        ("false", None, False),
    ],
)
def test_own_data_is_not_compared_with_the_demo(
    settings: Settings, before: str, raw: str | None, compared: bool
) -> None:
    settings = replace(settings, raw=raw)
    assert expectations.comparable_version(settings) is None, "nothing is published"
    file = settings.publish_dir / "partner_metrics_v1.duckdb"
    file.parent.mkdir()
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "create schema certified; "
            f"create table certified.certificates as select {before} as is_simulated"
        )
    pointer = Publication("v1", file.name, "", "", "", {})
    (settings.publish_dir / "current.json").write_text(json.dumps(asdict(pointer)))
    assert (expectations.comparable_version(settings) == file) is compared

    file.write_bytes(b"broken")
    with pytest.raises(PartnerMetricsError, match="cannot be read"):
        expectations.comparable_version(settings)


def test_the_furthest_outside_is_named_first() -> None:
    sql = "from (values ('a', -0.5), ('b', 0.3), ('c', 0.5)) as t (subject, churn_share)"
    assert judged(sql).samples == ("a: -50%", "c: 50%", "b: 30%")


def test_nothing_was_built_says_so(settings: Settings) -> None:
    with pytest.raises(PartnerMetricsError, match="Nothing was built"):
        audit(settings, [suite()], [threshold()])
