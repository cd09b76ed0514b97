"""Who looks after customers in the simulated channel: effects are known and move no billing."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from simulated import Simulated, digest

from orchestration.simulator import care
from orchestration.simulator.clock import instant
from orchestration.simulator.support import OFFICES

# What a role may write; no other file may depend on care.
BY_CARE = (
    "raw/salesforce/task", "raw/salesforce/event", "raw/zendesk/ticket", "truth/care",
    "truth/dirt_log",
)  # fmt: skip
COHORT_END = "date '2025-10-31'"
# Touches as the CRM and the help desk have them; agents are the users below the first customer.
TOUCHES = """
    select account_id as customer_id, start_date_time as at, case substr(owner_id, 4, 1)
        when 'S' then 'customer_success' when 'M' then 'partner_staff' else 'account_manager'
        end as role_id
    from raw:salesforce.event
    union all
    select account_id, activity_date, case substr(owner_id, 4, 1)
        when 'S' then 'customer_success' when 'M' then 'partner_staff' else 'account_manager' end
    from raw:salesforce.task where is_closed
    union all
    select o.external_id, c.created, 'customer_support' from raw:zendesk.ticket_comment c
    join raw:zendesk.ticket t on t.id = c.ticket_id
    join raw:zendesk.organization o on o.id = t.organization_id
    where c.user_id < 360000001000
""".replace("\n", " ")


@pytest.fixture(scope="module")
def cared(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """The demo's customers without dirt, which would add touches that never were."""
    return Simulated(tmp_path_factory.mktemp("care"), dirt=False, usage=False)


def cohort(run: Simulated, outcome: str) -> dict[str, list[tuple[float, ...]]]:
    """Expected cells a stratum of segment and tenure, of customers with MRR a year before the end.

    A stratum is (cared with the outcome, cared without, others with, others without).
    """
    rows = run.rows(
        f"select role_id, sum(p) filter (y) a, sum(p) filter (not y) b, sum(1 - p) filter (y) c, "
        f"sum(1 - p) filter (not y) d from (select *, probability::double p, {outcome} y from "
        f"truth:care where customer_id in (select customer_id from truth:mrr_item_days "
        f"where from_date <= {COHORT_END} and (to_date is null or to_date > {COHORT_END} ))) "
        "group by role_id, segment, is_settled"
    )
    found: dict[str, list[tuple[float, ...]]] = {}
    for role, *cells in rows:
        found.setdefault(role, []).append(tuple(cells))
    return found


def odds_ratio(strata: list[tuple[float, ...]]) -> float:
    """Mantel and Haenszel's."""
    top = sum(a * d / (a + b + c + d) for a, b, c, d in strata)
    return top / sum(b * c / (a + b + c + d) for a, b, c, d in strata)


@pytest.mark.parametrize(
    ("role", "outcome", "log_odds"),
    [
        ("account_manager", "is_renewed", 0.7),
        ("customer_success", "is_renewed", 1.2),
        ("customer_support", "is_renewed", 0.0),
        ("customer_support", "has_expanded", 0.0),
        ("partner_staff", "has_expanded", 0.9),
    ],
)
def test_the_true_odds_ratio_is_the_constant(
    cared: Simulated, role: str, outcome: str, log_odds: float
) -> None:
    strata = cohort(cared, outcome)[role]
    assert len(strata) == 6
    assert math.log(odds_ratio(strata)) == pytest.approx(log_odds, abs=1e-4)


def test_a_comparison_without_segment_and_tenure_is_wrong(cared: Simulated) -> None:
    for outcome, wrong in (("is_renewed", 0.12), ("has_expanded", -0.03)):
        strata = cohort(cared, outcome)["customer_support"]
        crude = math.log(odds_ratio([tuple(map(sum, zip(*strata, strict=True)))]))
        assert crude / wrong > 1, (outcome, crude)


def test_the_truth_says_what_was_drawn_by(cared: Simulated) -> None:
    said = cared.rows("select role_id, outcome_id, log_odds::double from truth:care_effects")
    assert set(said) == {
        (role, outcome, getattr(effect, outcome))
        for role, effect in care.EFFECTS.items()
        for outcome in ("renewed", "expanded")
    }  # fmt: skip
    for role, expected, spread, drawn in cared.rows(
        "select role_id, sum(probability)::double, sqrt(sum(probability * (1 - probability))), "
        "count(*) filter (is_cared) from truth:care group by 1"
    ):
        assert abs(drawn - expected) < 3 * spread, role


def test_who_looks_after_a_customer_is_in_touch_and_nobody_else_is(cared: Simulated) -> None:
    rows = cared.rows(
        "select c.role_id, c.is_cared, count(distinct c.customer_id), "
        "count(distinct t.customer_id) "
        f"filter (t.at > {COHORT_END} - interval 6 month and t.at < {COHORT_END} + interval 1 day) "
        "from (select * from truth:care where customer_id in (select customer_id from "
        f"truth:mrr_item_days where from_date <= {COHORT_END} and (to_date is null or "
        f"to_date > {COHORT_END} ))) c left join ({TOUCHES}) t using (customer_id, role_id) "
        "group by 1, 2"
    )
    found = {(role, is_cared): counts for role, is_cared, *counts in rows}
    for role in care.EFFECTS:
        customers, in_touch = found[role, True]
        # a partner may come after the window, or have gone before it
        assert in_touch == customers or (role == "partner_staff" and in_touch > 0.95 * customers)
        assert found[role, False][1] == 0


def test_care_moves_no_row_of_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: dict[str, Any] = {"customers": 200, "usage": False, "workers": 1}
    full = Simulated(tmp_path / "full", **settings)
    nobody = {role: care.Effect(-50) for role in care.EFFECTS}
    monkeypatch.setattr(care, "EFFECTS", nobody)
    none = Simulated(tmp_path / "none", **settings)
    assert none.counts["zendesk.ticket"] < full.counts["zendesk.ticket"] / 2
    left, right = (
        {name: value for name, value in digest(run.raw.parent).items()
         if not name.startswith(BY_CARE)}
        for run in (full, none)
    )  # fmt: skip
    assert len(left) > 30
    assert left == right


def test_agents_answer_in_office_hours(cared: Simulated) -> None:
    offices = {office.id: office for office in OFFICES.values()}
    found = cared.rows(
        "select schedule_id, epoch(c.created)::bigint from raw:zendesk.ticket_comment c join "
        "raw:zendesk.ticket_schedule s using (ticket_id) where c.user_id < 360000001000 "
        "and c.ticket_id > 5000000000 and s._fivetran_synced is not null"
    )
    assert {schedule for schedule, _ in found} == set(offices)
    for schedule, at in found:
        office = offices[schedule]
        local = dt.datetime.fromtimestamp(at, tz=ZoneInfo(office.zone))
        assert local.weekday() < 5
        assert office.opens <= local.hour * 60 + local.minute <= office.closes


@pytest.mark.parametrize(
    ("at", "minutes", "expected"),
    [
        # Friday 16:30 in Amsterdam, half an hour of it and the rest on Monday
        (instant(2025, 6, 13, 14, 30), 90, instant(2025, 6, 16, 7, 30)),
        # the clocks go forward on the Sunday between
        (instant(2025, 3, 28, 16, 0), 60, instant(2025, 3, 31, 7, 30)),
        # Christmas and Boxing Day, then a weekend
        (instant(2025, 12, 24, 16, 0), 31, instant(2025, 12, 29, 8, 1)),
        # at night it begins in the morning
        (instant(2025, 6, 11, 1, 0), 10, instant(2025, 6, 11, 7, 10)),
    ],
)
def test_minutes_of_office_time(at: int, minutes: int, expected: int) -> None:
    assert OFFICES["NL"].after(at, minutes) == expected


def test_customers_that_leave_have_trouble_first(cared: Simulated) -> None:
    rates = dict(
        cared.rows(
            "with h as (select ticket_id as id, count(*) > 1 as again from "
            "raw:zendesk.ticket_field_history where value = 'solved' group by 1) "
            "select is_renewed, avg(again::int) from h join raw:zendesk.ticket k using (id) "
            "join raw:zendesk.organization o on o.id = k.organization_id join truth:care c "
            "on c.customer_id = o.external_id where role_id = 'customer_support' group by 1"
        )
    )
    assert rates[False] > 1.5 * rates[True] > 0


def test_some_never_start_and_some_use_far_more(tmp_path: Path) -> None:
    run = Simulated(tmp_path, customers=300, dirt=False)
    used = run.rows(
        "select max(seats_used / seats_bought), sum(feature_events) / sum(active_users) from "
        "raw:product_usage.daily_usage group by subscription_item_id having count(*) > 90 "
        "and sum(active_users) > 0"
    )
    heavy = sum(events > 50 for _, events in used)
    assert 0.02 < heavy / len(used) < 0.1
    stuck = run.rows(
        "select count(*) filter (most < 0.1), count(*) from (select max(seats_used / seats_bought) "
        "as most from raw:product_usage.daily_usage group by subscription_item_id)"
    )
    assert 0.005 < stuck[0][0] / stuck[0][1] < 0.08


def test_talk_grows_with_some_partners_and_the_portal_with_it(cared: Simulated) -> None:
    threads = cared.rows(
        "select partner_id, count(*) filter (sent_at >= timestamp '2025-05-01') late, count(*) "
        "filter (sent_at < timestamp '2025-05-01') early from raw:partner_portal.message "
        "where id like 'msg_%t%' group by 1"
    )
    assert sum(late > 3 * early for _, late, early in threads) >= 5
    visits, messages = cared.rows(
        "select count(distinct l.person_id || l.logged_in_at::varchar), count(distinct m.id) from "
        "raw:partner_portal.message m left join raw:partner_portal.portal_login l on "
        "l.person_id = m.person_id and l.logged_in_at between m.sent_at - interval 1 hour and "
        "m.sent_at where m.id like 'msg_%t%' and direction = 'partner_to_vendor'"
    )[0]
    assert visits >= messages > 1_000


def test_nobody_registers_a_deal_before_joining(cared: Simulated) -> None:
    # but for a customer that a partner took over, whose deal was won before the partner was there
    assert not cared.rows(
        "select 1 from raw:partner_portal.deal_registration d join raw:partner_portal.partner p "
        "on p.id = d.partner_id where submitted_at < joined_at and closed_at >= joined_at"
    )
