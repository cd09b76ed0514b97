"""Partners with whom talk becomes a conversation, or stops being one: threads and portal visits.

It comes on top of the few messages that every partner gets, and has nothing to do with how a
partner's customers fare: what conversation does for growth is truly nothing here.
"""

from __future__ import annotations

import random

from orchestration.simulator.billing import Rows
from orchestration.simulator.clock import DAY, HOUR, next_sync
from orchestration.simulator.config import AS_OF, SimulationConfig
from orchestration.simulator.partners import Partner
from orchestration.simulator.portal import TOPICS, person_id

# How partners talk: how often, and in which part of their time in the program.
HABITS = {"quiet": 45, "steady": 20, "growing": 25, "fading": 10}
_SPACING_DAYS = (10, 30)


def talk_rows(partner: Partner, config: SimulationConfig, rows: Rows) -> None:
    """Rows of message and portal_login of a partner that talks."""
    rng = random.Random(f"{config.seed}:talk:{partner.number}")
    habit = rng.choices(list(HABITS), list(HABITS.values()))[0]
    begin, end = max(partner.joined, config.begin), partner.terminated or AS_OF
    turn = begin + (end - begin) * rng.randint(35, 60) // 100
    at = begin + rng.randrange(20 * DAY)
    thread = 0
    while habit != "quiet" and at < end - 10 * DAY:
        if habit == "steady" or (at >= turn) == (habit == "growing"):
            thread += 1
            _thread(partner, thread, at // DAY * DAY + rng.randint(8, 15) * HOUR, end, rng, rows)
        at += rng.randint(*_SPACING_DAYS) * DAY


def _thread(
    partner: Partner, thread: int, at: int, end: int, rng: random.Random, rows: Rows
) -> None:
    """Three to six messages to and fro; whoever writes from the portal has logged in for it."""
    person = person_id(partner.number, rng.randrange(3))
    name = f"{partner.number:05d}t{thread:03d}"
    topic = rng.choice(TOPICS)
    from_partner = rng.random() < 0.5
    moments = [at]
    for _ in range(rng.randint(2, 5)):
        moments.append(moments[-1] + rng.randint(1, 40) * HOUR)
    moments = [moment for moment in moments if moment < end]
    previous = None
    for place, moment in enumerate(moments):
        answered = moments[place + 1] if place + 1 < len(moments) else None
        message = f"msg_{name}{place}"
        read = min(moment + HOUR, answered or moment + HOUR)
        rows["partner_portal.message"].append(
            (message, partner.id, person, f"thr_{name}", previous,
             "partner_to_vendor" if from_partner else "vendor_to_partner", topic, "portal", moment,
             read if read < AS_OF else None, answered, min(AS_OF, next_sync(moment)))
        )  # fmt: skip
        if from_partner:
            visit = moment - rng.randint(2, 40) * 60
            rows["partner_portal.portal_login"].append(
                (f"log_{name}{place}", person, visit, min(AS_OF, next_sync(visit)))
            )
        previous, from_partner = message, not from_partner
