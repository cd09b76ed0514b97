"""Rules about scorecards and tiers: what a function reads, what can be reached, who ranks where."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orchestration.programs.book import Book, grouped, in_force_at_once
from orchestration.programs.needs import exactly_one, needed
from orchestration.programs.problems import Problem
from orchestration.programs.rows import Row

# What a score function reads besides the value and the most points.
READS_THRESHOLD = ("linear_to_cap", "step", "boolean")
READS_UNIT = ("per_unit", "step")


def misformed_components(book: Book) -> Iterator[Problem]:
    """A component without what its function reads."""
    for row in book.rows["scorecard_components"]:
        function = row.text("score_function")
        if function:
            reads = function in READS_THRESHOLD
            yield from needed(row, "threshold", reads, "linear_to_cap, step or boolean")
            yield from needed(row, "unit_value", function in READS_UNIT, "per_unit or step")
        if function in READS_THRESHOLD and row["threshold"] == 0 and function != "boolean":
            what, remedy = "points are reckoned per threshold", "Write more than 0."
            yield row.problem("threshold", what, remedy)
        if row["min_points"] is not None and row.number("min_points") > row.number("max_points"):
            what = f"it is more than max_points ({row['max_points']})"
            yield row.problem("min_points", what, "Lower it.")
        is_unscored = row["is_scored"] is False
        yield from needed(row, "unscored_policy", is_unscored, "a component that is not scored")
        bands = book.find("score_bands", row.version, "component_id", row.text("component_id"))
        if (function == "band") != bool(bands):
            what = "band needs bands" if not bands else f"{function} reads no bands"
            yield row.problem("score_function", what, "Bands stand in score_bands.csv.")


def unreachable_scores(book: Book) -> Iterator[Problem]:
    """A score to reach that no path can reach; a scorecard without components."""
    for card in book.rows["scorecards"]:
        key, most = card.text("scorecard_id"), _most(book, card)
        if most is None:
            remedy = "Add components to scorecard_components.csv."
            yield card.problem("scorecard_id", "it has no component", remedy)
            continue
        asked = [(card, "pass_score")]
        for file, column in (
            ("tiers", "min_score"),
            ("gate_conditions", "threshold"),
            ("entitlements", "min_score"),
        ):
            rows = book.find(file, card.version, "scorecard_id", key)
            asked += [(row, column) for row in rows]
        for row, column in asked:
            if row.number(column) > most:
                what = f"no path of {key} gives more than {most} points"
                yield row.problem(column, what, "Lower it, or let components give more.")
        if card["combine"] == "sum_of_points" and most > card.number("scale"):
            what = f"its components give {most} points"
            yield card.problem("scale", what, "Let the scale be what the components sum to.")


def misformed_tiers(book: Book) -> Iterator[Problem]:
    """A tier without what its way of qualifying reads; two tiers of one rank."""
    for row in book.rows["tiers"]:
        way = row["qualification"]
        yield from needed(row, "window_months", way == "any_day_in_window", "any_day_in_window")
        yield from needed(row, "audit_month", way == "on_audit_date", "on_audit_date")
        yield from needed(row, "validity_months", way == "on_audit_date", "on_audit_date")
        if row["promotion"] == "at_audit" and way != "on_audit_date":
            what = f"{way} has no audit"
            yield row.problem("promotion", what, "Write immediate, or qualify on_audit_date.")
        has_card = row["scorecard_id"] is not None
        yield from needed(row, "min_score", has_card, "a tier with a scorecard")
        has_date = row["protected_if_reached_before"] is not None
        yield from needed(row, "protection_months", has_date, "protection that says before when")
    tracks = grouped(book.rows["tiers"], lambda row: (row.version, row["track"], row["rank"]))
    for rows in tracks.values():
        for there in in_force_at_once(rows):
            if len(there) > 1:
                what = f"{there[0].text('tier_id')} (line {there[0].line}) has the same rank"
                yield there[1].problem("rank", what, "Give each tier of a track its own rank.")


def misformed_entitlements(book: Book) -> Iterator[Problem]:
    """A benefit that nothing gives, or two things."""
    for row in book.rows["entitlements"]:
        yield from exactly_one(row, ("tier_id", "scorecard_id"))
        has_card = row["scorecard_id"] is not None
        yield from needed(row, "min_score", has_card, "a benefit of a scorecard")


def zero_passes(book: Book) -> Iterator[Problem]:
    """A scorecard that needs every component, and a component that always has points."""
    for card in book.rows["scorecards"]:
        if not card["needs_every_component"]:
            continue
        for row in book.find(
            "scorecard_components", card.version, "scorecard_id", card.text("scorecard_id")
        ):
            if row.number("min_points") > 0:
                what = f"{card.text('scorecard_id')} needs more than 0 points in every component"
                remedy = "Write 0: points that are given in any case prove nothing."
                yield row.problem("min_points", what, remedy)


def _most(book: Book, card: Row) -> Decimal | None:
    """The highest score that a path can give at any time, None without components."""
    key = card.text("scorecard_id")
    components = book.find("scorecard_components", card.version, "scorecard_id", key)
    totals = []
    for path in grouped(components, lambda row: row["path_id"]).values():
        for there in in_force_at_once(path):
            points = [row.number("max_points") for row in there]
            is_sum = card["combine"] == "sum_of_points"
            totals.append(sum(points, Decimal(0)) if is_sum else max(points))
    return max(totals, default=None)
