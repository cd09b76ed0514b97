"""Closing months: what is kept, what is refused, and what a publication said on a day.

Without dbt: versions are published from certified tables that the test writes itself.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing as closing_connection
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from company import AS_OF, JANUARY_TO_APRIL, Company
from conftest import MainRun

from orchestration import publishing
from orchestration.build_record import BuildRecord, Failure, forget_build, write_record
from orchestration.errors import PartnerMetricsError
from orchestration.landing import land
from orchestration.ledger import closed_months, closing, sealed
from orchestration.ledger.closed_months import CLOSED_MONTHS
from orchestration.ledger.closing import close_month, closing_state
from orchestration.ledger.closings import month_after, read_closings, table_path
from orchestration.ledger.contract import CLOSINGS, ClosedTable
from orchestration.publishing import current_file, read_pointer
from orchestration.settings import PROJECT_DIR, Settings


@pytest.fixture
def company(settings: Settings) -> Company:
    return Company(dataclasses.replace(settings, user="carla"))


def tamper(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change a file as somebody with all rights could."""
    content = change(path.read_bytes())
    path.parent.chmod(0o755)
    path.chmod(0o644)
    path.write_bytes(content)


def test_a_closed_month_is_kept_with_what_stands_behind_it(company: Company) -> None:
    publication = company.publish()
    first, second = close_month(company.settings, "2025-02")

    assert (first.month, second.month) == ("2025-01", "2025-02")
    assert second.previous_hash == first.hash != second.hash
    assert second.closing_mrr == "150.123456"
    assert second.closed_by == "carla"
    assert second.publication_version == publication.version
    assert (second.run_id, second.code_version) == ("run-1", "abc")
    assert second.inputs_as_of == AS_OF.isoformat()
    assert second.metric_versions == {"closing_mrr": "1"}
    kept = table_path(company.settings, "2025-02", "partner_mrr_monthly")
    assert duckdb.execute(
        f"select partner_id, month_start::varchar, closing_mrr from '{kept}' order by 1"
    ).fetchall() == [
        ("p_1", "2025-02-01", Decimal(100)),
        ("p_2", "2025-02-01", Decimal("50.123456")),
    ]
    assert second.tables["partner_mrr_monthly"].rows == 2
    assert {*second.tables, CLOSINGS} == {table.name for table in company.tables}
    assert read_closings(company.settings) == [first, second]
    assert not os.access(kept, os.W_OK) or os.geteuid() == 0
    assert kept.stat().st_mode & 0o222 == 0


def test_closed_months_come_back_whatever_the_data_says_now(company: Company) -> None:
    company.publish()
    close_month(company.settings, "2025-02")
    before = company.query("from certified.partner_mrr_monthly order by all")

    shutil.rmtree(company.settings.build_dir)
    again = company.publish()

    assert company.query("from certified.partner_mrr_monthly order by all") == before
    changed = {month: {"p_1": "999"} for month in JANUARY_TO_APRIL}
    company.publish(changed)
    found = company.query(
        "select strftime(month_start, '%Y-%m'), closing_mrr from certified.vendor_summary_monthly "
        "order by 1"
    )
    assert found == [
        ("2025-01", 100), ("2025-02", Decimal("150.123456")), ("2025-03", 999), ("2025-04", 999),
    ]  # fmt: skip
    assert company.query(f"select count(*) from certified.{CLOSED_MONTHS}") == [(2,)]
    assert company.publish().content_hash == again.content_hash


def test_the_register_has_every_closing(company: Company) -> None:
    company.publish()
    closings = close_month(company.settings, "2025-03")
    company.build(JANUARY_TO_APRIL)

    with duckdb.connect(str(company.settings.warehouse_path)) as connection:
        rows = connection.execute(
            "select strftime(month_start, '%Y-%m'), closed_by, run_id, content_hash, closing_mrr, "
            f"inputs_as_of, reporting_currency from closed_months.{CLOSINGS} order by 1"
        ).fetchall()
    assert rows == [
        (one.month, "carla", "run-1", one.hash, Decimal(one.closing_mrr), AS_OF, "EUR")
        for one in closings
    ]


def test_months_close_one_after_the_other(company: Company) -> None:
    company.publish()
    close_month(company.settings, "2025-01")

    with pytest.raises(PartnerMetricsError, match=r"2025-02 is still open.*MONTH=2025-02"):
        close_month(company.settings, "2025-03")

    assert [one.month for one in close_month(company.settings, "2025-02")] == ["2025-02"]
    assert [one.month for one in close_month(company.settings, "2025-03")] == ["2025-03"]


def test_a_first_closing_that_was_interrupted_goes_on(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.publish()
    close = closing._close

    def killed(*arguments: object) -> object:
        if arguments[3] == "2025-02":
            raise KeyboardInterrupt
        return close(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(closing, "_close", killed)
        close_month(company.settings, "2025-03")

    assert [one.month for one in read_closings(company.settings)] == ["2025-01"]
    done = close_month(company.settings, "2025-03")
    assert [one.month for one in done] == ["2025-02", "2025-03"]


def test_a_full_disk_closes_nothing_and_leaves_nothing(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.publish()

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(sealed, "flush", full)
        with pytest.raises(PartnerMetricsError, match=r"Not closed: .*No space left.* close again"):
            close_month(company.settings, "2025-01")

    assert list((company.settings.ledger_dir / "closed_months").iterdir()) == []
    assert [one.month for one in close_month(company.settings, "2025-01")] == ["2025-01"]


@pytest.mark.parametrize(
    ("month", "message"),
    [
        ("2025-02", r"2025-02 was closed on \d{4}-\d\d-\d\d by carla"),
        ("2025-05", "2025-05 is not complete.*speaks for 2025-04"),
        ("2024-12", "2024-12 is before 2025-03"),
        ("2025-13", "'2025-13' is not a month; write it like 2025-03"),
        ("March", "'March' is not a month"),
    ],
)
def test_months_that_cannot_be_closed(company: Company, month: str, message: str) -> None:
    company.publish()
    close_month(company.settings, "2025-02")

    with pytest.raises(PartnerMetricsError, match=message):
        close_month(company.settings, month)

    assert [one.month for one in read_closings(company.settings)] == ["2025-01", "2025-02"]


def test_nothing_closes_before_it_is_published(company: Company) -> None:
    with pytest.raises(PartnerMetricsError, match=r"nothing is published yet. Run `make run`"):
        close_month(company.settings, "2025-01")


def test_only_the_last_build_can_be_closed_and_only_if_it_passed(company: Company) -> None:
    company.publish()

    failed = [Failure("assert_bridge", "fail", "1 row")]
    write_record(BuildRecord("run-2", True, 9, 8, 1.0, failed, []), company.settings)
    with pytest.raises(PartnerMetricsError, match=r"Not closed: 1 .*did not pass: assert_bridge"):
        close_month(company.settings, "2025-01")

    forget_build(company.settings)
    with pytest.raises(PartnerMetricsError, match="Not closed: nothing was built since the raw"):
        close_month(company.settings, "2025-01")

    company.build(JANUARY_TO_APRIL)
    with pytest.raises(PartnerMetricsError, match=r"last build \(run run-2\) is not the one"):
        close_month(company.settings, "2025-01")
    assert read_closings(company.settings) == []


def test_a_published_file_that_was_changed_is_not_closed(company: Company) -> None:
    company.publish()
    with duckdb.connect(str(current_file(company.settings))) as connection:
        connection.execute("update certified.partner_mrr_monthly set closing_mrr = 1 + closing_mrr")

    with pytest.raises(PartnerMetricsError, match="is not as it was published"):
        close_month(company.settings, "2025-01")
    assert read_closings(company.settings) == []


def test_an_older_extract_or_version_is_not_closed(company: Company) -> None:
    company.publish()
    pointer = company.settings.publish_dir / "current.json"
    before = pointer.read_text("utf-8")
    company.publish({**JANUARY_TO_APRIL, "2025-04": {"p_1": "1"}})
    close_month(company.settings, "2025-01")

    company.as_of = AS_OF - timedelta(days=1)
    company.publish()
    with pytest.raises(PartnerMetricsError, match="An old extract lies"):
        close_month(company.settings, "2025-02")

    pointer.write_text(before, encoding="utf-8")
    write_record(BuildRecord("run-1", True, 9, 9, 1.0, [], []), company.settings)
    with pytest.raises(PartnerMetricsError, match="is older than"):
        close_month(company.settings, "2025-02")


def test_closed_months_stay_in_their_currency(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.publish()
    close_month(company.settings, "2025-01")
    for module in (closed_months, closing):
        monkeypatch.setattr(module, "reporting_currency", lambda *_: "USD")

    with pytest.raises(PartnerMetricsError, match=r"Closed months are in EUR, and .* is USD"):
        land(company.settings, [])
    with pytest.raises(PartnerMetricsError, match="Closed months are in EUR"):
        close_month(company.settings, "2025-02")


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("partner_mrr_monthly.parquet", lambda content: content[:-9] + b"123456789", "is not as"),
        ("partner_mrr_monthly.parquet", lambda content: content[:40], "it is not as it was when"),
        ("vendor_summary_monthly.parquet", None, "it is missing"),
        ("closing.json", lambda content: content.replace(b"carla", b"clara"), "is not as it was"),
        ("closing.json", lambda content: content[:-40], "it cannot be read"),
        ("closing.json", lambda content: b"[1]", "it cannot be read"),
        ("closing.json", None, "it is missing"),
    ],
)  # fmt: skip
def test_damage_is_found_before_anything_is_built(
    company: Company, file: str, change: Callable[[bytes], bytes] | None, message: str
) -> None:
    before = company.publish()
    close_month(company.settings, "2025-02")
    path = table_path(company.settings, "2025-01", "any").with_name(file)
    if change is None:
        path.parent.chmod(0o755)
        path.unlink()
    else:
        tamper(path, change)

    with pytest.raises(PartnerMetricsError, match=f"2025-01.*{file}: .*{message}") as error:
        land(company.settings, [])
    assert "Restore the folder of that month" in str(error.value)
    with pytest.raises(PartnerMetricsError, match=message):
        close_month(company.settings, "2025-03")
    assert read_pointer(company.settings.publish_dir) == before


def test_months_that_were_taken_out_or_put_in_are_found(company: Company) -> None:
    company.publish()
    close_month(company.settings, "2025-03")
    company.publish()
    folder = company.settings.ledger_dir / "closed_months"
    middle, away = folder / "2025-02", folder.parent / "away"
    middle.rename(away)
    with pytest.raises(PartnerMetricsError, match="2025-03: 2025-02 is missing before it"):
        land(company.settings, [])
    away.rename(middle)

    # A closing that somebody wrote anew is consistent in itself, but no longer what the next names.
    content = json.loads((middle / "closing.json").read_text("utf-8"))
    content["closing_mrr"] = "1"
    content["hash"] = sealed.chain_hash(content)
    tamper(middle / "closing.json", lambda _: json.dumps(content).encode())
    with pytest.raises(PartnerMetricsError, match="2025-03: it does not follow from the closing"):
        land(company.settings, [])

    # The chain without its end is whole: only the published version shows that it was longer.
    shutil.rmtree(folder / "2025-03")
    shutil.rmtree(middle)
    with pytest.raises(PartnerMetricsError, match=r"2 closed month\(s\).*2025-02 the first"):
        land(company.settings, [])
    elsewhere = dataclasses.replace(company.settings, ledger_dir=folder / "elsewhere")
    with pytest.raises(PartnerMetricsError, match="PARTNER_METRICS_LEDGER_DIR"):
        land(elsewhere, [])


def test_what_else_lies_in_the_folder_is_named(company: Company) -> None:
    company.publish()
    close_month(company.settings, "2025-01")
    folder = company.settings.ledger_dir / "closed_months"
    (folder / ".tmp-1").mkdir()
    (folder / "2025-01 (copy)").mkdir()

    with pytest.raises(PartnerMetricsError, match=r"\(copy\): its name is not a month"):
        land(company.settings, [])

    (folder / "2025-01 (copy)").rmdir()
    close_month(company.settings, "2025-02")
    assert not (folder / ".tmp-1").exists()


def test_a_month_closed_during_a_build_stops_its_publication(company: Company) -> None:
    company.publish()
    company.build({**JANUARY_TO_APRIL, "2025-01": {"p_1": "1"}})
    company.run -= 1
    write_record(BuildRecord("run-1", True, 9, 9, 1.0, [], []), company.settings)
    close_month(company.settings, "2025-01")

    with pytest.raises(PartnerMetricsError, match="A month was closed in the meantime"):
        company.publish_build()


def test_columns_may_join_and_change_their_type_after_a_closing(company: Company) -> None:
    company.publish()
    close_month(company.settings, "2025-01")
    table = next(one for one in company.tables if one.name == "partner_mrr_monthly")

    def landed(**columns: str) -> tuple[object, ...] | None:
        with duckdb.connect() as connection:
            connection.execute("create schema closed_months")
            changed = dataclasses.replace(table, columns={**table.columns, **columns})
            closed_months._land_table(
                company.settings, connection, changed, read_closings(company.settings)
            )
            return connection.execute(
                f"select {', '.join(columns)}, typeof({next(iter(columns))}) "
                "from closed_months.partner_mrr_monthly"
            ).fetchone()

    assert landed(added="decimal(18,6)") == (None, "DECIMAL(18,6)")
    assert landed(closing_mrr="decimal(38,10)") == (100, "DECIMAL(38,10)")
    assert landed(month_start="timestamp")[1] == "TIMESTAMP"  # type: ignore[index]
    with pytest.raises(PartnerMetricsError, match=r"Column partner_id .* bigint, .*2025-01 has 'p"):
        landed(partner_id="bigint")
    with pytest.raises(PartnerMetricsError, match=r"closing_mrr .* cannot hold"):
        landed(closing_mrr="decimal(4,3)")


def test_a_table_that_joins_later_has_no_rows_in_months_closed_before(company: Company) -> None:
    company.publish()
    close_month(company.settings, "2025-01")
    company.tables.append(ClosedTable("joined_later", {"month_start": "date", "n": "bigint"}))

    with duckdb.connect() as connection:
        connection.execute("create schema closed_months")
        closed_months._land_table(
            company.settings, connection, company.tables[-1], read_closings(company.settings)
        )
        assert connection.execute("from closed_months.joined_later").fetchall() == []


def test_the_state_says_what_comes_next(company: Company) -> None:
    assert closing_state(company.settings).next_month is None
    company.publish()
    assert closing_state(company.settings).next_month == "2025-01"
    close_month(company.settings, "2025-03")
    state = closing_state(company.settings)
    assert (len(state.closings), state.next_month) == (3, "2025-04")
    close_month(company.settings, "2025-04")
    assert closing_state(company.settings).next_month is None


def test_the_command_closes_through_dagster_and_says_what_comes_next(
    main_run: MainRun, tmp_path: Path
) -> None:
    """On the demo as `make run` published it, with a ledger of the test's own."""
    environment = {
        **os.environ,
        **main_run.settings.child_environment(),
        "PARTNER_METRICS_LEDGER_DIR": str(tmp_path / "ledger"),
        "PARTNER_METRICS_USER": "carla",
    }

    def close(*month: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "orchestration.close", *month],
            cwd=PROJECT_DIR, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    state = close()
    assert state.returncode == 0, state.stderr
    first = re.findall(r"The first month is (\d{4}-\d\d)", state.stdout)[0]

    done = close(first)
    assert done.returncode == 0, done.stdout + done.stderr
    assert first in done.stdout and "carla" in done.stdout
    refused = close(first)
    assert refused.returncode == 1
    assert f"Not closed: {first} was closed on" in refused.stderr
    assert "Traceback" not in refused.stderr
    following = re.findall(r"Next: make close MONTH=(\d{4}-\d\d)", close().stdout)
    assert following == [month_after(first)]
    history = main_run.settings.dagster_home / "history" / "runs.db"
    with closing_connection(sqlite3.connect(history)) as runs:
        found = runs.execute(
            "select status from runs where pipeline_name = 'close_month' order by status"
        ).fetchall()
    assert found == [("FAILURE",), ("SUCCESS",)]


SAID = (
    "select partner_id, strftime(month_start, '%Y-%m'), closing_mrr "
    "from certified.closing_mrr_snapshots "
    "where said_from_at <= timestamp '{at}' "
    "and (said_until_at is null or said_until_at > timestamp '{at}') order by all"
)


def test_snapshots_answer_what_was_said_on_a_day(company: Company) -> None:
    first = company.publish({"2025-01": {"p_1": "100", "p_2": "7"}})
    second = company.publish({"2025-01": {"p_1": "100"}, "2025-02": {"p_1": "110"}})
    third = company.publish({"2025-01": {"p_1": "101"}, "2025-02": {"p_1": "110"}})

    said = {
        one.version: company.query(SAID.format(at=one.published_at.replace("+00:00", "")))
        for one in (first, second, third)
    }
    assert said == {
        first.version: [("p_1", "2025-01", 100), ("p_2", "2025-01", 7)],
        second.version: [
            ("p_1", "2025-01", 100), ("p_1", "2025-02", 110), ("p_2", "2025-01", None),
        ],
        third.version: [
            ("p_1", "2025-01", 101), ("p_1", "2025-02", 110), ("p_2", "2025-01", None),
        ],
    }  # fmt: skip
    before = (datetime.fromisoformat(first.published_at) - timedelta(seconds=1)).isoformat()
    assert company.query(SAID.format(at=before.replace("+00:00", ""))) == []


def test_a_snapshot_grows_with_what_changed_only(company: Company) -> None:
    first = company.publish()
    company.publish()
    third = company.publish({**JANUARY_TO_APRIL, "2025-04": {"p_1": "130", "p_2": "61"}})

    folder = company.settings.ledger_dir / "snapshots"
    rows = {
        path.stem: duckdb.execute(f"select count(*) from '{path}'").fetchone()
        for path in sorted(folder.iterdir())
    }
    assert rows == {first.version: (7,), third.version: (1,)}
    assert company.query("select count(*) from certified.closing_mrr_snapshots") == [(8,)]


def publish_killed_at(step: str, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish 200 of MRR as a process that is killed when it comes to a step."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(publishing, step, killed)
        company.publish({"2025-01": {"p_1": "200"}})


def test_a_publication_killed_before_its_snapshot_is_recovered(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.publish({"2025-01": {"p_1": "100"}})

    publish_killed_at("keep_snapshot", company, monkeypatch)
    assert company.query("select closing_mrr from certified.partner_mrr_monthly") == [(200,)]
    assert len(list((company.settings.ledger_dir / "snapshots").glob("[0-9]*"))) == 1

    company.publish({"2025-01": {"p_1": "300"}})

    history = "select closing_mrr from certified.closing_mrr_snapshots order by said_from_at"
    assert company.query(history) == [(100,), (200,), (300,)]
    assert len(list((company.settings.ledger_dir / "snapshots").iterdir())) == 3

    shutil.rmtree(company.settings.ledger_dir / "snapshots")
    company.publish({"2025-01": {"p_1": "300"}})
    assert company.query(history) == [(100,), (200,), (300,)]


def test_a_publication_killed_before_the_pointer_said_nothing(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.publish({"2025-01": {"p_1": "100"}})

    publish_killed_at("move_pointer", company, monkeypatch)
    company.publish({"2025-01": {"p_1": "300"}})

    history = "select closing_mrr from certified.closing_mrr_snapshots order by said_from_at"
    assert company.query(history) == [(100,), (300,)]


def test_a_broken_snapshot_is_named(company: Company) -> None:
    publication = company.publish()
    path = company.settings.ledger_dir / "snapshots" / f"{publication.version}.parquet"
    tamper(path, lambda content: content[:20])

    with pytest.raises(PartnerMetricsError, match=f"{publication.version}.*cannot be read"):
        company.publish()
    assert read_pointer(company.settings.publish_dir) == publication

    path.unlink()
    assert company.publish().content_hash == publication.content_hash
