"""What is said of conversation and learning was known then, and the page says their rules."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import UTC, date
from decimal import Decimal
from itertools import groupby
from zoneinfo import ZoneInfo

import duckdb
import pytest
from compiled_project import CompiledProject
from known_then import build_as_known, differences

from orchestration.settings import PROJECT_DIR

STEPS = {
    "int_incentives__certificate_spans", "int_engagement__rules", "int_engagement__partner_months",
    "int_engagement__entries", "int_engagement__thread_months",
    "int_engagement__conversation_months", "int_engagement__portal_months",
    "int_engagement__certified_months", "partner_conversation_parts_monthly",
    "partner_conversation_monthly", "partner_topics_monthly", "partner_learning_monthly",
}  # fmt: skip
RESULTS = (
    "certified.partner_conversation_monthly", "certified.partner_conversation_parts_monthly",
    "certified.partner_topics_monthly", "certified.partner_learning_monthly",
)  # fmt: skip
ALL = "true"
ZONE = ZoneInfo("Europe/Amsterdam")


def until_then(column: str) -> dict[str, str]:
    """An instant that was not known while it had not come."""
    return {column: f"case when {{{column}}} <= $day then {column} end"}


KNOWN = {
    "int_months": ("month_start <= $day", {}),
    "input_partners": (ALL, until_then("terminated_at")),
    "input_partner_messages": (
        "{sent_at} <= $day", until_then("read_at") | until_then("answered_at"),
    ),
    "input_portal_logins": ("{logged_in_at} <= $day", {}),
    "input_deal_registrations": (
        "{submitted_at} <= $day",
        until_then("decided_at") | until_then("closed_at") | {
            "registration_status": "case when {coalesce(closed_at, decided_at)} <= $day "
            "then registration_status else 'submitted' end",
        },
    ),
    "input_trainings": (
        "{enrolled_at} <= $day", until_then("completed_at") | {"progress_percent": "0"},
    ),
    "input_certifications": ("{completed_at} <= $day", until_then("revoked_at")),
    "input_courses": ("{released_at} <= $day", until_then("retired_at")),
    "input_people": (
        ALL, until_then("left_at") | {"is_active": "is_active or {left_at} > $day"},
    ),
    "int_incentives__credential_rules": ("program_version_id = 'standard'", {}),
    "conversation_parts": (ALL, {}),
    "conversation_stages": (ALL, {}),
    "conversation_rules": (ALL, {}),
}  # fmt: skip


@pytest.mark.parametrize("day", [date(2024, 8, 31), date(2026, 4, 30)])
def test_a_month_says_what_was_known_then(
    project: CompiledProject, warehouse: duckdb.DuckDBPyConnection, day: date
) -> None:
    """With all gone that is dated after a month, it and earlier months say the same."""
    build_as_known(project, warehouse, STEPS, KNOWN, day)
    try:
        for relation in RESULTS:
            assert not differences(warehouse, relation, day), relation
    finally:
        warehouse.execute("detach past")


def spoken(warehouse: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[tuple[date, str]]]:
    """Who spoke on which day in each thread of a partner, in order; marked answers included."""
    rows = warehouse.execute(
        "select partner_id, thread_id, message_id, direction = 'vendor_to_partner', sent_at, "
        "answered_at from warehouse.input.input_partner_messages"
    ).fetchall()
    moments = defaultdict(list)
    for partner, thread, message, by_vendor, sent, answered in rows:
        sides = ("vendor", "partner") if by_vendor else ("partner", "vendor")
        moments[partner, thread].append((sent, message, 0, sides[0]))
        if answered is not None:
            moments[partner, thread].append((answered, message, 1, sides[1]))
    return {
        key: [
            (moment.replace(tzinfo=UTC).astimezone(ZONE).date(), side)
            for moment, _, _, side in sorted(entries)
        ]
        for key, entries in moments.items()
    }


def test_threads_of_the_demo_are_those_counted_by_hand(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """Plain loops over what everybody wrote come to the same threads, turns and shares."""
    threads_of = defaultdict(list)
    for (partner, _), entries in spoken(warehouse).items():
        threads_of[partner].append(entries)
    certified = warehouse.execute(
        "select partner_id, month_start, threads, threads_by_partner, two_way_threads, "
        "answered_by_vendor, continuing_threads "
        "from warehouse.certified.partner_conversation_monthly"
    ).fetchall()
    assert certified
    for partner, month, *counted in certified:
        index = month.year * 12 + month.month - 1
        next_month, begin = (date(at // 12, at % 12 + 1, 1) for at in (index + 1, index - 2))
        found = [0] * 5
        for entries in threads_of[partner]:
            said = [(day, side) for day, side in entries if day < next_month]
            if not said or said[-1][0] < begin:
                continue
            sides = [side for side, _ in groupby(side for _, side in said)]
            by_partner, two_way = sides[0] == "partner", len(sides) > 1
            facts = (True, by_partner, two_way, by_partner and two_way, len(sides) > 2)
            found = [count + fact for count, fact in zip(found, facts, strict=True)]
        assert counted == found, (partner, month)


def test_the_page_says_what_the_seeds_say() -> None:
    """Weights and full marks stand in two places: where they are read, and where they count."""
    page = (PROJECT_DIR / "docs/conversation.md").read_text("utf-8").lower()
    said = {
        name.strip(): (Decimal(mark) / 100, Decimal(weight))
        for name, mark, weight in re.findall(
            r"^\| ([^|]+) \| [^|]+ \| (\d+) % \| (\d+) \|$", page, re.M
        )
    }
    with (PROJECT_DIR / "seeds/conversation_parts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert said == {
        row["part_name"].lower(): (Decimal(row["full_at"]), Decimal(row["weight"])) for row in rows
    }
    assert sum(Decimal(row["weight"]) for row in rows) == 100
