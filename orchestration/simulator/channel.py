"""Draws the partners behind a customer: one, two, changing, overridden, or none."""

from __future__ import annotations

from orchestration.simulator.associations import Association
from orchestration.simulator.clock import DAY, HOUR
from orchestration.simulator.config import AS_OF
from orchestration.simulator.model import Customer
from orchestration.simulator.partners import Partner
from orchestration.simulator.teller import RetryStoryError

# How a customer is served, and how often; the first customers get each in turn.
ARRANGEMENTS = {
    "direct": 16,
    "reseller": 26,
    "msp": 12,
    "referral": 8,
    "two_partners": 6,
    "change_of_record": 9,
    "split_change": 5,
    "becomes_partnered": 4,
    "goes_direct": 2,
    "own_partner_for_one": 4,
    "influencer_only": 3,
    "no_crm_link": 3,
    "explicitly_not_of_record": 1,
}


class _Draw:
    """The associations of one customer in the making."""

    def __init__(self, customer: Customer, partners: list[Partner]) -> None:
        self.customer = customer
        self.rng = customer.rng
        self.first = min(sub.start for sub in customer.subscriptions)
        self.partners = partners
        self.found: list[Association] = []

    def partner(self, *kinds: str, but: Partner | None = None, at: int | None = None) -> Partner:
        """A partner of a kind that is in the program at a moment."""
        moment = self.first if at is None else at
        for _ in range(40):
            one = self.rng.choice(self.partners)
            if one.kind in kinds and one.serves(moment) and one is not but:
                return one
        raise RetryStoryError

    def add(
        self,
        partner: Partner,
        role: str,
        percent: int,
        since: int,
        until: int | None = None,
        sub_id: str | None = None,
        of_record: bool | None = None,
    ) -> None:
        """One association; a reseller of a distributor brings the distributor's own row along."""
        late = self.rng.randint(35, 80) * DAY if self.rng.random() < 0.06 else 0
        recorded = min(AS_OF - DAY, since + late + self.rng.randrange(8 * HOUR))
        number = len(self.found) + 1
        self.found.append(
            Association(
                f"pa_{self.customer.number:07d}{number:02d}", partner.id, role, percent * 10_000,
                since, until, recorded, sub_id, of_record,
            )
        )  # fmt: skip
        if role == "reseller_of_record" and partner.parent is not None:
            self.add(partner.parent, "distributor", 100, since, until, sub_id)

    def since(self) -> int:
        """A beginning before the first sale."""
        return self.first - self.rng.randint(0, 20) * DAY

    def later(self) -> int:
        """A moment well after the first sale, some of them close to midnight."""
        low, high = self.first + 40 * DAY, AS_OF - 20 * DAY
        if high <= low:
            raise RetryStoryError
        at = self.rng.randrange(low, high)
        if self.rng.random() < 0.3:
            at = at // DAY * DAY + 22 * HOUR + self.rng.randrange(2 * HOUR)
        return at


def associate(customer: Customer, partners: list[Partner]) -> list[Association]:
    """The associations of a customer; may set who is billed and whether the CRM knows it.

    Raises RetryStoryError when the drawn arrangement does not fit the customer's life.
    """
    names = list(ARRANGEMENTS)
    if customer.number <= 4 * len(names):
        name = names[customer.number // 4 % len(names)]
    else:
        name = customer.rng.choices(names, list(ARRANGEMENTS.values()))[0]
    draw = _Draw(customer, partners)
    _ARRANGE[name](draw)
    if name not in ("direct", "no_crm_link", "influencer_only") and draw.rng.random() < 0.08:
        draw.add(draw.partner("referral", "msp", "reseller"), "influencer", 100, draw.since())
    return draw.found


def _billed_by(draw: _Draw, partner: Partner) -> None:
    # A discount on the billing customer would reach all other customers of that partner.
    if partner.bills and not draw.customer.discounts:
        draw.customer.billing_partner = partner.number


def _direct(draw: _Draw) -> None:
    pass


def _no_crm_link(draw: _Draw) -> None:
    draw.customer.linked = False


def _reseller(draw: _Draw) -> None:
    partner = draw.partner("reseller")
    draw.add(partner, "reseller_of_record", 100, draw.since())
    _billed_by(draw, partner)


def _msp(draw: _Draw) -> None:
    partner = draw.partner("msp")
    draw.add(partner, "msp", 100, draw.since(), of_record=True if draw.rng.random() < 0.3 else None)
    _billed_by(draw, partner)


def _referral(draw: _Draw) -> None:
    draw.add(draw.partner("referral"), "referral", draw.rng.choice([10, 15, 100]), draw.since())


def _two_partners(draw: _Draw) -> None:
    first = draw.partner("reseller")
    percent = draw.rng.choice([70, 60, 55])
    since = draw.since()
    draw.add(first, "reseller_of_record", percent, since)
    draw.add(draw.partner("msp"), "msp", 100 - percent, since)


def _change_of_record(draw: _Draw) -> None:
    at = draw.later()
    first = draw.partner("reseller", "msp")
    second = draw.partner("reseller", "msp", but=first, at=at)
    for partner, since, until in ((first, draw.since(), at), (second, at, None)):
        role = "msp" if partner.kind == "msp" else "reseller_of_record"
        draw.add(partner, role, 100, since, until)


def _split_change(draw: _Draw) -> None:
    at = draw.later()
    first, second = draw.partner("reseller"), draw.partner("msp")
    since = draw.since()
    for percent, start, end in ((70, since, at), (50, at, None)):
        draw.add(first, "reseller_of_record", percent, start, end)
        draw.add(second, "msp", 100 - percent, start, end)


def _becomes_partnered(draw: _Draw) -> None:
    at = draw.later()
    draw.add(draw.partner("reseller", at=at), "reseller_of_record", 100, at)


def _goes_direct(draw: _Draw) -> None:
    at = draw.later()
    draw.add(draw.partner("reseller"), "reseller_of_record", 100, draw.since(), at)


def _own_partner_for_one(draw: _Draw) -> None:
    first = draw.partner("reseller")
    draw.add(first, "reseller_of_record", 100, draw.since())
    sub = draw.customer.subscriptions[-1]
    if any(item.replaces for item in sub.items) or draw.rng.random() < 0.5:
        since = sub.start
    else:
        since = draw.later()
    other = draw.partner("msp")
    draw.add(other, "msp", 100, since, sub_id=sub.id)


def _influencer_only(draw: _Draw) -> None:
    draw.add(draw.partner("msp", "referral"), "influencer", 100, draw.since())


def _explicitly_not_of_record(draw: _Draw) -> None:
    draw.add(draw.partner("referral"), "referral", 20, draw.since(), of_record=False)
    draw.add(draw.partner("reseller"), "influencer", 40, draw.since(), of_record=True)


_ARRANGE = {
    "direct": _direct,
    "reseller": _reseller,
    "msp": _msp,
    "referral": _referral,
    "two_partners": _two_partners,
    "change_of_record": _change_of_record,
    "split_change": _split_change,
    "becomes_partnered": _becomes_partnered,
    "goes_direct": _goes_direct,
    "own_partner_for_one": _own_partner_for_one,
    "influencer_only": _influencer_only,
    "no_crm_link": _no_crm_link,
    "explicitly_not_of_record": _explicitly_not_of_record,
}
