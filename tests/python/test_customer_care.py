"""Touches, minutes of support and contribution, counted again by plain loops, and as known then."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
from compiled_project import CompiledProject
from known_then import build_as_known, differences

from orchestration.settings import PROJECT_DIR

ALL = "true"
STEPS = {
    "int_touches", "int_support__business_intervals", "int_tickets__moments",
    "int_tickets__statuses", "int_tickets__ratings", "int_tickets__service", "int_support__facts",
    "int_support__customer_partners", "support_service_monthly", "customer_touches_monthly",
}  # fmt: skip
END_OF_DAY = "timezone('UTC', timezone('Europe/Amsterdam', $day + interval 1 day))"
KNOWN = {
    "int_months": ("month_start <= $day", {}),
    "int_as_of": (ALL, {"as_of_date": "$day", "as_of_at": END_OF_DAY}),
    "int_mrr__customer_months": ("month_start <= $day", {}),
    "input_activities": ("activity_date <= $day", {}),
    "input_tickets": ("{created_at} <= $day", {}),
    "input_ticket_comments": ("{created_at} <= $day", {}),
    "input_ticket_events": ("{changed_at} <= $day", {}),
    "input_ticket_schedules": ("{applied_at} <= $day", {}),
    "input_support_schedules": (ALL, {}),
    "input_support_holidays": (ALL, {}),
    "input_customers": (ALL, {}),
    "input_people": (ALL, {}),
    "int_partner_associations__days": (
        ALL, {"to_date": "case when to_date <= $day then to_date else date '9999-12-31' end"},
    ),
    "contribution_roles": (ALL, {}),
}  # fmt: skip


def test_a_month_of_support_says_what_was_known_then(
    project: CompiledProject, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """With all gone that happened after a month, it and earlier months say the same."""
    day = date(2025, 6, 30)
    build_as_known(project, warehouse, STEPS, KNOWN, day)
    try:
        for table in ("support_service_monthly", "customer_touches_monthly"):
            assert not differences(warehouse, f"certified.{table}", day), table
    finally:
        warehouse.execute("detach past")


def open_seconds(
    begin: datetime, end: datetime, hours: list[tuple[str, int, int]], closed: set[date]
) -> int:
    """Seconds between two instants within local hours of the week (zone, minutes from Sunday)."""
    seconds = 0.0
    day = begin.date() - timedelta(days=1)
    while day <= end.date() + timedelta(days=1):
        sunday = day - timedelta(days=(day.weekday() + 1) % 7)
        for zone, start, stop in hours if day not in closed else ():
            if sunday + timedelta(minutes=start) != day:  # dates forget the hour
                continue
            edges = [
                datetime.combine(sunday + timedelta(days=minute // 1440), time(), ZoneInfo(zone))
                + timedelta(minutes=minute % 1440)
                for minute in (start, stop)
            ]
            lower, upper = max(begin, edges[0]), min(end, edges[1])
            seconds += max((upper.astimezone(UTC) - lower.astimezone(UTC)).total_seconds(), 0)
        day += timedelta(days=1)
    return int(seconds)


def test_minutes_of_support_are_those_of_its_clocks(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The standard library's time zones count the same minutes to the first reply."""
    hours, closed = defaultdict(list), defaultdict(set)
    for schedule, zone, start, stop in warehouse.execute(
        "select schedule_id, iana_time_zone, start_minute, end_minute "
        "from warehouse.input.input_support_schedules"
    ).fetchall():
        hours[schedule].append((zone, start, stop))
    for schedule, first, last in warehouse.execute(
        "select schedule_id, start_date, end_date from warehouse.input.input_support_holidays"
    ).fetchall():
        closed[schedule] |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    tickets = warehouse.execute(
        """
        select service.ticket_id, schedule_id, first_reply_minutes, tickets.created_at,
            min(comments.created_at)
        from warehouse.intermediate.int_tickets__service as service
        inner join warehouse.input.input_tickets as tickets using (ticket_id)
        inner join warehouse.input.input_ticket_comments as comments
            on service.ticket_id = comments.ticket_id
            and comments.is_by_agent and comments.is_public
            and comments.created_at > tickets.created_at
        group by all
        """
    ).fetchall()
    assert len(hours) > 1
    assert len(tickets) > 100
    for ticket, schedule, minutes, asked, replied in tickets:
        seconds = open_seconds(
            asked.replace(tzinfo=UTC),
            replied.replace(tzinfo=UTC),
            hours[schedule],
            closed[schedule],
        )
        assert minutes == seconds // 60, ticket


def test_contribution_is_that_of_plain_loops(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The last month's kept MRR, divided in fractions by who was there in the twelve months."""
    [(month, begin, end)] = warehouse.execute(
        "select max(month_start), max(month_start) - interval 11 month, max(next_month_start) "
        "from warehouse.intermediate.int_months"
    ).fetchall()
    touches = defaultdict(list)
    for customer, role, day in warehouse.execute(
        "select customer_id, role_id, touched_on from warehouse.intermediate.int_touches "
        "where touched_on >= ? and touched_on < ?",
        [begin, end],
    ).fetchall():
        touches[customer].append((day, role))
    kept = warehouse.execute(
        "select partner_id, customer_id, amount "
        "from warehouse.intermediate.int_contribution__amounts "
        "where outcome = 'retained' and month_start = ?",
        [month],
    ).fetchall()
    expected: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for partner, customer, amount in kept:
        seen = touches[customer] or [(begin.date(), "none")]
        days = [day for day, _ in seen]
        weights = {
            "first": [Decimal(day == min(days)) for day in days],
            "last": [Decimal(day == max(days)) for day in days],
            "linear": [Decimal(1)] * len(days),
            "time_decay": [Decimal(2) ** (Decimal(1 - (end - day).days) / 90) for day in days],
        }
        for rule, weighed in weights.items():
            share = amount / sum(weighed)
            for (_, role), weight in zip(seen, weighed, strict=True):
                expected[partner, role, rule] += share * weight
    certified = warehouse.execute(
        "select partner_id, role_id, attribution_rule, retained_mrr "
        "from warehouse.certified.role_contribution_monthly where month_start = ?",
        [month],
    ).fetchall()
    assert kept
    assert {role for _, role, _, part in certified if part} > {"none", "customer_support"}
    # weights and parts are rounded to six places
    for *key, part in certified:
        assert abs(part - expected.pop(tuple(key), Decimal(0))) < Decimal("0.01"), key
    assert not {key for key, part in expected.items() if part}


def test_the_page_says_what_the_seeds_say() -> None:
    """Roles and rules stand in two places: where they are read, and where they count."""
    page = (PROJECT_DIR / "docs/contribution.md").read_text("utf-8")
    said = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|$", page, re.M))
    with (PROJECT_DIR / "seeds/contribution_rules.csv").open(encoding="utf-8", newline="") as file:
        rules = {row["attribution_rule"]: row for row in csv.DictReader(file)}
    with (PROJECT_DIR / "seeds/contribution_roles.csv").open(encoding="utf-8", newline="") as file:
        roles = {row["role_id"] for row in csv.DictReader(file)} | {"partner_staff"}
    assert set(said) == set(rules) | roles
    assert [rule for rule in rules if "the default" in said[rule]] == [
        rule for rule, row in rules.items() if row["is_default"] == "true"
    ]
    assert f"{rules['time_decay']['half_life_days']} days" in said["time_decay"]
