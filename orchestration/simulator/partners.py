"""The partner companies of the channel: distributors, resellers, service providers, referrers."""

from __future__ import annotations

import random
from dataclasses import dataclass

from orchestration.simulator.clock import DAY, HOUR
from orchestration.simulator.config import AS_OF, SimulationConfig
from orchestration.simulator.names import partner_name

REGIONS = {"NL": "EMEA", "DE": "EMEA", "GB": "EMEA", "US": "AMER", "JP": "APAC", "SE": "EMEA"}
TIERS = ("registered", "silver", "gold", "platinum")


@dataclass(slots=True)
class Partner:
    """A channel company. `joined`/`terminated` bound the time in which it may get customers."""

    number: int
    kind: str
    name: str
    parent: Partner | None
    tier: str
    country: str
    bills: bool
    joined: int
    terminated: int | None

    @property
    def id(self) -> str:
        return f"ptr_{self.number:05d}"

    @property
    def account_id(self) -> str:
        """Its account in the CRM."""
        return f"001P{self.number:011d}AAA"

    @property
    def stripe_id(self) -> str:
        """Its billing customer, where the partner is invoiced instead of the end customer."""
        return f"cus_partner_{self.number:05d}"

    def serves(self, at: int) -> bool:
        """Whether it was in the program at an instant."""
        return self.joined <= at and (self.terminated is None or at < self.terminated)


def draw_partners(config: SimulationConfig) -> list[Partner]:
    """All partners of a run, distributors first so that resellers can name their parent."""
    rng = random.Random(f"{config.seed}:partners")
    count = config.partner_count
    distributors = max(2, count // 12)
    partners: list[Partner] = []
    for number in range(1, count + 1):
        if number <= distributors:
            kind, parent = "distributor", None
        else:
            kind = ("reseller", "msp", "reseller", "referral", "reseller")[number % 5]
            two_tier = kind == "reseller" and rng.random() < 0.5
            parent = partners[rng.randrange(distributors)] if two_tier else None
        joined = config.begin - rng.randint(30, 900) * DAY
        if number > distributors and rng.random() < 0.2:
            joined = config.begin + rng.randint(60, 500) * DAY + rng.randrange(DAY)
        terminated = None
        if number > distributors and rng.random() < 0.08:
            terminated = AS_OF - rng.randint(40, 400) * DAY + 3 * HOUR
        partners.append(
            Partner(
                number, kind, partner_name(number), parent, rng.choice(TIERS),
                rng.choice(list(REGIONS)), kind in ("reseller", "msp") and rng.random() < 0.6,
                joined, terminated,
            )
        )  # fmt: skip
    return partners
