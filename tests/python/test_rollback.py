"""Rolling back: an earlier version is current again, whole or not at all; what was said is kept."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import duckdb
import pytest
from company import Company

from orchestration import rollback
from orchestration.errors import PartnerMetricsError
from orchestration.ledger.closing import close_month
from orchestration.publication_history import HISTORY, read_history
from orchestration.publishing import Publication, publish, read_pointer
from orchestration.rollback import list_versions, roll_back
from orchestration.settings import Settings

SAID = (
    "select closing_mrr, publication_version, said_until_at is null "
    "from certified.closing_mrr_snapshots order by said_from_at"
)


@pytest.fixture
def company(settings: Settings) -> Company:
    return Company(dataclasses.replace(settings, user="carla"))


def january(company: Company, mrr: str) -> Publication:
    return company.publish({"2025-01": {"p_1": mrr}})


def test_an_earlier_version_is_current_again(company: Company) -> None:
    first, second = january(company, "100"), january(company, "200")
    folder = company.settings.publish_dir
    files = {
        path: path.read_bytes() for path in folder.rglob("partner_metrics_*") if path.is_file()
    }

    was, now = roll_back(company.settings, first.version)

    assert was == second
    assert now == read_pointer(folder)
    plain = dataclasses.replace(now, rolled_back_at=None, rolled_back_by=None)
    assert plain == first, "the pointer says again what it said then"
    assert now.rolled_back_by == "carla"
    assert (folder / "current.duckdb").resolve() == folder / first.file
    assert company.query("select closing_mrr from certified.partner_mrr_monthly") == [(100,)]
    assert files == {path: path.read_bytes() for path in files}, "no version is touched"

    third = january(company, "300")
    assert third.version > second.version
    assert read_pointer(folder) == third
    assert [
        (move.event, move.version, move.instead_of, move.by) for move in read_history(folder)
    ] == [
        ("published", first.version, None, None),
        ("published", second.version, first.version, None),
        ("rolled back", first.version, second.version, "carla"),
        ("published", third.version, first.version, None),
    ]


def test_a_rollback_can_be_undone(company: Company) -> None:
    first, second = january(company, "100"), january(company, "200")
    roll_back(company.settings, first.version)
    roll_back(company.settings, second.version)
    assert company.query("select closing_mrr from certified.partner_mrr_monthly") == [(200,)]


def test_what_was_said_after_a_rollback_is_kept(company: Company) -> None:
    first, second = january(company, "100"), january(company, "200")
    roll_back(company.settings, first.version)
    third = january(company, "300")

    assert company.query(SAID) == [
        (100, first.version, False),
        (200, second.version, False),
        (100, first.version, False),
        (300, third.version, True),
    ]
    moments = [move.at[:19] for move in read_history(company.settings.publish_dir)]
    assert [
        str(at).replace(" ", "T")[:19]
        for (at,) in company.query(
            "select said_from_at from certified.closing_mrr_snapshots order by 1"
        )
    ] == moments
    shutil.rmtree(company.settings.ledger_dir / "snapshots")
    january(company, "300")
    assert len(company.query(SAID)) == 4


def test_a_rollback_killed_after_the_pointer_moved_is_made_up_for(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = january(company, "100"), january(company, "200")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(rollback, "keep_snapshot", killed)
        roll_back(company.settings, first.version)
    assert company.query("select closing_mrr from certified.partner_mrr_monthly") == [(100,)]
    assert len(read_history(company.settings.publish_dir)) == 2

    third = january(company, "300")
    versions = [first.version, second.version, first.version, third.version]
    assert [row[1] for row in company.query(SAID)] == versions
    assert [move.version for move in read_history(company.settings.publish_dir)] == versions


def test_a_damaged_version_is_refused(company: Company) -> None:
    first, second = january(company, "100"), january(company, "200")
    folder = company.settings.publish_dir
    file, copy = folder / first.file, folder / first.parquet
    whole = file.read_bytes()

    with duckdb.connect(str(file)) as connection:
        connection.execute("update certified.partner_mrr_monthly set closing_mrr = 101")
    refused(company, first, "its file is not as it was published")
    file.write_bytes(whole[: len(whole) // 2])
    refused(company, first, "damaged")
    assert "cannot be read" in list_versions(company.settings)[1].problem
    file.write_bytes(whole)

    table = copy / "partner_mrr_monthly.parquet"
    rows = f"(select * replace (102::decimal(28, 6) as closing_mrr) from '{table}')"
    duckdb.execute(f"copy {rows} to '{copy / 'other'}' (format parquet)")
    (copy / "other").replace(table)
    refused(company, first, "its Parquet copy is not as it was published")
    shutil.rmtree(copy)
    refused(company, first, "No files found")
    shutil.copy(folder / second.file, file)
    shutil.copytree(folder / second.parquet, copy)
    refused(company, first, "its content is that of another version")


def refused(company: Company, publication: Publication, why: str) -> None:
    before = {path.name for path in company.settings.publish_dir.iterdir()}
    pointer = read_pointer(company.settings.publish_dir)
    with pytest.raises(PartnerMetricsError, match=f"Not rolled back.*{why}"):
        roll_back(company.settings, publication.version)
    assert read_pointer(company.settings.publish_dir) == pointer
    assert {path.name for path in company.settings.publish_dir.iterdir()} == before


def test_a_closed_month_never_changes_for_readers(company: Company) -> None:
    first, second = january(company, "100"), january(company, "200")
    close_month(company.settings, "2025-01")
    third = january(company, "300")

    with pytest.raises(PartnerMetricsError, match=f"2025-01 was closed from .*{second.version}"):
        roll_back(company.settings, first.version)
    assert read_pointer(company.settings.publish_dir) == third
    roll_back(company.settings, second.version)


def test_the_current_version_is_kept_however_old(company: Company) -> None:
    company.settings = dataclasses.replace(company.settings, keep_versions=2)
    first, second = january(company, "100"), january(company, "200")
    roll_back(company.settings, first.version)

    with pytest.raises(PartnerMetricsError, match="Not published"):
        publish(company.settings, {"missing": None}, None)  # type: ignore[dict-item, arg-type]
    assert company.query("select closing_mrr from certified.partner_mrr_monthly") == [(100,)]

    third = january(company, "300")
    kept = [one.version for one in list_versions(company.settings)]
    assert kept == [third.version, second.version]


def test_what_cannot_be_rolled_back_to_says_what_to_do(company: Company) -> None:
    with pytest.raises(PartnerMetricsError, match="make run"):
        roll_back(company.settings, "20250101T000000Z_12345678")
    only = january(company, "100")
    with pytest.raises(PartnerMetricsError, match=r"no version 2025.*make rollback"):
        roll_back(company.settings, "20250101T000000Z_12345678")
    with pytest.raises(PartnerMetricsError, match="is the current one already"):
        roll_back(company.settings, only.version)
    assert len(read_history(company.settings.publish_dir)) == 1


def test_the_command_lists_and_rolls_back(
    company: Company, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = january(company, "1234.5"), january(company, "200")
    monkeypatch.setattr(rollback, "load_settings", lambda: company.settings)
    monkeypatch.setattr("sys.argv", ["rollback"])
    rollback.main()
    said = capsys.readouterr().out
    assert said.index(second.version) < said.index(first.version), "newest first"
    assert "1,234.50 EUR" in said
    assert "2025-01" in said

    monkeypatch.setattr("sys.argv", ["rollback", first.version])
    rollback.main()
    said = capsys.readouterr().out
    assert f"Was current: {second.version}" in said
    assert f"Is current:  {first.version}" in said


def test_history_is_one_json_object_a_line(company: Company) -> None:
    january(company, "100")
    rows = duckdb.execute(
        "select event, version from read_json(?, format = 'newline_delimited')",
        [str(Path(company.settings.publish_dir, HISTORY))],
    ).fetchall()
    pointer = read_pointer(company.settings.publish_dir)
    assert pointer is not None
    assert rows == [("published", pointer.version)]
