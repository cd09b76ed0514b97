"""Tickets of the customers that support looks after, answered in office hours.

A customer that leaves has more of them in its last four months, more urgent, reopened more often
and answered with less satisfaction: what a health score can find. A customer that support does not
look after has no tickets at all.
"""

from __future__ import annotations

import random
from typing import Any

from orchestration.simulator.billing import Rows
from orchestration.simulator.care import Fate, last_day_of
from orchestration.simulator.clock import DAY, HOUR, next_sync
from orchestration.simulator.config import AS_OF
from orchestration.simulator.model import Customer
from orchestration.simulator.support import (
    BRAND,
    GROUP,
    OFFICES,
    SLA,
    SUBJECTS,
    TAGS,
    agent_id,
    organization_id,
    requester_id,
)
from orchestration.simulator.touches import touch_days

_TICKETS = 5_000_000_000
_SPACING, _TROUBLED_SPACING = (40, 95), (10, 30)
_TROUBLE_DAYS = 120


class ServiceDesk:
    """Writes the tickets of one customer."""

    def __init__(self, customer: Customer, fate: Fate, rows: Rows, seed: int) -> None:
        self._customer = customer
        self._rows = rows
        self._rng = random.Random(f"{seed}:care:{customer.number}:customer_support")
        self._begin, self._end = fate.begin, last_day_of(fate)
        self._trouble = None if fate.end is None else fate.end - _TROUBLE_DAYS
        self._office = OFFICES["US" if customer.country == "US" else "NL"]

    def write(self) -> None:
        """A first ticket at once, then one every two or three months, more before the end."""
        days = list(touch_days(self._rng, self._begin, self._end, _SPACING))
        if self._trouble is not None:
            first = max(self._begin + 1, self._trouble)
            days += touch_days(self._rng, first, self._end, _TROUBLED_SPACING)
        for index, day in enumerate(sorted(days)):
            at = day * DAY + self._rng.randint(6, 16) * HOUR + self._rng.randrange(HOUR)
            if at < AS_OF - 2 * HOUR:
                self._ticket(index, at, self._trouble is not None and day >= self._trouble)

    def _ticket(self, index: int, at: int, troubled: bool) -> None:
        rng, office = self._rng, self._office
        number = self._customer.number
        ticket = _TICKETS + number * 1_000 + index
        agent, requester = agent_id(rng.randrange(1_000)), requester_id(number)
        priority = rng.choice(("high", "urgent") if troubled else ("low", "normal", "high"))
        kind = "incident" if troubled else rng.choice(("question", "question", "incident"))
        # Minutes of office time: to the first reply, to the solution, to the second solution.
        reply = office.after(at, rng.randint(5, 120 if priority == "urgent" else 480))
        solved = office.after(reply, rng.randint(30, 3_000))
        steps = [(at, requester, "new"), (reply, agent, "open"), (solved, agent, "solved")]
        said = [(at, requester, "It does not work."), (reply, agent, "We are looking into it.")]
        if rng.random() < 0.3:
            waiting = office.after(reply, 15)
            if waiting < solved - 2 * HOUR:
                steps.insert(2, (waiting, agent, "pending"))
                steps.insert(3, (waiting + HOUR, requester, "open"))
                said.append((waiting, agent, "Which version do you run?"))
                said.append((waiting + HOUR, requester, "The newest one."))
        said.append((solved, agent, "This should be fixed now."))
        reopened = rng.random() < (0.35 if troubled else 0.07)
        if reopened:
            again = solved + rng.randint(2, 60) * HOUR
            solved = office.after(again, rng.randint(60, 2_000))
            steps += [(again, requester, "open"), (solved, agent, "solved")]
            said += [(again, requester, "It is back."), (solved, agent, "Now it is gone.")]
        steps.append((solved + 4 * DAY, agent, "closed"))
        self._write(ticket, priority, kind, steps, said)
        if solved < AS_OF - 2 * DAY and rng.random() < 0.5:
            happy = rng.random() < (0.4 if troubled else 0.7 if reopened else 0.92)
            self._rows["zendesk.ticket_field_history"].append(
                ("satisfaction_score", ticket, solved + 5 * HOUR, next_sync(solved + 5 * HOUR),
                 requester, "good" if happy else "bad")
            )  # fmt: skip

    def _write(
        self, ticket: int, priority: str, kind: str, steps: list[tuple[int, int, str]],
        said: list[tuple[int, int, str]],
    ) -> None:  # fmt: skip
        rows, rng = self._rows, self._rng
        steps = [step for step in steps if step[0] < AS_OF]
        at, requester, _ = steps[0]
        agent = steps[1][1] if len(steps) > 1 else None
        topic = rng.randrange(len(SUBJECTS))
        synced = min(AS_OF, next_sync(steps[-1][0]))
        rows["zendesk.ticket"].append(
            (ticket, synced, agent, BRAND, at, SUBJECTS[topic], None, None, GROUP, False, True,
             organization_id(self._customer.number), priority, requester, steps[-1][2],
             SUBJECTS[topic], requester, kind, steps[-1][0], rng.choice(("email", "web", "chat")))
        )  # fmt: skip
        history: list[tuple[Any, ...]] = [
            ("status", ticket, moment, synced, who, status) for moment, who, status in steps
        ]
        history.append(("priority", ticket, at, synced, requester, priority))
        if agent is not None:
            history.append(("assignee_id", ticket, steps[1][0], synced, agent, str(agent)))
        rows["zendesk.ticket_field_history"] += history
        rows["zendesk.ticket_comment"] += [
            (ticket * 10 + place, min(AS_OF, next_sync(moment)), text, moment, True, ticket, who,
             False)
            for place, (moment, who, text) in enumerate(said)
            if moment < AS_OF
        ]  # fmt: skip
        rows["zendesk.ticket_tag"].append((TAGS[topic], ticket, synced))
        rows["zendesk.ticket_schedule"].append((at, ticket, synced, self._office.id))
        rows["zendesk.ticket_sla_policy"].append((ticket, SLA, at, synced))
