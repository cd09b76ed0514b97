"""What the people who look after a customer do: calls, e-mails and meetings, as the CRM has them.

A role that looks after a customer is in touch every three to seven weeks, from the first day on. A
role that does not is never in touch.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from orchestration.simulator.billing import Rows
from orchestration.simulator.care import Care, Fate, last_day_of
from orchestration.simulator.clock import DAY, HOUR
from orchestration.simulator.config import AS_OF
from orchestration.simulator.crm import owner_id, partner_manager_id, success_manager_id
from orchestration.simulator.portal import crm_contact_id
from orchestration.simulator.sales import contact_id, event_row, task_row
from orchestration.simulator.stories import Story

# What is done, and how often: (subject, kind), the first time apart.
_CALL, _EMAIL, _MEETING = "Call", "Email", "Meeting"
_FIRST = {
    "account_manager": ("Welcome call", _CALL),
    "customer_success": ("Onboarding session", _MEETING),
    "partner_staff": ("Kick-off with partner", _MEETING),
}
_DONE = {
    "account_manager": (
        ("Call", _CALL), ("Renewal talk", _CALL), ("Follow up", _EMAIL), ("Offer", _EMAIL),
        ("Business review", _MEETING),
    ),
    "customer_success": (
        ("Check in", _CALL), ("Adoption tips", _EMAIL), ("Enablement session", _MEETING),
        ("Business review", _MEETING),
    ),
    "partner_staff": (
        ("Check in with partner", _CALL), ("Site visit", _MEETING),
        ("Enablement session", _MEETING),
    ),
}  # fmt: skip
_SPACING = (20, 50)


def touch_days(rng: random.Random, begin: int, end: int, spacing: tuple[int, int]) -> Iterator[int]:
    """Working days on which somebody is in touch, the first one at once."""
    day = begin
    while day <= end:
        weekday = (day + 3) % 7
        yield day if weekday < 5 else day + 7 - weekday
        day += rng.randint(*spacing)


class CareDesk:
    """Writes the touches of one customer."""

    def __init__(self, story: Story, fate: Fate, rows: Rows, seed: int) -> None:
        self._story = story
        self._fate = fate
        self._rows = rows
        self._seed = seed
        self._count = 0

    def write(self, care: list[Care]) -> None:
        """Tasks and meetings of each role that looks after the customer."""
        for one in care:
            if one.is_cared and one.role in _DONE:
                self._role(one.role)

    def _role(self, role: str) -> None:
        customer = self._story.customer
        rng = random.Random(f"{self._seed}:care:{customer.number}:{role}")
        begin, end = self._fate.begin, last_day_of(self._fate)
        for place, day in enumerate(touch_days(rng, begin, end, _SPACING)):
            at = day * DAY + rng.randint(8, 14) * HOUR + rng.randrange(60) * 60
            subject, kind = rng.choice(_DONE[role]) if place else _FIRST[role]
            people = self._people(role, at, rng)
            if people is None or at >= AS_OF - HOUR:
                continue
            owner, who = people
            self._count += 1
            number = f"{customer.number:08d}{self._count:03d}AAA"
            if kind == _MEETING:
                self._rows["salesforce.event"].append(
                    event_row(customer, f"00UC{number}", owner, who, at, subject)
                )
            else:
                self._rows["salesforce.task"].append(
                    task_row(customer, f"00TC{number}", owner, who, at, subject, kind)
                )

    def _people(self, role: str, at: int, rng: random.Random) -> tuple[str, str] | None:
        """(the vendor's person, the contact); none where no partner stands behind the customer."""
        number = self._story.customer.number
        if role == "account_manager":
            return owner_id(number), contact_id(number, 0)
        if role == "customer_success":
            return success_manager_id(number), contact_id(number, 0)
        partners = [
            one for one in self._story.associations
            if one.counts and one.subscription_id is None and one.in_force(at)
        ]  # fmt: skip
        if not partners:
            return None
        partner = int(rng.choice(partners).partner_id[4:])
        return partner_manager_id(partner), crm_contact_id(partner, number % 3)
