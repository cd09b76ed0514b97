"""Who looks after a customer, and what that is truly worth.

A customer's fate is told first and no care may change it, so care is drawn given the fate: for each
role, the log-odds that it looks after a customer are

    base + by segment + settled + renewed x (customer is kept) + expanded x (customer expanded)

An odds ratio does not mind the direction. Given segment, tenure and the other outcome, the true
odds ratio between care and an outcome is exactly the exponential of the constant below, in any
finer stratum too. Three roles have an effect on one outcome and none on the other; customer
support has none at all. A comparison of one outcome leaves the other in, and the two are related:
what it should find then follows from the probabilities in the truth table `care`. So does a risk
difference, which has no constant of its own.

Large and settled customers are looked after more, and settled ones leave less and expand less: a
comparison without segment and tenure is confounded, most of all by tenure. Segment itself has
nothing to do with fate.

Care is for life and is drawn by what became of the last twelve months, so that this truth is that
of the newest month's estimates. In earlier months those who leave later are among those who stay,
and the association is weaker. Customers that the CRM does not know are looked after by nobody.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from orchestration.simulator.billing import Row
from orchestration.simulator.clock import local_day, month_start
from orchestration.simulator.config import AS_OF, LAST_DAY
from orchestration.simulator.crm import segment
from orchestration.simulator.stories import Story

MILLION = 1_000_000


@dataclass(frozen=True)
class Effect:
    """Log-odds of being looked after by a role: at all, and with each outcome."""

    base: float
    renewed: float = 0.0
    expanded: float = 0.0


EFFECTS = {
    "account_manager": Effect(-1.3, renewed=0.7),
    "customer_success": Effect(-1.9, renewed=1.2),
    "partner_staff": Effect(-0.7, expanded=0.9),
    "customer_support": Effect(-0.6),
}
BY_SEGMENT = {"small": -0.8, "medium": 0.0, "enterprise": 0.8}
SETTLED = 1.5

# The outcomes are those of the last twelve months: what a customer has at the end of the data, and
# whether it bought more since. It is settled when it landed eighteen months before they began.
WINDOW_MONTHS, SETTLED_MONTHS = 12, 18
COHORT_DAY = month_start(LAST_DAY, 1 - WINDOW_MONTHS) - 1
SETTLED_BEFORE = month_start(COHORT_DAY, 1 - SETTLED_MONTHS)
NOT_BOUGHT = ("escalator", "discount_end")


@dataclass(frozen=True)
class Fate:
    """What care is drawn by: `begin` is the first day with MRR, `end` the day after the last."""

    begin: int
    end: int | None
    is_renewed: bool
    has_expanded: bool

    @property
    def is_settled(self) -> bool:
        """Whether it had been a customer for long when the last twelve months began."""
        return self.begin < SETTLED_BEFORE


@dataclass(frozen=True)
class Care:
    """Whether a role looks after a customer all its life; `chance` in millionths."""

    role: str
    chance: int
    is_cared: bool


def fate_of(story: Story, movements: list[Row]) -> Fate | None:
    """The fate of a customer that ever had MRR.

    `movements` are rows of that truth table; a run too large for them knows of no expansion.
    """
    bought = [
        day
        for day, *_, movement, reason, _ in movements
        if movement == "expansion" and reason not in NOT_BOUGHT
    ]
    spans = [(start, end) for line in story.lines for start, end, _ in line.spans()]
    if not spans:
        return None
    ends = [end for _, end in spans if end is not None]
    alive = any(start <= LAST_DAY and (end is None or end > LAST_DAY) for start, end in spans)
    return Fate(
        begin=min(start for start, _ in spans),
        end=max(ends) if len(ends) == len(spans) else None,
        is_renewed=alive,
        has_expanded=any(COHORT_DAY < day <= LAST_DAY for day in bought),
    )


def chance_of(effect: Effect, number: int, fate: Fate) -> int:
    """Chance in millionths that a role looks after a customer."""
    log_odds = effect.base + BY_SEGMENT[segment(number)]
    log_odds += SETTLED * fate.is_settled
    log_odds += effect.renewed * fate.is_renewed + effect.expanded * fate.has_expanded
    return round(MILLION / (1 + math.exp(-log_odds)))


def draw_care(story: Story, fate: Fate, seed: int) -> list[Care]:
    """Care by each role that can reach the customer; partner staff need a partner of record."""
    customer = story.customer
    if not customer.linked:
        return []
    with_partner = any(one.counts for one in story.associations)
    found = []
    for role, effect in EFFECTS.items():
        chance = chance_of(effect, customer.number, fate)
        rng = random.Random(f"{seed}:care:{role}:{customer.number}")
        is_cared = rng.randrange(MILLION) < chance
        if role != "partner_staff" or with_partner:
            found.append(Care(role, chance, is_cared))
    return found


def effect_rows() -> list[tuple[object, ...]]:
    """Rows of truth care_effects; log-odds in millionths."""
    return [
        (role, outcome, round(getattr(effect, outcome) * MILLION))
        for role, effect in EFFECTS.items()
        for outcome in ("renewed", "expanded")
    ]


def care_rows(story: Story, fate: Fate, care: list[Care]) -> list[tuple[object, ...]]:
    """Rows of truth care."""
    customer = story.customer
    return [
        (customer.id, one.role, segment(customer.number), fate.is_settled, fate.is_renewed,
         fate.has_expanded, one.chance, one.is_cared)
        for one in care
    ]  # fmt: skip


def last_day_of(fate: Fate) -> int:
    """The last day on which anybody looks after the customer."""
    return local_day(AS_OF) - 2 if fate.end is None else fate.end - 1
