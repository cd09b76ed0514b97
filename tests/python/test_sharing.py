"""What partners are given: their own rows, column by column, and nothing of anybody else."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow.parquet
import pytest
from conftest import MainRun, settings_in
from leak_finder import World, leaks, read_world
from published_by_hand import VERSION, publish_by_hand

from orchestration.errors import PartnerMetricsError, TransientError
from orchestration.manifest import read_manifest
from orchestration.settings import Settings
from orchestration.sharing import rows as row_rules
from orchestration.sharing import share as sharing
from orchestration.sharing.policy import OWN, POLICY, read_policy
from orchestration.sharing.sets import folder_name, folder_names, sets_of
from orchestration.sharing.share import KEY, share

# Acme serves Bakery until January, with Rival as the other half, and Rival alone from February on.
# Mill was Acme's and left in January; c4 came and left in that month. Rival's other customer is
# nobody else's business.
TABLES = """
create schema certified;
create table certified.certificates as select * from (values
    (true, timestamp '2026-02-10 04:00:00')) as t(is_simulated, inputs_as_of);
create table certified.partners as select * from (values
    ('acme_001', 'Acme'), ('rival_01', 'Rival'), ('idle_001', 'Idle'), ('direct', 'Direct'))
    as t(partner_id, partner_name);
create table certified.customers as select * from (values
    ('c1', '=HYPERLINK("evil")'), ('c2', 'Mill <boss@mill.example>'), ('c3', 'Secret'))
    as t(customer_id, customer_name);
comment on column certified.customers.customer_name is 'What it is called';
create table certified.customer_mrr_monthly as select * from (values
    ('c1', 'acme_001', 30::decimal(28,6), date '2026-01-01'), ('c1', 'rival_01', 70, '2026-01-01'),
    ('c1', 'rival_01', 100, '2026-02-01'), ('c3', 'rival_01', 5, '2026-02-01'),
    ('c2', 'acme_001', 9, '2025-12-01'), ('c1', 'direct', 1, '2026-01-01'))
    as t(customer_id, partner_id, mrr, month_start);
create table certified.customer_mrr_movements as select * from (values
    ('c2', 'acme_001', 'churn', date '2026-01-01'), ('c4', 'acme_001', 'churn', '2026-01-01'),
    ('c1', 'acme_001', 'correction', '2026-02-01'))
    as t(customer_id, partner_id, movement, month_start);
create table certified.health as select * from (values
    ('c1', 80::decimal(18,6), 101::decimal(28,6), date '2026-01-01'), ('c1', 60, 100, '2026-02-01'),
    ('c3', 10, 5, '2026-02-01'), ('c2', 50, 9, '2025-12-01'), ('c2', 0, 0, '2026-01-01'))
    as t(customer_id, score, mrr, month_start);
comment on column certified.health.score is 'How it is doing';
create table certified.usage as select * from (values
    ('c1', 'acme_001', 3::bigint, date '2026-01-01'), ('c1', 'acme_001', 4, '2026-02-01'),
    ('c1', 'rival_01', 7, '2026-01-01'), ('c3', 'rival_01', 1, '2026-02-01'))
    as t(customer_id, partner_id, seats, month_start);
create table certified.feed as select * from (values
    ('acme_001', 'c2', 'win it back', date '2026-02-01'), ('acme_001', 'c1', 'gone', '2026-02-01'),
    ('acme_001', null, 'learn', '2026-02-01'), ('acme_001', 'c4', 'try again', '2026-02-01'),
    ('rival_01', 'c1', '-sell', '2026-02-01'))
    as t(partner_id, customer_id, reason, month_start);
create table certified.lines as select * from (values
    ('acme_001', 'company', 'acme_001', 1.5::decimal(28,2), 'illustrative', 1),
    ('acme_001', 'partner_staff', 'per_1', 2, 'verified', 2),
    ('acme_001', 'partner_staff', 'unassigned', 3, 'verified', 3),
    ('acme_001', 'account_manager', 'am_1', 4, 'verified', 4),
    ('rival_01', 'partner_staff', 'per_1', 5, 'verified', 5))
    as t(partner_id, payee_kind, payee_id, amount, verification, event_sequence);
"""
POLICY_TEXT = """
names:
  customer_id: {table: customers, column: customer_name}
files:
  health:
    table: health
    about: A row a customer and month.
    note: Weights are illustrative.
    rows: in_service
    share: [customer_id, score, month_start]
    own_mrr: {mrr: It is the whole customer's.}
  usage:
    table: usage
    about: A row a customer and month.
    rows: in_service
    share: [customer_id, seats, month_start]
    drop: {partner_id: It is the same.}
  feed:
    table: feed
    about: A row an opportunity.
    rows: last
    share: [customer_id, reason, month_start]
    drop: {partner_id: It is the same.}
  lines:
    table: lines
    about: A row a line.
    rows: own
    only: {payee_kind: [company, partner_staff]}
    share: [payee_kind, amount, verification]
    mask: {payee_id: A person.}
    drop: {partner_id: It is the same., event_sequence: It counts others.}
"""


@pytest.fixture
def published(tmp_path: Path) -> Settings:
    """A publication made by hand."""
    settings = settings_in(tmp_path, PARTNER_METRICS_SHARE_DIR=str(tmp_path / "given"))
    publish_by_hand(settings, TABLES)
    return settings


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yml"
    path.write_text(POLICY_TEXT, encoding="utf-8")
    return path


def change(settings: Settings, sql: str) -> None:
    publish_by_hand(settings, TABLES + sql)


def rows(settings: Settings, partner: str, name: str) -> list[dict[str, str]]:
    path = settings.share_dir / partner / "current" / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def edited(policy: Path, old: str, new: str) -> Path:
    text = policy.read_text("utf-8")
    assert old in text
    policy.write_text(text.replace(old, new), encoding="utf-8")
    return policy


# Whose row it is


def test_a_partner_gets_its_share_of_a_customer_and_only_for_the_months_it_served(
    published: Settings, policy: Path
) -> None:
    done = share(published, policy_file=policy)

    acme, rival = (rows(published, one, "health") for one in ("acme_001", "rival_01"))
    assert [(r["customer_id"], r["month_start"], r["mrr"]) for r in acme] == [
        ("c1", "2026-01-01", "30.000000"),
        ("c2", "2025-12-01", "9.000000"),
    ]
    assert sorted((r["customer_id"], r["month_start"], r["mrr"]) for r in rival) == [
        ("c1", "2026-01-01", "70.000000"),
        ("c1", "2026-02-01", "100.000000"),
        ("c3", "2026-02-01", "5.000000"),
    ]
    # the table of usage says that Acme still serves Bakery in February; what is certified does not
    assert [r["seats"] for r in rows(published, "acme_001", "usage")] == ["3"]
    assert done.withheld == {"health": 0, "usage": 1, "feed": 1, "lines": 0}
    assert done.rows == {"health": 5, "usage": 3, "feed": 4, "lines": 4}


def test_a_customer_that_left_belongs_to_its_last_partner(
    published: Settings, policy: Path
) -> None:
    share(published, policy_file=policy)

    assert [r["reason"] for r in rows(published, "acme_001", "feed")] == [
        "win it back",
        "try again",
        "learn",
    ]


def test_direct_is_no_partner_and_who_has_nothing_gets_empty_tables(
    published: Settings, policy: Path
) -> None:
    share(published, policy_file=policy)

    folders = {path.name for path in published.share_dir.iterdir() if path.is_dir()}
    assert folders == {"acme_001", "rival_01", "idle_001"}
    assert rows(published, "idle_001", "usage") == []
    with pytest.raises(PartnerMetricsError, match="no partner"):
        share(published, "direct", policy)
    with pytest.raises(PartnerMetricsError, match="There is no partner 'nobody'"):
        share(published, "nobody", policy)


def test_one_partner_alone_gets_what_it_gets_with_all(published: Settings, policy: Path) -> None:
    share(published, "acme_001", policy)
    alone = {path.name: path.read_bytes() for path in current(published).iterdir()}
    assert [path.name for path in published.share_dir.iterdir() if path.is_dir()] == ["acme_001"]

    share(published, policy_file=policy)
    assert {path.name: path.read_bytes() for path in current(published).iterdir()} == alone
    assert sets_of(published.share_dir / "acme_001") == [VERSION]


def current(settings: Settings) -> Path:
    return settings.share_dir / "acme_001" / "current"


# What is decided about columns


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("score, month", "month", "column score of health is new to the policy"),
        ("table: feed", "table: fed", "there is no published table fed"),
        ("seats, month", "seats, chairs, month", "usage has no column chairs"),
        ("A person.", "''", "say why payee_id is in mask"),
        ("[payee_kind, amount", "[payee_kind, payee_id, amount", "payee_id is named twice"),
        ("rows: last", "rows: all", "rows is one of own, in_service, last"),
        ("    note:", "    hint:", "does not know hint"),
        ("rows: own\n", "rows: in_service\n", "lines has no column customer_id"),
        ("column: customer_name", "column: nickname", "no published column customers.nickname"),
        ("mask: {payee_id: A person.}", "mask: {payee_id: A, verification: B}", "named twice"),
        ("share: [payee_kind, amount", "own_mrr: {amount: A}\n    share: [payee_kind", "own_mrr"),
        ("files:", "files: [", "is not YAML"),
    ],
)
def test_a_policy_that_leaves_a_question_open_shares_nothing(
    published: Settings, policy: Path, old: str, new: str, problem: str
) -> None:
    with pytest.raises(PartnerMetricsError, match=re.escape(problem)):
        share(published, policy_file=edited(policy, old, new))
    assert not list(published.share_dir.rglob("*.csv"))


def test_only_plain_types_leave(published: Settings, policy: Path) -> None:
    """An enum would carry the values of everybody in the dictionary of every file."""
    change(published, "alter table certified.lines alter payee_kind type enum('company', 'am_1', "
           "'partner_staff', 'account_manager')")  # fmt: skip

    with pytest.raises(PartnerMetricsError, match="only plain types"):
        share(published, policy_file=policy)


def test_people_are_masked_and_those_of_the_vendor_left_out(
    published: Settings, policy: Path
) -> None:
    share(published, policy_file=policy)

    company, person, nobody = [r["payee_id"] for r in rows(published, "acme_001", "lines")]
    assert (company, nobody) == ("acme_001", "unassigned")
    assert re.fullmatch(r"person_[0-9a-f]{16}", person)
    (elsewhere,) = [r["payee_id"] for r in rows(published, "rival_01", "lines")]
    assert elsewhere != person  # so that partners cannot tell that it is the same one

    publish_by_hand(published, TABLES, "20260310T060000Z_next")
    share(published, policy_file=policy)
    assert rows(published, "acme_001", "lines")[1]["payee_id"] == person

    key = published.ledger_dir / KEY
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    share(published, policy_file=policy)
    assert rows(published, "acme_001", "lines")[1]["payee_id"] != person


def test_no_text_names_another_partner_or_an_address(published: Settings, policy: Path) -> None:
    share(published, policy_file=policy)
    names = {r["customer_name"] for r in rows(published, "acme_001", "health")}
    assert "Mill <(e-mail address left out)>" in names

    change(published, "insert into certified.feed values "
           "('acme_001', null, 'Ask your distributor Rival_01', date '2026-02-01')")  # fmt: skip
    with pytest.raises(PartnerMetricsError, match="reason of a row of acme_001 names rival_01"):
        share(published, policy_file=policy)


# What is written


def test_spreadsheets_take_no_text_for_a_formula(published: Settings, policy: Path) -> None:
    share(published, policy_file=policy)

    assert rows(published, "acme_001", "health")[0]["customer_name"] == '\'=HYPERLINK("evil")'
    assert rows(published, "rival_01", "feed")[0]["reason"] == "'-sell"
    folder = published.share_dir / "rival_01" / "current"
    exact = pyarrow.parquet.read_table(folder / "feed.parquet").to_pylist()
    assert [(r["customer_name"], r["reason"]) for r in exact] == [('=HYPERLINK("evil")', "-sell")]
    amounts = pyarrow.parquet.read_table(current(published) / "lines.parquet")["amount"]
    assert amounts.to_pylist() == [Decimal("1.50"), Decimal(2), Decimal(3)]


def test_the_readme_says_what_is_what(published: Settings, policy: Path) -> None:
    change(published, "update certified.partners set partner_name = 'Ac' || chr(10) || 'me' "
           "where partner_id = 'acme_001'")  # fmt: skip
    share(published, policy_file=policy)
    text = (current(published) / "README.txt").read_text("utf-8")

    for said in (
        "Files for Ac me (acme_001)",
        VERSION,
        "Published      2026-02-10 06:00 UTC",
        "Data as of     2026-02-10 04:00 UTC",
        "SIMULATED DATA",
        "lines.csv, lines.parquet: 3 rows",
        "1 of the rows are illustrative (column verification)",
        "Weights are illustrative.",
        "customer_name  What it is called",
        "score          How it is doing",
        "A pseudonym where it is a person",
        "MRR that you are credited with",
    ):
        assert said in text
    assert "event_sequence" not in text

    manifest = json.loads((current(published) / "manifest.json").read_text("utf-8"))
    assert manifest["publication_version"] == VERSION
    sizes = {one["name"]: one["size"] for one in manifest["files"]}
    assert sizes == {
        path.name: path.stat().st_size
        for path in current(published).iterdir()
        if path.name != "manifest.json"
    }


def test_what_is_written_is_for_its_owner_alone(published: Settings, policy: Path) -> None:
    before = os.umask(0)
    try:
        share(published, policy_file=policy)
    finally:
        os.umask(before)

    for path in [published.share_dir, *published.share_dir.rglob("*")]:
        if not path.is_symlink() and path.name != ".lock":
            assert path.stat().st_mode & 0o077 == 0, path


def test_ids_cannot_lead_out_of_the_folder(published: Settings, policy: Path) -> None:
    assert folder_name("../../etc") == "%2E%2E%2F%2E%2E%2Fetc"
    assert folder_name("..") == "%2E%2E"
    assert folder_name("/root\x00") == "%2Froot%00"
    assert folder_name("müller 1%2F") == "m%C3%BCller%201%252F"
    for useless in ("", "x" * 201):
        with pytest.raises(PartnerMetricsError, match="cannot be the name of a folder"):
            folder_name(useless)
    with pytest.raises(PartnerMetricsError, match="do not tell capitals apart"):
        folder_names(["ptr_A", "ptr_a"])

    change(published, "update certified.partners set partner_id = '../../../out' "
           "where partner_id = 'idle_001'")  # fmt: skip
    share(published, policy_file=policy)
    assert (published.share_dir / "%2E%2E%2F%2E%2E%2F%2E%2E%2Fout" / "current").is_dir()


def test_a_set_is_there_whole_or_not_at_all(
    published: Settings, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(published, policy_file=policy)
    before = {path: path.read_bytes() for path in published.share_dir.rglob("*") if path.is_file()}

    publish_by_hand(published, TABLES, "20260310T060000Z_next")
    calls = []

    def full_disk(folder: Path, name: str, *rest: object) -> None:
        calls.append(name)
        if len(calls) > 5:
            raise OSError(28, "No space left on device")
        return written(folder, name, *rest)

    written = sharing.write_table
    monkeypatch.setattr(sharing, "write_table", full_disk)
    with pytest.raises(OSError, match="No space left"):
        share(published, policy_file=policy)
    after = {path: path.read_bytes() for path in published.share_dir.rglob("*") if path.is_file()}
    assert after == before

    with (published.share_dir / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(TransientError, match="another process"):
            share(published, policy_file=policy)


def test_earlier_sets_are_kept_and_can_be_current_again(published: Settings, policy: Path) -> None:
    settings = replace(published, keep_versions=3)
    folder = settings.share_dir / "acme_001"
    versions = [f"2026021{day}T060000Z_byhand" for day in range(4)]
    for version in versions:
        publish_by_hand(settings, TABLES, version)
        share(settings, policy_file=policy)
    assert sets_of(folder) == versions[1:]

    # a rollback: the set is there already
    publish_by_hand(settings, TABLES, versions[2])
    share(settings, policy_file=policy)
    assert sets_of(folder) == versions[1:]
    assert (folder / "current").resolve().name == versions[2]
    pointer = json.loads((folder / "current.json").read_text("utf-8"))
    assert pointer["set"] == versions[2]

    # a stricter policy makes another set of the same publication
    share(settings, policy_file=edited(policy, "share: [customer_id, score, month_start]",
          "share: [customer_id, month_start]\n    drop: {score: Secret.}"))  # fmt: skip
    assert sets_of(folder) == [versions[2], f"{versions[2]}.2", versions[3]]
    assert (folder / "current").resolve().name == f"{versions[2]}.2"
    assert list(rows(settings, "acme_001", "health")[0]) == [
        "customer_id", "customer_name", "mrr", "month_start"]  # fmt: skip


# The demo, all partners


@pytest.fixture(scope="module")
def world(main_run: MainRun) -> World:
    with main_run.warehouse() as warehouse:
        return read_world(warehouse, main_run.settings.raw_location)


@pytest.fixture(scope="module")
def given(
    main_run: MainRun, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, sharing.Sharing]:
    """What all partners of the demo are given."""
    folder = tmp_path_factory.mktemp("given")
    settings = replace(main_run.settings, share_dir=folder / "files", ledger_dir=folder / "ledger")
    return settings, share(settings)


def test_no_partner_finds_anything_of_anybody_else(
    given: tuple[Settings, sharing.Sharing], world: World
) -> None:
    settings, done = given
    assert len(done.folders) == len(world.partners) >= 60
    assert min(done.rows.values()) > 0, done.rows
    for partner, folder in done.folders.items():
        assert not leaks(world, partner, settings.share_dir / folder / "current"), partner


def test_partners_get_all_that_is_theirs(given: tuple[Settings, sharing.Sharing]) -> None:
    settings, done = given
    with duckdb.connect(str(settings.publish_dir / "current.duckdb"), read_only=True) as connection:

        def count(sql: str) -> object:
            return connection.execute(f"select {sql}").fetchall()[0]

        of_partners = "where partner_id <> 'direct'"
        assert count(
            f"count(*), sum(seats_used) from certified.customer_usage_monthly {of_partners}"
        ) == count(f"count(*), sum(seats_used) from {_all(settings, 'usage')}")
        assert count(
            f"count(*), sum(amount) from certified.partner_incentive_statement_lines {of_partners} "
            "and payee_kind in ('company', 'partner_staff')"
        ) == count(f"count(*), sum(amount) from {_all(settings, 'statement_lines')}")
        assert count(f"sum(mrr) from certified.customer_mrr_monthly {of_partners}") == count(
            f"sum(mrr) from {_all(settings, 'health')}"
        )
    assert set(done.withheld.values()) - {0, done.withheld["opportunities"]} == set()


def _all(settings: Settings, name: str) -> str:
    return f"read_parquet('{settings.share_dir}/*/2*/{name}.parquet')"


def test_the_search_for_leaks_finds_them(
    given: tuple[Settings, sharing.Sharing],
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With rules broken on purpose: people of the vendor, unmasked, and months of others."""
    partner = max(world.of_record, key=lambda one: world.lost_customers(one[0]))[0]
    settings = replace(given[0], share_dir=tmp_path / "files", ledger_dir=tmp_path / "ledger")
    broken = tmp_path / "policy.yml"
    broken.write_text(POLICY.read_text("utf-8"), encoding="utf-8")
    edited(broken, "    only: {payee_kind: [company, partner_staff]}\n", "")
    monkeypatch.setattr(row_rules, "_pseudonym", lambda expression, _: expression)
    monkeypatch.setattr(row_rules, "_values", lambda *_: {})
    monkeypatch.setattr(
        row_rules,
        "_service",
        lambda file, _: (
            "" if file.rows == OWN else "left join service on service.customer_id = t.customer_id"
        ),
    )
    share(settings, partner, broken)

    folder = settings.share_dir / partner / "current"
    found = "\n".join(leaks(world, partner, folder))
    assert "statement_lines.csv: payee of kind account_manager" in found
    assert "statement_lines.csv: person" in found
    assert "balances.parquet: person" in found
    assert re.search(r"health.csv: \w+ in [0-9-]+, which it did not serve then", found)
    other = next(one for one in sorted(world.partners) if one != partner)
    found = "\n".join(leaks(world, other, folder))
    assert f"README.txt: partner {partner}" in found
    assert "usage.csv: customer" in found


def test_dagster_shares_in_a_job_of_its_own(
    main_run: MainRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    from orchestration.assets import sharing as asset
    from orchestration.jobs import main_job, sharing_job

    settings = replace(
        main_run.settings, share_dir=tmp_path / "files", ledger_dir=tmp_path / "ledger"
    )
    monkeypatch.setattr(asset, "load_settings", lambda: settings)
    partner = max(world.partners)
    result = asset.partner_files(dg.build_asset_context(), asset.Recipient(partner=partner))

    assert result.metadata["partners"] == 1
    assert result.metadata["dagster/row_count"] > 0
    assert "| usage |" in result.metadata["rows"].value
    assets = [asset.partner_files, asset.publication]
    assert sharing_job.selection.resolve(assets) == {dg.AssetKey("partner_files")}
    assert dg.AssetKey("partner_files") not in main_job.selection.resolve(assets)


def test_lineage_shows_what_is_shared(main_run: MainRun) -> None:
    """The exposure names the tables of the policy, and those that say whose a customer is."""
    policy = read_policy()
    exposures = read_manifest(main_run.settings)["exposures"].values()
    (nodes,) = [e["depends_on"]["nodes"] for e in exposures if e["name"] == "partner_files"]
    read = {file.table for file in policy.files} | {name.table for name in policy.names.values()}
    assert {node.split(".")[-1] for node in nodes} == read | {
        "partners",
        "customer_mrr_monthly",
        "customer_mrr_movements",
    }
