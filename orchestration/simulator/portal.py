"""Rows of the partner portal: partners, their people, learning, talks and registered deals."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from orchestration.simulator.billing import Rows
from orchestration.simulator.clock import DAY, HOUR, next_sync
from orchestration.simulator.config import AS_OF, SimulationConfig
from orchestration.simulator.crm import partner_manager_id
from orchestration.simulator.names import person_name
from orchestration.simulator.partners import REGIONS, Partner
from orchestration.simulator.sales import annual_value, opportunity_id
from orchestration.simulator.stories import Story

_TRACKS = ("sales", "engineering", "support", "security")
_LEVELS = ("foundation", "professional", "expert")
TOPICS = ("pricing", "new release", "renewals", "joint plan", "incident", "campaign")
_ROLES = ("sales", "engineer", "support", "manager")


def partner_rows(partners: list[Partner]) -> list[tuple[Any, ...]]:
    """Rows of partner."""
    return [
        (one.id, one.name, one.kind, one.parent.id if one.parent else None, one.tier,
         REGIONS[one.country], one.country, one.account_id, one.stripe_id if one.bills else None,
         "terminated" if one.terminated else "active", one.joined, one.terminated, False,
         one.joined - 7 * DAY, one.terminated or one.joined, AS_OF)
        for one in partners
    ]  # fmt: skip


def association_rows(story: Story) -> list[tuple[Any, ...]]:
    """Rows of partner_association of a customer."""
    return [
        (one.id, story.customer.id, one.subscription_id, one.partner_id, one.role, one.is_of_record,
         one.split, one.valid_from, one.valid_to, one.recorded_at, False, AS_OF)
        for one in story.associations
    ]  # fmt: skip


def deal_rows(story: Story, partners: list[Partner], seed: int) -> Iterator[tuple[Any, ...]]:
    """Rows of deal_registration: what the first partner of record claimed, won or not."""
    customer = story.customer
    first = next((one for one in story.associations if one.counts), None)
    if first is None or not customer.linked:
        return
    rng = random.Random(f"{seed}:deals:{customer.number}")
    start = min(sub.start for sub in customer.subscriptions)
    item = customer.subscriptions[0].items[0]
    partner = partners[int(first.partner_id[4:]) - 1]
    person = person_id(partner.number, 0)
    amount = annual_value(item, customer.currency)
    outcomes = ["won"] if rng.random() < 0.8 else []
    if rng.random() < 0.2:
        outcomes.append(rng.choice(("lost", "rejected", "expired", "approved", "submitted")))
    for index, status in enumerate(outcomes):
        at = start - rng.randint(20, 80) * DAY if status == "won" else start + 90 * DAY
        if at > AS_OF - DAY or status in ("submitted", "approved"):
            at = AS_OF - rng.randint(2, 20) * DAY
        at = max(at, min(start, partner.joined + DAY))  # nobody registers before joining
        decided = None if status == "submitted" else min(AS_OF - HOUR, at + 3 * DAY)
        closed = None
        if status in ("won", "lost", "expired"):
            closed = start if status == "won" else min(AS_OF - HOUR, at + 60 * DAY)
        yield (
            f"deal_{customer.number:07d}{index}", first.partner_id, person, customer.account_id,
            opportunity_id(customer.number, 1) if status == "won" else None, item.product.id,
            amount, customer.currency.upper(), status, at, decided, at + 90 * DAY, closed, AS_OF,
        )  # fmt: skip


def person_id(partner: int, index: int) -> str:
    """Id of the n-th person of a partner."""
    return f"per_{partner:05d}{index:02d}"


def people_of(partner: int) -> int:
    """How many people of a partner the portal knows; the first three stay for good."""
    return 3 + partner % 6


def crm_contact_id(partner: int, index: int) -> str:
    """The CRM's contact for the n-th person of a partner."""
    return f"003P{partner:09d}{index:02d}AAA"


def contact_rows(partner: Partner) -> list[tuple[Any, ...]]:
    """Rows of the CRM's contact: a partner's people."""
    rows: list[tuple[Any, ...]] = []
    for index in range(people_of(partner.number)):
        given, family = person_name(partner.number * 11 + index)
        rows.append(
            (crm_contact_id(partner.number, index), AS_OF, partner.account_id, partner.joined,
             "Channel", f"p{index}@partner{partner.number}.example", given, False,
             AS_OF // DAY - partner.number % 30, partner.joined, family, f"{given} {family}",
             partner_manager_id(partner.number), _ROLES[index % 4].title(), "Partner portal", True)
        )  # fmt: skip
    return rows


def course_rows() -> list[tuple[Any, ...]]:
    """Courses with their yearly deltas, which only bring an older certificate up to date."""
    rows: list[tuple[Any, ...]] = []
    released = AS_OF - 1_500 * DAY
    for place, track in enumerate(_TRACKS):
        for step, level in enumerate(_LEVELS):
            base = f"crs_{track}_{level}"
            first = released + (place * 20 + step * 45) * DAY
            retired = AS_OF - 300 * DAY if (track, level) == ("support", "foundation") else None
            rows.append(
                (base, f"{track.title()} {level}", track, level, False, None, first, retired, AS_OF)
            )
            rows.extend(
                (f"{base}_delta{year}", f"{track.title()} {level} update {year}", track, level,
                 True, base, first + year * 365 * DAY, None, AS_OF)
                for year in (1, 2, 3)
            )  # fmt: skip
    return rows


class PartnerDesk:
    """What one partner's people do in the portal."""

    def __init__(self, partner: Partner, config: SimulationConfig, rows: Rows) -> None:
        self._partner = partner
        self._rows = rows
        self._begin = max(partner.joined, config.begin)
        self._end = partner.terminated or AS_OF
        self._rng = random.Random(f"{config.seed}:portal:{partner.number}")
        self._courses = course_rows()

    def write(self) -> None:
        """People with their certificates and logins, and the partner's conversations."""
        people = people_of(self._partner.number)
        for index in range(people):
            self._person(index)
        self._messages(people)

    def _person(self, index: int) -> None:
        partner, rng = self._partner, self._rng
        person = person_id(partner.number, index)
        given, family = person_name(partner.number * 11 + index)
        joined = self._begin + (rng.randint(0, 200) * DAY if index > 2 else 0)
        left = self._end - rng.randint(10, 100) * DAY if index > 3 and rng.random() < 0.2 else None
        if joined >= self._end - 120 * DAY:
            joined, left = self._begin, None
        self._rows["partner_portal.person"].append(
            (person, partner.id, f"{given} {family}", f"p{index}@partner{partner.number}.example",
             _ROLES[index % 4], crm_contact_id(partner.number, index), joined, left, False,
             AS_OF)
        )  # fmt: skip
        until = min(left or self._end, AS_OF)
        self._learn(person, joined, until)
        at = joined + rng.randrange(20 * DAY)
        count = 0
        while at < until:
            count += 1
            self._rows["partner_portal.portal_login"].append(
                (f"log_{person[4:]}{count:04d}", person, at, min(AS_OF, next_sync(at)))
            )
            at += rng.randint(3, 45) * DAY + rng.randrange(DAY)

    def _learn(self, person: str, joined: int, until: int) -> None:
        rng = self._rng
        open_courses = [course for course in self._courses if course[6] < until]
        for number, course in enumerate(rng.sample(open_courses, min(4, len(open_courses)))):
            enrolled = max(joined, course[6]) + rng.randint(1, 120) * DAY
            if enrolled >= until:
                continue
            done = enrolled + rng.randint(3, 60) * DAY
            finished = done < until and rng.random() < 0.75
            self._rows["partner_portal.training"].append(
                (f"trn_{person[4:]}{number}", person, course[0], enrolled,
                 done if finished else None, 100 if finished else rng.randint(5, 90), AS_OF)
            )  # fmt: skip
            if finished:
                revoked = min(done + 200 * DAY, AS_OF - DAY) if rng.random() < 0.03 else None
                self._rows["partner_portal.certification"].append(
                    (f"crt_{person[4:]}{number}", person, course[0], done, revoked, AS_OF)
                )

    def _messages(self, people: int) -> None:
        """Threads; some partners only get mail, others answer."""
        rng, partner = self._rng, self._partner
        talkative = rng.random()
        at = self._begin + rng.randrange(15 * DAY)
        count = 0
        while at < self._end:
            person = person_id(partner.number, rng.randrange(people))
            thread = f"thr_{partner.number:05d}{count:04d}"
            topic, channel = rng.choice(TOPICS), rng.choice(("portal", "email"))
            previous, sent = None, at
            outward = rng.random() < 0.7
            for _ in range(4):
                answered = sent + rng.randint(1, 120) * HOUR
                replies = answered < self._end and rng.random() < talkative
                read = sent + HOUR if replies or rng.random() < 0.6 else None
                message = f"msg_{partner.number:05d}{count:04d}"
                direction = "vendor_to_partner" if outward else "partner_to_vendor"
                self._rows["partner_portal.message"].append(
                    (message, partner.id, person, thread, previous, direction, topic, channel,
                     sent, read if read is None or read < AS_OF else None,
                     answered if replies else None, min(AS_OF, next_sync(sent)))
                )  # fmt: skip
                count += 1
                if not replies:
                    break
                previous, sent, outward = message, answered, not outward
            at += rng.randint(10, 60) * DAY
