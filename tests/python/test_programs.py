"""Program rows are judged before anything is built: each mistake is told with its place and remedy.

Every case changes a valid program, the Harbour Program, in one place.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from harbour_program import HARBOUR, write_harbour

from orchestration import landing
from orchestration.errors import PartnerMetricsError
from orchestration.programs.book import Book, read_book
from orchestration.programs.contract import PROGRAMS_DIR, load_files
from orchestration.programs.metrics import PayableMetric
from orchestration.programs.problems import Problem
from orchestration.programs.validation import problems_in, require_valid_programs
from orchestration.settings import PROJECT_DIR, Settings

METRICS = {
    "closing_mrr": PayableMetric("2", is_money=True),
    "customers": PayableMetric("1", is_money=False, has_lines=False),
    "renewed_mrr": PayableMetric("1", is_money=True),
}


@dataclass(frozen=True)
class Case:
    """A change of one row (`line` of the file), rows that are added, and the problem to be told."""

    name: str
    file: str
    line: int
    column: str
    says: str
    change: dict[str, str] = field(default_factory=dict)
    of_line: int | None = None
    add: dict[str, dict[str, str]] = field(default_factory=dict)


RULE = {"program_version_id": HARBOUR, "recorded_on": "2023-12-01", "verification": "illustrative"}
CASES = [
    # one field
    Case("empty", "tiers", 2, "rank", "it is empty", {"rank": ""}),
    Case("unknown_word", "levers", 3, "rate_basis", "one of flat, slab", {"rate_basis": "steps"}),
    Case("no_number", "rate_bands", 2, "rate", "Write a number", {"rate": "2 %"}),
    Case("too_fine", "rate_bands", 2, "rate", "6 after it", {"rate": "0.0200001"}),
    Case("scientific", "rate_bands", 2, "rate", "Write a number", {"rate": "2e-2"}),
    Case("not_a_number", "rate_bands", 2, "rate", "Write a number", {"rate": "NaN"}),
    Case("thousands", "limits", 2, "amount", "Write a number", {"amount": "100,000"}),
    Case("too_large", "limits", 2, "amount", "22 digits before", {"amount": "1" + "0" * 22}),
    Case("no_whole_number", "tiers", 3, "rank", "a whole number", {"rank": "2.5"}),
    Case("too_large_a_rank", "tiers", 3, "rank", "nine digits", {"rank": "9999999999"}),
    Case("no_truth", "scorecards", 2, "needs_every_component", "true or false",
         {"needs_every_component": "yes"}),
    Case("no_day", "program_versions", 2, "enforced_from", "a day as",
         {"enforced_from": "01/01/2024"}),
    Case("white_space", "tiers", 2, "tier_id", "white space", {"tier_id": "h_member "}),
    Case("below_its_range", "gate_conditions", 2, "cure_months", "at least 0",
         {"cure_months": "-1"}),
    Case("above_its_range", "payout_splits", 2, "percent", "at most 100", {"percent": "101"}),
    Case("zero_where_more", "payout_splits", 2, "percent", "more than 0", {"percent": "0"}),
    Case("month_13", "programs", 2, "fiscal_year_start_month", "at most 12",
         {"fiscal_year_start_month": "13"}),
    # time
    Case("ends_before_it_begins", "levers", 2, "valid_to", "not after valid_from",
         {"valid_from": "2025-01-01", "valid_to": "2024-06-01"}),
    Case("replaced_before_known", "levers", 2, "superseded_on", "not after recorded_on",
         {"superseded_on": "2023-11-01"}),
    Case("version_ends_first", "program_versions", 2, "enforced_to", "not after enforced_from",
         {"enforced_to": "2024-01-01"}),
    Case("reaches_forward", "program_versions", 2, "enforced_from", "not after applies_retro",
         {"applies_retroactively_from": "2024-02-01"}),
    Case("known_too_late", "program_versions", 2, "recorded_on", "after enforced_from",
         {"recorded_on": "2024-02-01"}),
    Case("outside_its_version", "limits", 2, "valid_to", "applies from 2024-01-01 to now",
         {"valid_to": "2023-12-01"}),
    Case("said_twice", "tiers", 4, "tier_id", "line 2 says the same", add={
        "tiers": {"tier_id": "h_member", "tier_name": "M", "track": "other", "rank": "1",
                  "qualification": "continuous", "promotion": "immediate"}}),
    Case("two_versions_at_once", "program_versions", 3, "enforced_from", "begins on the same day",
         add={"program_versions": {
             "program_version_id": "harbour_b", "program_id": "harbour", "version_name": "b",
             "status": "active", "approved_by": "board", "enforced_from": "2024-01-01"},
              "attribution_rules": {
             "program_version_id": "harbour_b", "partner_role": "msp", "credit_percent": "100",
             "precedence": "1", "is_over_credit": "false"}}),
    Case("weeks", "fiscal_periods", 2, "period_end", "first day of a month", add={
        "fiscal_periods": {"program_id": "harbour", "frequency": "quarter",
                           "period_start": "2024-01-01", "period_end": "2024-04-03"}}),
    # names
    Case("unknown_gate", "tiers", 3, "gate_group_id", "gate_groups.csv does not have it",
         {"gate_group_id": "h_gates"}),
    Case("of_another_version", "levers", 2, "program_version_id", "program_versions.csv does not",
         {"program_version_id": "harbour_2025"}),
    Case("unknown_role", "attribution_rules", 2, "partner_role", "partner_roles.csv does not",
         {"partner_role": "friend"}),
    Case("unknown_currency", "programs", 2, "currency", "currencies.csv does not",
         {"currency": "EURO"}),
    Case("unknown_metric", "metric_bindings", 4, "metric_id", "no such metric",
         {"metric_id": "partner_customers"}),
    Case("unknown_metric_version", "metric_bindings", 4, "metric_version", "is computed as",
         {"metric_version": "9"}),
    Case("no_source", "rate_bands", 2, "source", "a verified row",
         {"verification": "verified", "source_date": "2024"}),
    Case("no_source_date", "rate_bands", 2, "source_date", "a verified row",
         {"verification": "verified", "source": "example.com"}),
    Case("not_approved", "program_versions", 2, "approved_by", "has to be approved",
         {"approved_by": ""}),
    Case("unknown_region_class", "scope_members", 2, "value", "no country of it",
         {"value": "abroad"}),
    # bands
    Case("gap", "rate_bands", 5, "lower_bound", "from 1000 on are in no band",
         {"lower_bound": "1500"}),
    Case("overlap", "rate_bands", 5, "lower_bound", "goes up to 1000", {"lower_bound": "900"}),
    Case("upside_down", "rate_bands", 4, "upper_bound", "not above lower_bound",
         {"lower_bound": "1000"}),
    Case("closed_at_the_top", "rate_bands", 5, "upper_bound", "are in no band",
         {"upper_bound": "5000"}),
    Case("for_some_and_for_all", "rate_bands", 5, "scope_id", "two bands fit",
         {"scope_id": "h_home"}, of_line=4),
    Case("score_gap", "score_bands", 3, "lower_bound", "from 10 on are in no band",
         {"lower_bound": "12"}),
    Case("no_rate", "rate_bands", 4, "rate", "stepped reads it", {"rate": ""}),
    Case("rate_and_amount", "rate_bands", 4, "amount", "stepped does not read it",
         {"amount": "5"}),
    Case("tier_where_none_is_read", "rate_bands", 4, "tier_id", "does not read a tier",
         {"tier_id": "h_member"}),
    Case("no_target", "levers", 3, "target_value", "needs a target",
         {"rate_basis": "target_attainment"}),
    Case("no_band", "levers", 4, "lever_id", "it has no band", add={
        "levers": {"lever_id": "h_new", "lever_name": "New", "motion": "land",
                   "pay_binding_id": "h_mrr", "frequency": "month", "payee": "company",
                   "rate_basis": "flat", "stacking": "stack", "hold_days": "0",
                   "incentive_nature": "rebate", "pays_on": "lasting_value"}}),
    # parts
    Case("split_to_99", "payout_splits", 4, "percent", "sum to 99", {"percent": "29"}),
    Case("company_as_person", "payout_splits", 2, "bucket", "pays company",
         {"bucket": "individual"}),
    Case("fund_without_a_fund", "payout_splits", 4, "fund_wallet_id", "only a fund",
         {"fund_wallet_id": ""}),
    Case("weights", "scorecard_components", 3, "weight", "sum to 0.95", {"weight": "0.20"}),
    Case("no_weight", "scorecard_components", 3, "weight", "weighted_average", {"weight": ""}),
    Case("over_credit_unsaid", "attribution_rules", 4, "is_over_credit", "on top",
         {"is_over_credit": "false"}),
    Case("over_credit_of_record", "attribution_rules", 2, "is_over_credit", "nothing comes on top",
         {"is_over_credit": "true"}),
    # gates, scores, tiers
    Case("looks_at_two_things", "gate_conditions", 2, "tier_id", "exactly one of",
         {"tier_id": "h_member"}),
    Case("no_threshold", "gate_conditions", 2, "threshold", "needs it", {"threshold": ""}),
    Case("no_audit_month", "gate_conditions", 2, "assessment_month", "yearly",
         {"assessment": "yearly"}),
    Case("stands_in_itself", "gate_groups", 2, "parent_gate_group_id", "stands in itself",
         {"parent_gate_group_id": "h_any"}),
    Case("holds_nothing", "gate_groups", 4, "gate_group_id", "nothing stands in it",
         add={"gate_groups": {"gate_group_id": "h_empty", "combine": "all"}}),
    Case("tier_by_tier", "gate_conditions", 2, "tier_id", "by what tier is held",
         {"binding_id": "", "operator": "", "threshold": "", "tier_id": "h_member"}),
    Case("no_cap", "scorecard_components", 2, "threshold", "linear_to_cap",
         {"threshold": ""}),
    Case("unit_of_nothing", "scorecard_components", 2, "unit_value", "only per_unit",
         {"unit_value": "2"}),
    Case("not_scored_how", "scorecard_components", 2, "unscored_policy", "not scored",
         {"is_scored": "false"}),
    Case("bands_unread", "scorecard_components", 3, "score_function", "reads no bands",
         {"score_function": "ratio"}),
    Case("points_for_nothing", "scorecard_components", 2, "min_points", "more than 0 points",
         {"min_points": "1"}),
    Case("out_of_reach", "tiers", 3, "min_score", "no path of h_score gives more than 10",
         {"min_score": "11"}),
    Case("no_window", "tiers", 3, "window_months", "any_day_in_window",
         {"qualification": "any_day_in_window"}),
    Case("no_audit", "tiers", 3, "promotion", "has no audit", {"promotion": "at_audit"}),
    Case("same_rank", "tiers", 3, "rank", "has the same rank", {"rank": "1"}),
    Case("benefit_of_nothing", "entitlements", 2, "tier_id", "none of them", {"tier_id": ""}),
    # levers
    Case("compares_how", "metric_bindings", 3, "new_entity", "needs it", {"new_entity": ""}),
    Case("fixed_at_what", "metric_bindings", 3, "comparator_value", "fixed",
         {"comparator": "fixed"}),
    Case("rate_of_a_count", "levers", 3, "pay_binding_id", "which is no money",
         {"pay_binding_id": "h_customers"}),
    Case("offer_of_a_total", "levers", 3, "offer_set_id", "not told by product",
         {"offer_set_id": "h_offers"}),
    Case("deals_of_a_count", "levers", 2, "deal_registration_policy_id", "no deal would fit",
         {"rate_basis": "per_unit", "pay_binding_id": "h_customers",
          "deal_registration_policy_id": "h_deals"}),
    Case("family_and_product", "offer_set_members", 2, "product_id", "exactly one",
         {"product_id": "prod_core"}),
    Case("effect_of_nothing", "accelerators", 2, "binding_id", "none of them",
         {"binding_id": "", "operator": "", "threshold": ""}),
    Case("effect_range", "accelerators", 2, "upper_threshold", "not above threshold",
         {"upper_threshold": "1000"}),
    Case("effect_order", "accelerators", 3, "apply_order", "same order", add={
        "accelerators": {"accelerator_id": "h_too", "lever_id": "h_grow", "apply_order": "1",
                         "tier_id": "h_leader", "effect": "add_rate", "value": "0.01"}}),
    Case("limit", "limits", 2, "on_breach", "cannot do that", {"kind": "floor", "on_breach":
         "carry"}),
    Case("budget", "limits", 2, "level", "the whole program", {"on_breach": "pro_rata_budget"}),
    Case("budget_carried", "limits", 2, "level", "owed to anybody",
         {"level": "program", "on_breach": "carry"}),
    Case("budget_as_floor", "limits", 2, "level", "caps only",
         {"level": "program", "kind": "floor"}),
    Case("fund_year", "fund_wallets", 2, "earn_months", "make up a year", {"earn_months": "5"}),
    Case("offset_forgotten", "clawback_rules", 2, "carries_negative", "would be lost", add={
        "clawback_rules": {"clawback_rule_id": "h_lost", "lever_id": "h_grow", "trigger": "cancel",
                           "window_days": "90", "anchor": "earned", "method": "full",
                           "recovery": "offset", "carries_negative": "false"}}),
    Case("exception_without_a_rate", "exception_grants", 2, "value_override", "needs it",
         {"tier_id": "", "lever_id": "h_grow"}),
    Case("event_unmeasured", "levers", 3, "renewal_rule_id", "does not measure renewed_mrr",
         {"renewal_rule_id": "h_renewal"}, add={
        "renewal_rules": {"renewal_rule_id": "h_renewal", "on_time_days_before": "30",
                          "on_time_days_after": "0", "won_back_days": "30",
                          "incumbent_only": "true"}}),
]  # fmt: skip


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    return write_harbour(tmp_path)


def found(folder: Path) -> list[Problem]:
    book = read_book(folder)
    return problems_in(type(book)(book.folder, book.files, book.rows, METRICS, book.unread))


def edit(path: Path, change: Callable[[list[dict[str, str]]], None]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), list(reader.fieldnames or [])
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_a_valid_program_has_no_problem(harbour: Path) -> None:
    assert found(harbour) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_is_told_with_its_place(case: Case, harbour: Path) -> None:
    line = case.of_line or case.line
    if case.change:
        edit(harbour / f"{case.file}.csv", lambda rows: rows[line - 2].update(case.change))
    for name, row in case.add.items():
        edit(
            harbour / f"{name}.csv",
            lambda rows, row=row, name=name: rows.append(
                {**({} if name in ("programs", "fiscal_periods") else RULE), **row}
            ),
        )
    problems = found(harbour)
    told = [
        problem
        for problem in problems
        if (problem.file, problem.line, problem.column) == (case.file, case.line, case.column)
    ]
    assert told, "\n".join(map(str, problems))
    assert any(case.says in str(problem) for problem in told), "\n".join(map(str, told))
    assert all(problem.remedy for problem in problems)


def test_no_rule_is_without_a_case() -> None:
    """Each rule function stands in RULES, so that none is forgotten."""
    folder = PROJECT_DIR / "orchestration" / "programs"
    listed = (folder / "validation.py").read_text("utf-8")
    for module in ("times", "references", "bands", "shares", "gates", "scores", "levers"):
        text = (folder / f"{module}.py").read_text("utf-8")
        for rule in re.findall(r"^def (\w+)\(book: Book\) -> Iterator\[Problem\]", text, re.M):
            assert f"{module}.{rule}," in listed


def test_a_row_that_is_there_at_another_time(harbour: Path) -> None:
    """The fund ends, and the split that pays into it does not begin before."""
    edit(harbour / "fund_wallets.csv", lambda rows: rows[0].update(valid_to="2025-01-01"))
    edit(
        harbour / "payout_splits.csv",
        lambda rows: [row.update(valid_from="2025-01-01") for row in rows[1:]] and None,
    )
    (problem,) = found(harbour)
    assert (problem.file, problem.line, problem.column) == ("payout_splits", 4, "fund_wallet_id")
    assert "for another time" in problem.what


def test_one_id_may_say_two_things_at_two_times(harbour: Path) -> None:
    """A rate that changed from a day on, and one that was found out to be another."""

    def change(rows: list[dict[str, str]]) -> None:
        later = {**rows[0], "rate": "0.03", "valid_from": "2025-01-01"}
        corrected = {**rows[1], "rate": "0.04", "recorded_on": "2024-03-01"}
        rows[0]["valid_to"] = "2025-01-01"
        rows[1]["superseded_on"] = "2024-03-01"
        rows += [later, corrected]

    edit(harbour / "rate_bands.csv", change)
    assert found(harbour) == []


def test_all_problems_are_told_at_once(harbour: Path) -> None:
    edit(harbour / "tiers.csv", lambda rows: rows[0].update(rank="first"))
    edit(harbour / "levers.csv", lambda rows: rows[0].update(motion="", hold_days="-3"))
    with pytest.raises(PartnerMetricsError) as error:
        require_valid_programs(harbour)
    message = str(error.value)
    assert "have 3 problems" in message
    assert "levers.csv, line 2, column motion: it is empty" in message
    assert "levers.csv, line 2, column hold_days (-3): it is out of range" in message
    assert "tiers.csv, line 2, column rank (first): it is not what the column holds" in message


def test_the_same_problem_is_told_once(harbour: Path) -> None:
    edit(
        harbour / "metric_bindings.csv",
        lambda rows: [row.update(metric_id="closing_mrrr") for row in rows] and None,
    )
    with pytest.raises(PartnerMetricsError, match="lines 2, 3, 4, column metric_id") as error:
        require_valid_programs(harbour)
    assert str(error.value).count("closing_mrrr") == 1
    assert "Did you mean closing_mrr?" in str(error.value)


def test_a_file_that_is_missing(harbour: Path) -> None:
    (harbour / "tiers.csv").unlink()
    assert [(one.file, one.what) for one in found(harbour)] == [("tiers", "the file is missing")]


def test_a_file_that_nothing_reads(harbour: Path) -> None:
    (harbour / "tier.csv").write_text("tier_id\n", encoding="utf-8")
    assert [(one.file, one.what) for one in found(harbour)] == [("tier", "no such file is known")]


def test_columns_that_are_missing_or_unknown(harbour: Path) -> None:
    path = harbour / "limits.csv"
    text = path.read_text(encoding="utf-8").replace("on_breach", "on_exceeding")
    path.write_text(text, encoding="utf-8")
    assert {(one.line, one.column) for one in found(harbour)} == {
        (1, "on_breach"), (1, "on_exceeding"),
    }  # fmt: skip


def test_a_row_with_a_field_too_many(harbour: Path) -> None:
    path = harbour / "limits.csv"
    path.write_text(path.read_text(encoding="utf-8").rstrip() + ",\n", encoding="utf-8")
    (problem,) = found(harbour)
    assert (problem.file, problem.line) == ("limits", 2)
    assert "fields" in problem.what


def test_lines_are_counted_as_an_editor_does(harbour: Path) -> None:
    """A byte order mark, a blank line and a note on two lines stand before the mistake."""
    path = harbour / "tiers.csv"
    edit(path, lambda rows: rows[0].update(note="two\nlines"))
    header, rest = path.read_text(encoding="utf-8").split("\n", 1)
    path.write_text(f"\ufeff{header}\n\n{rest}", encoding="utf-8")
    edit_text = path.read_text(encoding="utf-8").replace(
        "h_leader,Leader,partner,2", "h_leader,Leader,partner,x"
    )
    path.write_text(edit_text, encoding="utf-8")
    (problem,) = found(harbour)
    assert (problem.line, problem.column) == (5, "rank")


def test_text_that_is_not_utf_8(harbour: Path) -> None:
    (harbour / "tiers.csv").write_bytes("tier_id\nSöll\n".encode("latin-1"))
    assert "UTF-8" in found(harbour)[0].remedy


def test_too_many_effects_on_a_lever(harbour: Path) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        for place in range(2, 8):
            rows.append({**rows[0], "accelerator_id": f"h_{place}", "apply_order": str(place)})

    edit(harbour / "accelerators.csv", change)
    (problem,) = found(harbour)
    assert (problem.file, problem.line, problem.column) == ("accelerators", 8, "accelerator_id")


def test_groups_stand_three_levels_deep_at_most(harbour: Path) -> None:
    def groups(rows: list[dict[str, str]]) -> None:
        for name, parent in (("h_third", "h_any"), ("h_fourth", "h_third")):
            rows.append({**rows[1], "gate_group_id": name, "parent_gate_group_id": parent})

    def conditions(rows: list[dict[str, str]]) -> None:
        rows.append({**rows[0], "gate_condition_id": "h_deep", "gate_group_id": "h_fourth"})

    edit(harbour / "gate_groups.csv", groups)
    edit(harbour / "gate_conditions.csv", conditions)
    (problem,) = found(harbour)
    assert (problem.line, problem.column) == (5, "parent_gate_group_id")
    assert "4 levels deep" in problem.what


def test_a_version_that_credits_nobody(harbour: Path) -> None:
    edit(harbour / "attribution_rules.csv", lambda rows: rows.clear())
    (problem,) = found(harbour)
    assert (problem.file, problem.column) == ("program_versions", "program_version_id")
    edit(harbour / "program_versions.csv", lambda rows: rows[0].update(status="draft"))
    assert found(harbour) == []


def test_the_projects_programs_are_valid() -> None:
    require_valid_programs()


def test_the_reference_program_uses_every_kind_of_rule() -> None:
    """Every file, and every word of every list; the deal plan has what pays for the deal alone."""
    book = read_book(PROGRAMS_DIR)
    invented = ("reference", "deal_plan")
    unused = []
    for name, contract in book.files.items():
        rows = [
            row
            for row in book.rows[name]
            if (row.version or row.text("program_id")).startswith(invented)
        ]
        assert rows, name
        for column in contract.columns.values():
            if column.name in ("operator", "verification", "status") or name == "fiscal_periods":
                continue
            used = {row.text(column.name) for row in rows}
            unused += [(name, column.name, word) for word in column.values if word not in used]
    assert not unused


def test_the_files_are_those_that_are_described() -> None:
    """dbt loads each CSV with the types that its entry states."""
    files = {path.stem for path in PROGRAMS_DIR.glob("*.csv")}
    assert files == set(load_files())
    for contract in load_files().values():
        header = (PROGRAMS_DIR / f"{contract.name}.csv").read_text("utf-8").split("\n")[0]
        assert header.split(",") == list(contract.columns)
        assert set(contract.key) <= set(contract.columns)


def test_no_program_is_named_in_sql() -> None:
    """What is paid stands in rows: neither a vendor nor the id of a rule is in any SQL."""
    book = read_book(PROGRAMS_DIR)
    vendors = {
        row.text("program_id").replace("_", " ")
        for row in book.rows["programs"]
        if row.text("program_name").lower().startswith(row.text("program_id").replace("_", " "))
    }
    assert {"microsoft", "arctic wolf"} <= vendors
    ids = {
        row.text(column)
        for rows in book.rows.values()
        for row in rows
        for column in book.files[row.file].key
        if column.endswith("_id") and row.text(column)
    }
    files = [
        path
        for folder in ("models", "macros", "tests/dbt")
        for path in (PROJECT_DIR / folder).rglob("*.sql")
    ]
    assert len(files) > 100
    for path in files:
        text = path.read_text("utf-8").lower()
        assert not [name for name in vendors if name in text.replace("_", " ")], path
        assert not set(re.findall(r"'([^'\n]*)'", text)) & ids, path


def test_nothing_is_landed_by_wrong_rows(
    settings: Settings, harbour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build file of the last run stays as it is, and so does what is published."""
    edit(harbour / "payout_splits.csv", lambda rows: rows[0].update(percent="90"))
    monkeypatch.setattr(landing, "require_valid_programs", lambda: require_valid_programs(harbour))
    settings.prepare()
    settings.warehouse_path.write_text("the last build", encoding="utf-8")
    with pytest.raises(PartnerMetricsError, match="sum to 90 percent"):
        landing.land(settings)
    assert settings.warehouse_path.read_text(encoding="utf-8") == "the last build"


def test_a_measure_of_the_same_products_fits_as_a_whole(harbour: Path) -> None:
    edit(harbour / "levers.csv", lambda rows: rows[1].update(offer_set_id="h_offers"))
    assert [problem.column for problem in found(harbour)] == ["offer_set_id"]
    edit(harbour / "metric_bindings.csv", lambda rows: rows[1].update(offer_set_id="h_offers"))
    assert found(harbour) == []


def test_a_project_without_program_files_has_no_problem(tmp_path: Path) -> None:
    assert problems_in(Book(tmp_path, files={}, rows={}, metrics={})) == []
