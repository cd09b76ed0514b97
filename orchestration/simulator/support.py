"""Help-desk rows: organisations, agents, tickets with comments, field changes, tags and SLA."""

from __future__ import annotations

import random
from typing import Any

from orchestration.simulator.billing import Rows
from orchestration.simulator.clock import DAY, HOUR, next_sync
from orchestration.simulator.config import AS_OF
from orchestration.simulator.model import Customer
from orchestration.simulator.names import company_name, person_name
from orchestration.simulator.office import Office, yearly

_BASE = 360_000_000_000
AGENTS = 25
GROUP, BRAND, _SCHEDULE, SLA = _BASE + 1, _BASE + 2, _BASE + 3, _BASE + 4
SUBJECTS = ("Cannot log in", "Question on invoice", "Slow dashboard", "Backup failed", "Add seats")
TAGS = ("billing", "login", "performance", "how_to", "outage")
_PRIORITIES = ("low", "normal", "normal", "high", "urgent")
_FIRST_DAY = AS_OF - 1_300 * DAY
_SPRING = ("Spring holiday", AS_OF // DAY - 191)
OFFICES = {
    "NL": Office(
        _SCHEDULE, "Office hours", "Europe/Amsterdam", "Amsterdam", 540, 1_050,
        (_SPRING, *yearly(("New Year", 1, 1), ("Christmas", 12, 25), ("Boxing Day", 12, 26))),
    ),
    "US": Office(
        _SCHEDULE + 500, "East coast hours", "America/New_York", "Eastern Time (US & Canada)",
        480, 1_020, yearly(("New Year", 1, 1), ("Independence Day", 7, 4), ("Christmas", 12, 25)),
    ),
}  # fmt: skip


def organization_id(number: int) -> int:
    """Help-desk organisation of a customer."""
    return _BASE + 1_000_000 + number


def requester_id(number: int) -> int:
    """The person of a customer who writes to the help desk."""
    return _BASE + 200_000_000 + number


def agent_id(number: int) -> int:
    """One of the agents."""
    return _BASE + 100 + number % AGENTS


def common_rows(rows: Rows) -> None:
    """What the help desk has once: groups, brands, agents, schedules, policies."""
    old, url = _FIRST_DAY, "https://support.vendor.example"
    rows["zendesk.group"] += [
        (GROUP + 10 * index, False, AS_OF, old, name, old, url)
        for index, name in enumerate(("First line", "Second line", "Partner desk"))
    ]
    rows["zendesk.brand"].append((BRAND, False, AS_OF, True, url, True, "Vendor", "vendor", url))
    for number in range(AGENTS):
        given, family = person_name(number + 11)
        rows["zendesk.user"].append(
            (agent_id(number), AS_OF, True, old, f"agent{number}@vendor.example", None,
             AS_OF - DAY, "en", f"{given} {family}", None, "agent", False, "Amsterdam", old, True)
        )  # fmt: skip
    for day in range(1, 6):
        start, end = day * 1_440 + 540, day * 1_440 + 1_050
        rows["zendesk.schedule"].append(
            (end, _SCHEDULE, start, False, AS_OF, end - 60, "Office hours", start - 60,
             "Amsterdam", old)
        )  # fmt: skip
    rows["zendesk.schedule_holiday"].append(
        (
            _SCHEDULE + 1,
            _SCHEDULE,
            False,
            AS_OF,
            AS_OF // DAY - 190,
            "Spring holiday",
            AS_OF // DAY - 191,
        )
    )
    for index, metric in enumerate(("first_reply_time", "requester_wait_time")):
        rows["zendesk.sla_policy_metric_history"] += [
            (SLA, index * 4 + place, old, True, metric, priority, target * (index + 1), AS_OF)
            for place, (priority, target) in enumerate(
                (("low", 480), ("normal", 240), ("high", 120), ("urgent", 30))
            )
        ]


def office_rows(rows: Rows) -> None:
    """The second schedule, and the holidays of the years that tickets are from."""
    west = OFFICES["US"]
    for day in range(1, 6):
        start, end = day * 1_440 + west.opens, day * 1_440 + west.closes
        rows["zendesk.schedule"].append(
            (end, west.id, start, False, AS_OF, end + 240, west.name, start + 240, west.zone_name,
             _FIRST_DAY)
        )  # fmt: skip
    for office in OFFICES.values():
        for number, (name, day) in enumerate(office.holidays):
            if AS_OF // DAY - 8 * 366 < day < AS_OF // DAY + 366 and name != _SPRING[0]:
                rows["zendesk.schedule_holiday"].append(
                    (office.id * 1_000 + number, office.id, False, AS_OF, day, name, day)
                )


class HelpDesk:
    """The tickets of one customer; a big run has them for one customer in ten."""

    def __init__(self, customer: Customer, rows: Rows, seed: int, detailed: bool) -> None:
        self._customer = customer
        self._rows = rows
        self._rng = random.Random(f"{seed}:support:{customer.number}")
        self._skip = not detailed and customer.number % 10 != 0

    def write(self) -> None:
        """Organisation, requester and tickets, if the CRM knows the customer."""
        customer, rng = self._customer, self._rng
        if not customer.linked or self._skip:
            return
        first = min(sub.start for sub in customer.subscriptions)
        last = max((sub.ended or AS_OF) for sub in customer.subscriptions)
        organization = organization_id(customer.number)
        self._rows["zendesk.organization"].append(
            (organization, AS_OF, first, None, customer.account_id, GROUP,
             company_name(customer.number), None, False, True, first, None)
        )  # fmt: skip
        requester = requester_id(customer.number)
        given, family = person_name(customer.number + 5)
        self._rows["zendesk.user"].append(
            (requester, AS_OF, True, first, f"0.contact@customer{customer.number}.example", None,
             last - HOUR, "nl", f"{given} {family}", organization, "end-user", False, "Amsterdam",
             first, True)
        )  # fmt: skip
        restless = customer.plot in ("cancelled", "not_renewed", "cancelled_with_refund")
        days = max(1, (last - first) // DAY)
        for index in range(rng.randint(0, 3) + (rng.randint(2, 5) if restless else 0)):
            at = first + rng.randrange(days) * DAY + rng.randrange(DAY)
            if at < AS_OF - HOUR:
                self._ticket(index, at, requester, organization)

    def _ticket(self, index: int, at: int, requester: int, organization: int) -> None:
        rng = self._rng
        ticket = self._customer.number * 100 + index
        agent = agent_id(rng.randrange(AGENTS))
        priority = rng.choice(_PRIORITIES)
        office = OFFICES["NL"]
        reply = office.open_at(at + rng.randint(5, 2_000) * 60)
        solved = office.open_at(reply + rng.randint(1, 200) * HOUR)
        steps = [(at, "new"), (reply, "open"), (solved, "solved"), (solved + 4 * DAY, "closed")]
        steps = [(moment, status) for moment, status in steps if moment < AS_OF]
        topic = rng.randrange(len(SUBJECTS))
        synced = min(AS_OF, next_sync(steps[-1][0]))
        self._rows["zendesk.ticket"].append(
            (ticket, synced, agent, BRAND, at, SUBJECTS[topic], None, None, GROUP, False, True,
             organization, priority, requester, steps[-1][1], SUBJECTS[topic], requester,
             rng.choice(("question", "incident", "problem")), steps[-1][0],
             rng.choice(("email", "web", "chat")))
        )  # fmt: skip
        self._comments(ticket, at, reply, solved, requester, agent)
        history: list[tuple[Any, ...]] = [
            ("status", ticket, moment, synced, agent, status) for moment, status in steps
        ]
        history.append(("priority", ticket, at, synced, requester, priority))
        if reply < AS_OF:
            history.append(("assignee_id", ticket, reply, synced, agent, str(agent)))
        if solved < AS_OF and rng.random() < 0.4:
            score = "good" if rng.random() < 0.8 else "bad"
            history.append(("satisfaction_score", ticket, solved, synced, requester, score))
        self._rows["zendesk.ticket_field_history"] += history
        self._rows["zendesk.ticket_tag"].append((TAGS[topic], ticket, synced))
        self._rows["zendesk.ticket_schedule"].append((at, ticket, synced, _SCHEDULE))
        self._rows["zendesk.ticket_sla_policy"].append((ticket, SLA, at, synced))

    def _comments(
        self, ticket: int, at: int, reply: int, solved: int, requester: int, agent: int
    ) -> None:
        said = [(at, requester, "It does not work."), (reply, agent, "We are looking into it.")]
        if self._rng.random() < 0.5:
            said.append(((reply + solved) // 2, requester, "Any news?"))
        said.append((solved, agent, "This should be fixed now."))
        self._rows["zendesk.ticket_comment"] += [
            (ticket * 10 + place, min(AS_OF, next_sync(moment)), text, moment, True, ticket, who,
             False)
            for place, (moment, who, text) in enumerate(said)
            if moment < AS_OF
        ]  # fmt: skip
