"""The metric catalogue: complete, the same everywhere, and no SQL changes without its version."""

from __future__ import annotations

import copy
from typing import Any

import duckdb
import pytest
from conftest import MainRun

from orchestration import metric_versions
from orchestration.catalogue import (
    CHANGES,
    PAGE,
    RECAST,
    TEXTS,
    VERSION,
    Entry,
    certified_metrics,
    page,
    read_catalogue,
)
from orchestration.errors import PartnerMetricsError
from orchestration.manifest import certified_models
from orchestration.metric_versions import (
    Recorded,
    canonical,
    compiled_manifest,
    explain,
    fingerprints,
    read_record,
    unrecorded,
    write_record,
)
from orchestration.publishing import current_file

Manifest = dict[str, Any]
KEYS = (VERSION, *TEXTS, *CHANGES, RECAST, "certified_table", "certified_column")
LEDGER = "model.partner_metrics.int_mrr__movements"


@pytest.fixture(scope="module")
def compiled() -> Manifest:
    return compiled_manifest()


@pytest.fixture
def changed(compiled: Manifest) -> Manifest:
    """A copy of the parts that fingerprints and entries are read from, to be changed at will."""
    parts = ("metrics", "semantic_models", "nodes")
    return {part: copy.deepcopy(compiled[part]) for part in parts}


def metric(manifest: Manifest, name: str) -> dict[str, Any]:
    found: dict[str, Any] = manifest["metrics"][f"metric.partner_metrics.{name}"]
    return found


def moved(before: Manifest, after: Manifest) -> set[str]:
    """Metrics whose fingerprint differs."""
    old, new = fingerprints(before), fingerprints(after)
    return {key[0] for key in new if old[key] != new[key]}


def test_every_metric_has_a_complete_entry(compiled: Manifest) -> None:
    current = {entry.metric_id for entry in read_catalogue(compiled) if entry.is_current}
    assert current == {node["name"] for node in compiled["metrics"].values()}
    assert current


@pytest.mark.parametrize("key", KEYS)
def test_an_entry_with_a_gap_is_refused(changed: Manifest, key: str) -> None:
    del metric(changed, "closing_mrr")["config"]["meta"][key]

    with pytest.raises(PartnerMetricsError, match=rf"closing_mrr \(.*{key}"):
        read_catalogue(changed)
    with pytest.raises(PartnerMetricsError, match="closing_mrr"):
        certified_metrics(changed)


def test_a_blank_is_no_entry_and_an_earlier_version_is_checked_too(changed: Manifest) -> None:
    meta = metric(changed, "closing_mrr")["config"]["meta"]
    meta["formula"] = "  "
    metric(changed, "churn_mrr")["config"]["meta"]["earlier_versions"] = [{VERSION: "0.9"}]

    with pytest.raises(PartnerMetricsError) as refused:
        read_catalogue(changed)

    assert str(refused.value).endswith("closing_mrr (2): formula")
    assert "churn_mrr (0.9): definition, formula" in str(refused.value)


def test_every_metric_is_certified_by_a_column_that_exists(compiled: Manifest) -> None:
    columns = {node["name"]: set(node["columns"]) for node in certified_models(compiled)}
    for entry in read_catalogue(compiled):
        if entry.is_current:
            assert entry.certified_column in columns.get(entry.certified_table, ()), entry


def test_the_page_is_up_to_date(compiled: Manifest) -> None:
    assert PAGE.exists(), "docs/metrics.md is missing: make catalogue"
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(read_catalogue(compiled)), (
        "docs/metrics.md is out of date: make catalogue"
    )


def test_earlier_versions_stay_on_the_page_and_in_the_table(changed: Manifest) -> None:
    meta = metric(changed, "closing_mrr")["config"]["meta"]
    old = {key: value for key, value in meta.items() if key != "earlier_versions"}
    meta |= {VERSION: 3, "change": "Pauses count.", RECAST: True}
    meta["earlier_versions"] = [{**old, "definition": "As it was."}]

    entries = [entry for entry in read_catalogue(changed) if entry.metric_id == "closing_mrr"]

    assert [(entry.metric_version, entry.is_current) for entry in entries] == [
        ("3", True),
        ("2", False),
    ]
    assert entries[1].definition == "As it was."
    text = page(entries)
    assert "**Version 3**: What changed: Pauses count." in text
    assert "The past is recast." in text
    assert "**Version 2**: As it was." in text


def test_the_published_table_says_the_same(main_run: MainRun, compiled: Manifest) -> None:
    texts = [*TEXTS, *CHANGES]
    with duckdb.connect(str(current_file(main_run.settings)), read_only=True) as connection:
        rows = connection.execute(
            "select metric_id, metric_version, metric_name, definition, certified_table, "
            f"certified_column, is_past_recast, is_current, {', '.join(texts)} "
            "from certified.metric_catalogue"
        ).fetchall()
        certificates = connection.execute(
            "select metric_id, metric_version, control_table, control_column "
            "from certified.certificates"
        ).fetchall()
    published = [
        Entry(
            metric_id=row[0],
            metric_version=row[1],
            name=row[2],
            definition=row[3],
            texts=dict(zip(texts, row[8:], strict=True)),
            certified_table=row[4],
            certified_column=row[5],
            is_past_recast=row[6],
            is_current=row[7],
        )
        for row in rows
    ]
    assert sorted(published, key=repr) == sorted(read_catalogue(compiled), key=repr)
    assert set(certificates) == {
        (one.metric_id, one.metric_version, one.table_name, one.column_name)
        for one in certified_metrics(compiled)
    }


def test_the_tables_page_in_dagster_lists_its_metrics(main_run: MainRun) -> None:
    from orchestration.definitions import definitions

    graph = definitions.resolve_asset_graph()
    (key,) = [
        key
        for key in graph.get_all_asset_keys()
        if key.path[-1] == "partner_mrr_monthly" and key.path[0] != "closed_months"
    ]
    description = graph.get(key).description or ""
    assert "- **churn_mrr**, version 1, column `churn_mrr`: MRR of customers" in description


def test_no_metric_changed_without_its_version(compiled: Manifest) -> None:
    record = read_record()
    problem = explain(unrecorded(fingerprints(compiled), record), record)
    assert not problem, problem


def test_recorded_versions_have_a_note_and_one_meaning(compiled: Manifest) -> None:
    record = read_record()
    listed = {(entry.metric_id, entry.metric_version) for entry in read_catalogue(compiled)}
    assert all(line.note.strip() for line in record)
    assert {(line.metric_id, line.metric_version) for line in record} <= listed


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("select a", "select  a -- why\n", True),
        ("select a,b", "/* of\nit */ select a,\n    b", True),
        ("f( a )", "f(a)", True),
        ("select 'a  b'", "select 'a b'", False),
        ("select '--a'", "select '--b'", False),
        ("select a b", "select ab", False),
        ("select 1", "select 2", False),
    ],
)
def test_only_what_computes_counts(old: str, new: str, same: bool) -> None:
    assert (canonical(old) == canonical(new)) is same


def test_a_change_upstream_moves_every_metric_on_it(compiled: Manifest, changed: Manifest) -> None:
    changed["nodes"][LEDGER]["compiled_code"] += "\n-- a comment moves nothing\n"
    assert moved(compiled, changed) == set()

    changed["nodes"][LEDGER]["compiled_code"] += " where amount > 1"
    hit = moved(compiled, changed)
    assert {"churn_mrr", "new_mrr", "movement_amount"} <= hit

    subscriptions = "model.partner_metrics.input_subscriptions"
    before = copy.deepcopy(changed)
    changed["nodes"][subscriptions]["compiled_code"] = "select 1"
    assert moved(before, changed) == set(), "what lies below the input layer is no rule of a metric"


def test_words_of_the_catalogue_move_no_metric(compiled: Manifest, changed: Manifest) -> None:
    """Programs read it, and metrics stand on programs: a word of one would move all of them."""
    changed["nodes"]["model.partner_metrics.metric_catalogue"]["compiled_code"] += " limit 1"
    assert moved(compiled, changed) == set()


def test_a_changed_definition_moves_the_metric_and_those_made_of_it(
    compiled: Manifest, changed: Manifest
) -> None:
    metric(changed, "churn_mrr")["filter"]["where_filters"][0]["where_sql_template"] = "1 = 1"
    assert moved(compiled, changed) == {"churn_mrr"}

    (model,) = [one for one in changed["semantic_models"].values() if one["name"] == "customer_mrr"]
    (measure,) = [one for one in model["measures"] if one["name"] == "closing_mrr"]
    measure["expr"] = "mrr + 1"
    assert {"closing_mrr", "closing_arr"} <= moved(compiled, changed)


def test_a_change_asks_for_a_version_or_a_reason(compiled: Manifest, changed: Manifest) -> None:
    record = [Recorded(*key, print_, "First.") for key, print_ in fingerprints(compiled).items()]
    assert unrecorded(fingerprints(compiled), record) == {}

    changed["nodes"][LEDGER]["compiled_code"] += " where amount > 1"
    message = explain(unrecorded(fingerprints(changed), record), record)
    assert "their version did not" in message
    assert "churn_mrr 1" in message
    assert "raise metric_version" in message
    assert "make versions NOTE=" in message

    metric(changed, "churn_mrr")["config"]["meta"][VERSION] = 2
    message = explain(unrecorded(fingerprints(changed), record), record)
    assert "not recorded yet: churn_mrr 2" in message


def test_a_note_makes_a_further_line_of_the_same_version(
    tmp_path: Any, compiled: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "metric_versions.csv"
    now = fingerprints(compiled)
    write_record([Recorded(*key, "0" * 16, "First.") for key in now], file)
    monkeypatch.setattr(metric_versions, "RECORD", file)
    monkeypatch.setattr(metric_versions, "read_record", lambda: read_record(file))
    monkeypatch.setattr(metric_versions, "write_record", lambda record: write_record(record, file))
    monkeypatch.setattr(metric_versions, "compiled_manifest", lambda: compiled)

    monkeypatch.setattr("sys.argv", ["metric_versions"])
    assert metric_versions.main() == 1
    monkeypatch.setattr("sys.argv", ["metric_versions", "Same rows,", "written once."])
    assert metric_versions.main() == 0

    lines = [line for line in read_record(file) if line.metric_id == "churn_mrr"]
    assert [line.note for line in lines] == ["First.", "Same rows, written once."]
    assert unrecorded(now, read_record(file)) == {}
