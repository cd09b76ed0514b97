"""What if: program rows are tried on the whole history, beside what is paid now.

The project here has one program more, that of docs/programs.md, and three customers. The partner
p_1 has 250 of MRR from April 2025 and 400 from June, p_2 has 1,000 and then 2,400.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import compiled_project
import duckdb
import pytest
from conftest import settings_in
from harbour_program import write_harbour
from raw_builder import RawFolder
from rich.console import Console
from test_program_guide import append_rows
from warehouse_builds import Built, land_here

from orchestration import bench, bench_incentives
from orchestration.build_record import BuildRecord, write_record
from orchestration.errors import PartnerMetricsError
from orchestration.files import file_hash, write_whole
from orchestration.manifest import _fingerprint
from orchestration.programs.contract import PROGRAMS_DIR
from orchestration.settings import Settings
from orchestration.what_if.calculation import later_knowledge
from orchestration.what_if.comparison import Comparison, compare
from orchestration.what_if.proposal import Proposal, read_proposal
from orchestration.what_if.report import Simulation, print_simulation, write_simulation
from orchestration.what_if.simulation import FILE, simulate
from orchestration.what_if.steps import steps_of

APRIL, MAY, JUNE = date(2025, 4, 1), date(2025, 5, 1), date(2025, 6, 1)


@dataclass(frozen=True)
class Project:
    """A build of its own: the settings, and the program files that were built."""

    settings: Settings
    programs: Path


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, worked_examples: Built) -> Project:
    """What `make run` leaves behind, of the models as dbt compiled them once."""
    folder = tmp_path_factory.mktemp("what_if")
    shutil.copytree(PROGRAMS_DIR.parent, folder / "seeds")
    programs = folder / "seeds" / "programs"
    append_rows(programs)
    raw = RawFolder(as_of="2025-07-01 04:00")
    raw.customer("first", partner="p_1").buy("2025-04-01", "seat", "250")
    raw.customer("second", partner="p_1").buy("2025-06-01", "seat", "150")
    raw.customer("third", partner="p_2").buy("2024-05-01", "seat", "1000")
    raw.customer("fourth", partner="p_2").buy("2025-06-01", "seat", "1400")
    raw.write(folder / "raw")
    settings = settings_in(folder, PARTNER_METRICS_RAW=str(folder / "raw"))
    land_here(settings)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(compiled_project, "PROJECT_DIR", folder)
        with duckdb.connect(str(settings.warehouse_path)) as warehouse:
            worked_examples.project.build(warehouse)
    write_record(BuildRecord("run", True, 1, 1, 0.0, [], []), settings)
    target = settings.dbt_target_dir
    target.mkdir(parents=True, exist_ok=True)
    parsed = settings_in(worked_examples.workshop.folder).dbt_target_dir
    shutil.copy(parsed / "manifest.json", target)
    write_whole(target / "manifest.stamp", _fingerprint(settings))
    return Project(settings, programs)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What simulating sets in this process's environment does not outlive the test."""
    monkeypatch.setattr(os, "environ", os.environ.copy())


def change(path: Path, column: str, value: str, **where: str) -> None:
    """Set a column of the one row that has these values."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    (found,) = [row for row in rows if all(row[key] == wanted for key, wanted in where.items())]
    found[column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# The whole way, once


@dataclass(frozen=True)
class Tried:
    """A simulation, and the state of what it must not touch, before and after it."""

    simulation: Simulation
    hashes: tuple[str, str]


@pytest.fixture(scope="module")
def tried(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """The guide's upper rate is 8 instead of 6 percent, and the Harbour Program is a draft."""
    folder = tmp_path_factory.mktemp("tried") / "higher_rate"
    shutil.copytree(project.programs.parent, folder.parent / "seeds")
    write_harbour(folder.parent / "seeds", into_project=True)
    shutil.copytree(folder.parent / "seeds" / "programs", folder)
    change(folder / "rate_bands.csv", "rate", "0.08", lever_id="lh_lasting", band_order="2")
    change(folder / "program_versions.csv", "status", "draft", program_id="harbour")
    before = file_hash(project.settings.warehouse_path)
    environment = os.environ.copy()
    try:
        simulation = simulate(project.settings, folder, project.programs)
    finally:
        os.environ.clear()
        os.environ.update(environment)
    return Tried(simulation, (before, file_hash(project.settings.warehouse_path)))


def test_a_higher_rate_raises_the_payouts_that_it_is_for(tried: Tried) -> None:
    """400 at 8 instead of 6 percent in June; April and May are in the lower band."""
    payouts = [
        row for row in tried.simulation.comparison["payouts"].dicts()
        if row["program_id"] != "harbour"
    ]  # fmt: skip
    told = [
        (row["program_id"], row["lever_id"], row["partner_id"], row["period_start"],
         row["amount_before"], row["amount_after"], row["change"])
        for row in payouts
    ]  # fmt: skip
    assert told == [
        ("lighthouse", "lh_lasting", "p_1", JUNE, Decimal(24), Decimal(32), Decimal(8)),
        *(
            ("lighthouse", "lh_lasting", "p_2", month, mrr * 6 / 100, mrr * 8 / 100, mrr * 2 / 100)
            for month, mrr in months_of_p_2()
        ),
    ]


def months_of_p_2() -> list[tuple[date, Decimal]]:
    """MRR of p_2 since the Lighthouse Program pays."""
    months = [date(2025, number, 1) for number in range(1, 7)]
    return [(month, Decimal(2400 if month == JUNE else 1000)) for month in months]


def test_a_draft_of_the_folder_pays_as_if_it_were_approved(tried: Tried) -> None:
    paid = {
        row["period_start"]: row["amount_after"]
        for row in tried.simulation.comparison["payouts"].dicts()
        if row["lever_id"] == "h_retain" and row["partner_id"] == "p_2"
    }
    assert {month: paid[month] for month in (APRIL, MAY, JUNE)} == {
        APRIL: Decimal(20), MAY: Decimal(20), JUNE: Decimal(48),
    }  # fmt: skip
    assert tried.simulation.proposal.drafts == ["harbour_2024"]
    moves = tried.simulation.comparison["tier_moves"].dicts()
    assert {row["program_id"] for row in moves} == {"harbour"}
    assert {row["tier_before"] for row in moves} == {"none"}


def test_what_is_built_and_published_stays_as_it_is(tried: Tried, project: Project) -> None:
    before, after = tried.hashes
    assert before == after
    assert not project.settings.publish_dir.exists()


def test_a_simulation_leaves_a_page_the_rows_and_the_calculation(tried: Tried) -> None:
    folder = tried.simulation.folder
    assert folder.parent.name == "simulations"
    assert folder.name == "higher_rate"
    page = (folder / "index.html").read_text("utf-8")
    # p_1: 44 before. p_2: 60 a month from January to May, then 144.
    assert "lighthouse: 488.00 becomes 644.00 EUR (+156.00, +32.0 %)" in page
    assert "Partners that win: 2, lose: 0, get the same: 0." in page
    assert "Drafts count as approved: harbour_2024." in page
    with (folder / "partners.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["program_id"] == "lighthouse"]
    assert [(row["partner_id"], row["change"], row["outcome"]) for row in rows] == [
        ("p_2", "148.00", "wins"), ("p_1", "8.00", "wins"),
    ]  # fmt: skip
    with duckdb.connect(str(folder / FILE), read_only=True) as connection:
        assert connection.execute(
            "select max(rate) from intermediate.int_incentives__calculated_lines "
            "where lever_id = 'lh_lasting'"
        ).fetchone() == (Decimal("0.08"),)


def test_rows_of_the_project_that_were_not_built_are_no_baseline(
    project: Project, tmp_path: Path
) -> None:
    """Or their change would be taken for one of the rows that are tried."""
    shutil.copytree(project.programs.parent, tmp_path / "seeds")
    programs = tmp_path / "seeds" / "programs"
    mine = tmp_path / "mine"
    mine.mkdir()
    shutil.copy(programs / "rate_bands.csv", mine)
    change(programs / "rate_bands.csv", "rate", "0.07", lever_id="lh_lasting", band_order="2")
    with pytest.raises(PartnerMetricsError, match=r"rate_bands\.csv changed since .*`make run`"):
        simulate(project.settings, mine, programs)


# Rows that are tried


def proposed(tmp_path: Path, *files: str) -> Path:
    """A folder with copies of the project's files."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in files:
        shutil.copy(PROGRAMS_DIR / f"{name}.csv", folder)
    return folder


def test_rows_with_a_problem_are_refused_as_the_project_s_are(tmp_path: Path) -> None:
    folder = proposed(tmp_path, "rate_bands")
    change(folder / "rate_bands.csv", "rate", "12 %", lever_id="ref_renew", band_order="1")
    with pytest.raises(PartnerMetricsError) as raised:
        read_proposal(folder, tmp_path / "work")
    assert "have 1 problem" in str(raised.value)
    assert str(folder) in str(raised.value)
    assert "rate_bands.csv, line 17, column rate (12 %)" in str(raised.value)


def test_rows_that_do_not_fit_the_project_s_are_refused(tmp_path: Path) -> None:
    """A lever that the other files do not have."""
    folder = proposed(tmp_path, "rate_bands")
    change(folder / "rate_bands.csv", "lever_id", "nothing", lever_id="deal_contract")
    with pytest.raises(PartnerMetricsError, match=r"levers\.csv does not have it"):
        read_proposal(folder, tmp_path / "work")


def test_a_folder_without_program_files_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PartnerMetricsError, match=r"no program file in .*\n.*make simulate"):
        read_proposal(proposed(tmp_path), tmp_path / "work")


def test_a_folder_that_is_not_there_says_what_to_do(project: Project, tmp_path: Path) -> None:
    with pytest.raises(PartnerMetricsError, match="is no folder"):
        simulate(project.settings, tmp_path / "absent", project.programs)


def test_a_file_of_another_name_is_no_program_file(tmp_path: Path) -> None:
    folder = proposed(tmp_path)
    (folder / "rates.csv").write_text("lever_id\n", encoding="utf-8")
    with pytest.raises(PartnerMetricsError, match="no such file is known"):
        read_proposal(folder, tmp_path / "work")


def test_the_same_rows_in_another_order_change_nothing(tmp_path: Path) -> None:
    folder = proposed(tmp_path, "rate_bands")
    header, *rows = (folder / "rate_bands.csv").read_text("utf-8").splitlines()
    (folder / "rate_bands.csv").write_text("\n".join([header, *rows[::-1]]), encoding="utf-8")
    proposal = read_proposal(folder, tmp_path / "work")
    assert (proposal.changed, proposal.drafts, proposal.known_on) == ([], [], None)


def test_only_drafts_that_are_touched_count(tmp_path: Path) -> None:
    folder = proposed(tmp_path, "program_versions")
    assert read_proposal(folder, tmp_path / "work").drafts == []
    change(folder / "program_versions.csv", "note", "Tried", program_version_id="ms_fy27")
    proposal = read_proposal(folder, tmp_path / "work")
    assert (proposal.changed, proposal.drafts) == (["program_versions"], ["ms_fy27"])
    assert proposal.known_on == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("usual", "newest", "later"),
    [
        (date(2026, 11, 2), date(2026, 11, 23), date(2026, 11, 23)),
        (date(2026, 11, 2), date(2026, 11, 2), None),
        (date(2026, 11, 2), None, None),
        (None, date(2026, 11, 2), date(2026, 11, 2)),
    ],
)
def test_rows_recorded_after_the_data_are_known(
    usual: date | None, newest: date | None, later: date | None
) -> None:
    assert later_knowledge(usual, newest) == later


# What is computed anew


def node(name: str, *parents: str, path: str = "models/x.sql", kind: str = "model") -> dict:  # type: ignore[type-arg]
    return {
        "name": name, "alias": name, "schema": "s", "resource_type": kind,
        "original_file_path": path, "depends_on": {"nodes": list(parents)},
        "config": {"enabled": True},
    }  # fmt: skip


def test_only_what_depends_on_program_rows_is_computed_anew() -> None:
    manifest = {
        "nodes": {
            "levers": node("levers", path="seeds/programs/levers.csv", kind="seed"),
            "mrr": node("mrr", "raw"),
            "raw": node("raw"),
            "paid": node("paid", "rated", "mrr"),
            "rated": node("rated", "levers", "mrr"),
            "shown": node("shown", "paid"),
        }
    }
    steps = steps_of(manifest, ["paid"])
    assert steps.models == ["rated", "paid"]
    assert [relation.name for relation in steps.inputs] == ["mrr"]
    assert list(steps.programs) == ["levers"]
    taken = steps_of(manifest, ["paid"], ["rated"])
    assert taken.models == []


# What is compared


Line = tuple[str, str, str, str, str]
Held = tuple[str, str | None, int | None]


def calculation(path: Path, lines: list[Line], tiers: list[Held]) -> Path:
    """A file with lines of January (program, lever, partner, payee kind, amount) and tiers."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create schema intermediate;
            create schema certified;
            create table certified.partners (partner_id varchar, partner_name varchar);
            insert into certified.partners values
                ('a', '<b>Acme</b>'), ('b', 'Bolt'), ('c', 'Cask');
            create table intermediate.int_months (month_start date);
            insert into intermediate.int_months values ('2025-01-01');
            create table intermediate.int_incentives__calculated_lines (
                program_id varchar, lever_id varchar, partner_id varchar, payee_kind varchar,
                amount decimal(28, 2), currency varchar default 'EUR',
                verification varchar default 'illustrative',
                period_start date default '2025-01-01', period_end date default '2025-02-01'
            );
            create table intermediate.int_incentives__tiers (
                partner_id varchar, tier_id varchar, tier_rank integer, program_id varchar
                default 'p', track varchar default 'value', month_start date default '2025-01-01'
            );
            """
        )
        for line in lines:
            connection.execute(
                "insert into intermediate.int_incentives__calculated_lines "
                "(program_id, lever_id, partner_id, payee_kind, amount) values (?, ?, ?, ?, ?)",
                line,
            )
        for held in tiers:
            connection.execute(
                "insert into intermediate.int_incentives__tiers "
                "(partner_id, tier_id, tier_rank) values (?, ?, ?)",
                held,
            )
    return path


@pytest.fixture
def compared(tmp_path: Path) -> Comparison:
    """Acme gains 10 by two lines and rises; Bolt loses all and falls; Cask gets the same.

    The vendor's account manager gets 5 more. Program q pays the same, r is new.
    """
    before = calculation(
        tmp_path / "before.duckdb",
        [
            ("p", "core", "a", "company", "60"),
            ("p", "core", "a", "company", "30"),
            ("p", "growth", "b", "partner_staff", "20"),
            ("p", "core", "c", "company", "7"),
            ("p", "core", "c", "account_manager", "1"),
            ("q", "core", "a", "company", "50"),
        ],
        [("a", "silver", 1), ("b", "gold", 2), ("c", "silver", 1)],
    )
    after = calculation(
        tmp_path / "after.duckdb",
        [
            ("p", "core", "a", "company", "100"),
            ("p", "core", "c", "company", "7"),
            ("p", "core", "c", "account_manager", "6"),
            ("q", "core", "a", "company", "50"),
            ("r", "core", "b", "company", "9"),
        ],
        [("a", "gold", 2), ("b", None, None), ("c", "steel", 1)],
    )
    return compare(before, after)


def test_a_budget_holds_all_payees(compared: Comparison) -> None:
    assert compared["budget"].rows == [
        ("p", "EUR", "2025", Decimal(118), Decimal(113), Decimal(-5)),
        ("r", "EUR", "2025", Decimal(0), Decimal(9), Decimal(9)),
    ]  # fmt: skip
    assert compared.totals == {
        ("p", "EUR"): (Decimal(118), Decimal(113)),
        ("r", "EUR"): (Decimal(0), Decimal(9)),
    }


def test_partners_win_and_lose_what_they_and_their_staff_get(compared: Comparison) -> None:
    told = [(row["partner_id"], row["change"], row["outcome"])
            for row in compared["partners"].dicts() if row["program_id"] == "p"]  # fmt: skip
    assert told == [("a", Decimal(10), "wins"), ("c", Decimal(0), "same"),
                    ("b", Decimal(-20), "loses")]  # fmt: skip
    assert compared.outcomes("p") == (1, 1, 1)


def test_levers_are_told_apart(compared: Comparison) -> None:
    told = [
        (row["lever_id"], row["change"])
        for row in compared["levers"].dicts()
        if row["program_id"] == "p"
    ]
    assert told == [("growth", Decimal(-20)), ("core", Decimal(15))]


def test_a_tier_gained_is_up_one_lost_is_down_and_one_of_the_same_rank_neither(
    compared: Comparison,
) -> None:
    told = [
        (row["direction"], row["tier_before"], row["tier_after"], row["partners"])
        for row in compared["tier_moves"].dicts()
    ]
    assert told == [
        ("beside", "silver", "steel", 1), ("down", "gold", "none", 1), ("up", "silver", "gold", 1),
    ]  # fmt: skip


def simulation(tmp_path: Path, compared: Comparison) -> Simulation:
    proposal = Proposal(tmp_path, ["levers"], [], None)
    return Simulation("mine", tmp_path / "mine", proposal, compared, None, is_simulated_data=True)


def test_the_page_shows_names_as_they_are(compared: Comparison, tmp_path: Path) -> None:
    shown = simulation(tmp_path, compared)
    write_simulation(shown)
    page = shown.page.read_text("utf-8")
    assert "&lt;b&gt;Acme&lt;/b&gt;" in page
    assert "<b>Acme</b>" not in page
    assert "every name and amount is invented" in page
    assert "http" not in page


def test_the_terminal_tells_it_in_short(compared: Comparison, tmp_path: Path) -> None:
    console = Console(width=200, record=True)
    print_simulation(console, simulation(tmp_path, compared))
    text = console.export_text()
    assert "p: 118.00 becomes 113.00 EUR (-5.00, -4.2 %). Partners that win: 1, lose: 1" in text
    assert "Rows differ in levers.csv." in text
    assert "Illustrative: p, r." in text


def test_rows_that_change_no_amount_say_so(tmp_path: Path) -> None:
    lines: list[Line] = [("p", "core", "a", "company", "60")]
    held: list[Held] = [("a", "gold", 2)]
    same = compare(
        calculation(tmp_path / "before.duckdb", lines, held),
        calculation(tmp_path / "after.duckdb", lines, held),
    )
    shown = simulation(tmp_path, same)
    assert shown.verdicts() == ["No amount changes."]
    assert list(shown.tables()) == []


# As Dagster assets


def test_only_its_own_job_simulates() -> None:
    from orchestration.definitions import definitions

    def made_by(job: str) -> set[str]:
        keys = definitions.resolve_job_def(job).asset_layer.executable_asset_keys
        return {"/".join(key.path) for key in keys}

    assert made_by("simulate_programs") == {
        "simulations/budget", "simulations/levers", "simulations/partners",
        "simulations/tier_moves",
    }  # fmt: skip
    assert not made_by("main_job") & made_by("simulate_programs")


def test_dagster_shows_the_comparison(
    compared: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dagster as dg

    from orchestration.assets import what_if

    asked: list[Path] = []

    def simulated(_settings: Settings, folder: Path) -> Simulation:
        asked.append(folder)
        return simulation(tmp_path, compared)

    monkeypatch.setattr(what_if, "simulate", simulated)
    result = dg.materialize(
        [what_if.what_if_assets],
        run_config={"ops": {"simulate": {"config": {"folder": str(tmp_path)}}}},
    )
    assert asked == [tmp_path.resolve()]
    shown = {event.asset_key.path[-1]: event.materialization.metadata
             for event in result.get_asset_materialization_events() if event.asset_key}  # fmt: skip
    assert set(shown) == {"budget", "levers", "partners", "tier_moves"}
    assert "| p | EUR | 2025 | 118.00 | 113.00 | -5.00 |" in str(shown["budget"]["rows"].value)
    assert "data:image/png" in str(shown["partners"]["winners_and_losers_p"].value)


# Paying a large channel


def test_copies_of_the_bench_are_paid_what_their_originals_are(
    project: Project, worked_examples: Built
) -> None:
    """Partners `p_1~1` and `p_2~1` have customers of their own and the same lines."""
    settings = project.settings
    parsed = settings_in(worked_examples.workshop.folder).dbt_target_dir
    shutil.copytree(parsed / "compiled", settings.dbt_target_dir / "compiled", dirs_exist_ok=True)
    manifest = json.loads((parsed / "manifest.json").read_bytes())
    steps = steps_of(manifest, given=bench_incentives.GIVEN)
    file = settings.build_dir / "bench.duckdb"
    bench_incentives.prepare(settings, steps, 3, file)
    done, size = bench_incentives.measure(settings, steps, file)
    assert [step.model for step in done] == steps.models
    assert (size.partners, size.customers) == (4, 8)
    assert size.periods == 12
    with duckdb.connect(str(file), read_only=True) as connection:
        originals, copies = (
            connection.execute(
                "select split_part(partner_id, '~', 1), lever_id, period_start, amount "
                "from intermediate.int_incentives__calculated_lines "
                "where contains(partner_id, '~') = ? order by all",
                [is_copy],
            ).fetchall()
            for is_copy in (False, True)
        )
    assert originals == copies
    assert originals


def test_a_bench_keeps_the_sections_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "benchmarks.md"
    monkeypatch.setattr(bench, "DOCUMENT", page)
    assert bench.kept_sections() == ""
    page.write_text("# Benchmarks\n\nold\n\n## Incentives\n\nkept\n", encoding="utf-8")
    assert bench.kept_sections() == "\n## Incentives\n\nkept\n"
