"""What happens to one customer, before any system has written it down.

Billing turns a story into rows, the truth into MRR. Neither reads the other's result, so a test
that compares a warehouse built from the rows with the truth proves something.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from orchestration.simulator.catalogue import Coupon, Price, Product
from orchestration.simulator.clock import DAY, HOUR, add_months

# How a change reaches the books.
AT_START = "start"
PRORATED = "prorated"
AT_RENEWAL = "renewal"
NOT_YET_BILLED = "not_yet_billed"


@dataclass(slots=True)
class Step:
    """From `at` an item runs at a quantity and a price."""

    at: int
    quantity: int
    price: Price
    how: str


@dataclass(slots=True)
class Item:
    """One line of a subscription. `end` is set only when it leaves a living subscription."""

    id: str
    steps: list[Step]
    end: int | None = None
    end_credited: bool = False
    odd_amount: int | None = None
    wrong_price_at: int | None = None
    replaces: str | None = None

    @property
    def start(self) -> int:
        return self.steps[0].at

    @property
    def product(self) -> Product:
        return self.steps[0].price.product

    def step_at(self, at: int) -> Step:
        """The step in force; the first one before the item's start."""
        found = self.steps[0]
        for step in self.steps:
            if step.at > at:
                break
            found = step
        return found


@dataclass(slots=True)
class Phase:
    """A stretch with one billing rhythm; the first period may have another length."""

    start: int
    interval: str
    count: int
    first_end: int | None = None

    def boundary(self, index: int) -> int:
        """Start of billing period `index` (the end of period `index - 1`)."""
        if index == 0:
            return self.start
        anchor, steps = self.start, index
        if self.first_end is not None:
            anchor, steps = self.first_end, index - 1
        steps *= self.count
        if self.interval == "month":
            return add_months(anchor, steps)
        if self.interval == "year":
            return add_months(anchor, steps * 12)
        return anchor + steps * DAY * (7 if self.interval == "week" else 1)


@dataclass(slots=True)
class Discount:
    """A coupon on a subscription or on a billing customer.

    `on_invoice_at` is the moment of the one invoice a once-coupon was applied to; `counts` is false
    for a once-coupon that met only proration lines.
    """

    id: str
    coupon: Coupon
    start: int
    end: int | None
    on_invoice_at: int | None = None
    counts: bool = True
    own_table: bool = False
    shown_end: int | None = None


@dataclass(slots=True)
class Subscription:
    """A contract in billing: its items, rhythm, status history and discounts."""

    id: str
    start: int
    currency: str
    phases: list[Phase]
    items: list[Item] = field(default_factory=list)
    statuses: list[tuple[int, str]] = field(default_factory=list)
    discounts: list[Discount] = field(default_factory=list)
    trial: tuple[int, int] | None = None
    cancel_requests: list[tuple[int, bool, int | None]] = field(default_factory=list)
    license_type: str | None = None
    one_time: list[tuple[int, Price, int]] = field(default_factory=list)
    refund: str | None = None
    voided_at: int | None = None
    write_off: bool = False

    @property
    def ended(self) -> int | None:
        """The instant at which service ended for good."""
        at, status = self.statuses[-1]
        return at if status in ("canceled", "incomplete_expired") else None

    @property
    def counted(self) -> bool:
        """Whether the subscription may carry MRR at all."""
        return self.license_type is None

    def status_at(self, at: int) -> str:
        """Status in force (the first one before the start)."""
        found = self.statuses[0][1]
        for since, status in self.statuses:
            if since > at:
                break
            found = status
        return found

    def phase_at(self, at: int) -> Phase:
        """The billing rhythm in force."""
        found = self.phases[0]
        for phase in self.phases:
            if phase.start > at:
                break
            found = phase
        return found

    def period_at(self, at: int) -> tuple[int, int]:
        """The billing period that holds an instant."""
        phase = self.phase_at(at)
        index = 0
        while phase.boundary(index + 1) <= at:
            index += 1
        return phase.boundary(index), phase.boundary(index + 1)

    def renewal_after(self, at: int) -> int:
        """The first period start at or after an instant."""
        start, end = self.period_at(at)
        return start if start == at else end

    def close(self, at: int) -> None:
        """End the subscription."""
        self.statuses.append((at, "canceled"))


@dataclass(slots=True)
class Customer:
    """One end customer and all that is sold to it."""

    number: int
    plot: str
    rng: random.Random
    currency: str
    subscriptions: list[Subscription] = field(default_factory=list)
    discounts: list[Discount] = field(default_factory=list)
    linked: bool = True
    country: str = "NL"
    billing_partner: int | None = None
    sub_count: int = 0
    item_count: int = 0
    discount_count: int = 0

    @property
    def account_id(self) -> str:
        """CRM account id, in the CRM's 18-character shape."""
        return f"001C{self.number:011d}AAA"

    @property
    def stripe_id(self) -> str:
        """Billing customer of a directly billed customer."""
        return f"cus_{self.number:08d}"

    @property
    def id(self) -> str:
        """Id of the end customer in the truth."""
        return self.account_id if self.linked else self.stripe_id

    @property
    def payer_id(self) -> str:
        """The billing customer that holds the subscriptions."""
        if self.billing_partner is not None:
            return f"cus_partner_{self.billing_partner:05d}"
        return self.stripe_id

    # -- building blocks of the plots -------------------------------------------------------------

    def subscribe(
        self,
        start: int,
        term: tuple[str, int],
        *lines: tuple[Price, int],
        trial_days: int = 0,
        odd_months: tuple[int, int] | None = None,
    ) -> Subscription:
        """Sell a subscription; `odd_months` = (months, days) of a first period of odd length."""
        self.sub_count += 1
        first_end = None
        if trial_days:
            first_end = start + trial_days * DAY
        elif odd_months:
            first_end = add_months(start, odd_months[0]) + odd_months[1] * DAY
        sub = Subscription(
            f"sub_{self.number:07d}{self.sub_count:02d}",
            start,
            self.currency,
            [Phase(start, *term, first_end)],
        )
        if trial_days and first_end is not None:
            sub.trial = (start, first_end)
            sub.statuses = [(start, "trialing"), (first_end, "active")]
        else:
            sub.statuses = [(start, "active")]
        for price, quantity in lines:
            self.add_item(sub, start, price, quantity, AT_START)
        self.subscriptions.append(sub)
        return sub

    def add_item(self, sub: Subscription, at: int, price: Price, quantity: int, how: str) -> Item:
        """Put one more item on a subscription."""
        self.item_count += 1
        item = Item(f"si_{self.number:07d}{self.item_count:03d}", [Step(at, quantity, price, how)])
        sub.items.append(item)
        return item

    def discount(
        self,
        coupon: Coupon,
        start: int,
        end: int | None,
        sub: Subscription | None = None,
        on_invoice_at: int | None = None,
        counts: bool = True,
        own_table: bool = False,
    ) -> Discount:
        """Grant a coupon to a subscription, or to everything the customer has."""
        self.discount_count += 1
        found = Discount(
            f"di_{self.number:07d}{self.discount_count:02d}", coupon, start, end,
            on_invoice_at, counts, own_table, None if coupon.duration == "once" else end,
        )  # fmt: skip
        (self.discounts if sub is None else sub.discounts).append(found)
        return found

    def inside(self, sub: Subscription, at: int) -> int:
        """A moment well inside the billing period that holds `at`, sometimes close to midnight."""
        start, end = sub.period_at(at)
        margin = min(2 * DAY, (end - start) // 4)
        moment = self.rng.randrange(start + margin, end - margin)
        if self.rng.random() < 0.2 and end - start > 6 * DAY:
            day = moment // DAY * DAY
            moment = day + 21 * HOUR + self.rng.randrange(0, 3 * HOUR - 1)
        return moment

    def replace_links(self, old: Subscription, new: Subscription) -> None:
        """Say that the items of `new` take over from those of `old`, pairwise."""
        for before, after in zip(old.items, new.items, strict=True):
            after.replaces = before.id
