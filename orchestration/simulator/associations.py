"""Which partners stand behind a customer, and how that changes over time."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.simulator.catalogue import MICRO
from orchestration.simulator.clock import local_day
from orchestration.simulator.config import AS_OF
from orchestration.simulator.model import Customer, Subscription

Shares = tuple[tuple[str, int], ...]

OF_RECORD_ROLES = ("reseller_of_record", "msp", "referral")
WHOLE = MICRO
DIRECT: Shares = (("direct", MICRO),)


@dataclass(slots=True)
class Association:
    """A row of partner_association; `split` is millionths (70 % = 700,000)."""

    id: str
    partner_id: str
    role: str
    split: int
    valid_from: int
    valid_to: int | None
    recorded_at: int
    subscription_id: str | None = None
    is_of_record: bool | None = None

    @property
    def counts(self) -> bool:
        """Whether the split is of record: as said, or by the role's default."""
        if self.is_of_record is not None:
            return self.is_of_record
        return self.role in OF_RECORD_ROLES

    def in_force(self, at: int) -> bool:
        """Half-open validity, perhaps without an end."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


def _shares_at(associations: list[Association], sub_id: str, at: int) -> Shares:
    in_force = [one for one in associations if one.counts and one.in_force(at)]
    own = [one for one in in_force if one.subscription_id == sub_id]
    found: dict[str, int] = {}
    for one in own or [one for one in in_force if one.subscription_id is None]:
        found[one.partner_id] = found.get(one.partner_id, 0) + one.split
    rest = WHOLE - sum(found.values())
    if rest < 0:
        raise ValueError(f"shares of {sub_id} exceed the whole")
    if rest:
        found["direct"] = rest
    return tuple(sorted(found.items()))


def shares_by_day(associations: list[Association], sub: Subscription) -> list[tuple[int, Shares]]:
    """(from day, shares) from the subscription's first day on, as they are at a day's end."""
    points = {sub.start}
    for one in associations:
        for at in (one.valid_from, one.valid_to):
            if at is not None and sub.start < at <= AS_OF:
                points.add(at)
    found: list[tuple[int, Shares]] = []
    for at in sorted(points):
        day, shares = local_day(at), _shares_at(associations, sub.id, at)
        if found and found[-1][0] == day:
            found.pop()
        if not found or found[-1][1] != shares:
            found.append((day, shares))
    return found


def share_rows(
    customer: Customer, by_sub: dict[str, list[tuple[int, Shares]]]
) -> list[tuple[object, ...]]:
    """Rows of truth partner_shares, one a partner and span of an unchanged share."""
    rows: list[tuple[object, ...]] = []
    for sub in customer.subscriptions:
        if not sub.counted:
            continue
        open_since: dict[str, tuple[int, int]] = {}
        for day, shares in by_sub[sub.id]:
            current = dict(shares)
            for partner, (since, share) in sorted(open_since.items()):
                if current.get(partner) != share:
                    rows.append((sub.id, partner, share, since, day))
                    del open_since[partner]
            for partner, share in shares:
                open_since.setdefault(partner, (day, share))
        rows.extend(
            (sub.id, partner, share, since, None)
            for partner, (since, share) in sorted(open_since.items())
        )
    return rows
