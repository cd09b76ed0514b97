"""Rows of the partner portal about partners and their associations."""

from __future__ import annotations

from typing import Any

from orchestration.simulator.clock import DAY
from orchestration.simulator.config import AS_OF
from orchestration.simulator.partners import REGIONS, Partner
from orchestration.simulator.stories import Story


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
