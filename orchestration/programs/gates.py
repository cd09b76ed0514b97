"""Rules about gates: what a condition looks at, and how groups stand in one another."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.programs.book import Book
from orchestration.programs.needs import exactly_one, needed
from orchestration.programs.problems import Problem
from orchestration.programs.rows import Row

MOST_LEVELS = 3


def misformed_conditions(book: Book) -> Iterator[Problem]:
    """A condition that looks at nothing, at two things, or without what it is compared with."""
    for row in book.rows["gate_conditions"]:
        yield from exactly_one(row, ("binding_id", "tier_id", "scorecard_id"))
        is_compared = not row.text("tier_id")
        for column in ("operator", "threshold"):
            yield from needed(row, column, is_compared, "a metric or a score")
        is_yearly = row["assessment"] == "yearly"
        yield from needed(row, "assessment_month", is_yearly, "a yearly assessment")


def broken_trees(book: Book) -> Iterator[Problem]:
    """Groups that stand in themselves, stand too deep, or hold nothing."""
    for row in book.rows["gate_groups"]:
        path, seen = [row.text("gate_group_id")], {row.text("gate_group_id")}
        while parent := _parent(book, row.version, path[-1]):
            path.append(parent)
            if parent in seen:
                break
            seen.add(parent)
        if len(path) > len(seen):
            what = f"it stands in itself: {' in '.join(path)}"
            yield row.problem("parent_gate_group_id", what, "Leave the outermost group's empty.")
        elif len(path) > MOST_LEVELS:
            what = f"it is {len(path)} levels deep: {' in '.join(path)}"
            remedy = f"At most {MOST_LEVELS} levels are read; join groups of the same kind."
            yield row.problem("parent_gate_group_id", what, remedy)
        inner = _inside(book, row.version, row.text("gate_group_id"))
        if not inner["gate_groups"] and not inner["gate_conditions"]:
            what, remedy = "nothing stands in it", "Add a condition to gate_conditions.csv."
            yield row.problem("gate_group_id", what, remedy)


def tiers_by_tiers(book: Book) -> Iterator[Problem]:
    """A tier whose gate asks for a tier: tiers come of gates, not gates of tiers."""
    for tier in book.rows["tiers"]:
        for row in _conditions(book, tier.version, tier.text("gate_group_id")):
            if row.text("tier_id"):
                what = f"it decides on tier {tier.text('tier_id')}, by what tier is held"
                remedy = "Ask for the metric or score behind that tier; levers may ask for tiers."
                yield row.problem("tier_id", what, remedy)


def _parent(book: Book, version: str, group: str) -> str:
    rows = book.find("gate_groups", version, "gate_group_id", group)
    return rows[0].text("parent_gate_group_id") if rows else ""


def _inside(book: Book, version: str, group: str) -> dict[str, list[Row]]:
    return {
        "gate_groups": book.find("gate_groups", version, "parent_gate_group_id", group),
        "gate_conditions": book.find("gate_conditions", version, "gate_group_id", group),
    }


def _conditions(book: Book, version: str, group: str) -> Iterator[Row]:
    """Conditions in a group at any depth."""
    open_, seen = [group], set()
    while open_:
        group = open_.pop()
        if not group or group in seen:
            continue
        seen.add(group)
        inner = _inside(book, version, group)
        yield from inner["gate_conditions"]
        open_ += [row.text("gate_group_id") for row in inner["gate_groups"]]
