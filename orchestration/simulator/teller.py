"""What every plot needs: moments, prices, quantities, from the customer's own generator."""

from __future__ import annotations

import random
from collections.abc import Callable

from orchestration.simulator.catalogue import (
    CORE,
    EVENTS,
    MONTH,
    SEAT_PRODUCTS,
    WEEK,
    YEAR,
    Price,
    Product,
    price,
)
from orchestration.simulator.clock import DAY, HOUR, add_months
from orchestration.simulator.config import AS_OF
from orchestration.simulator.model import (
    AT_RENEWAL,
    AT_START,
    PRORATED,
    Customer,
    Item,
    Step,
    Subscription,
)


class RetryStoryError(Exception):
    """The dice gave a story that does not fit the calendar; the customer is told again."""


Term = tuple[str, int]
Plot = Callable[["Teller"], None]

PLOTS: dict[str, tuple[Plot, int]] = {}


def plot(weight: int) -> Callable[[Plot], Plot]:
    """Register a plot; `weight` says how often it is drawn once each has been told."""

    def register(tell: Plot) -> Plot:
        PLOTS[tell.__name__] = (tell, weight)
        return tell

    return register


class Teller:
    """Tells one plot for one customer, between `begin` and the moment the data was synced.

    `established` skews starts to the beginning, so that a large run has the long invoice history
    that makes it large: about thirty lines an item in three years.
    """

    def __init__(self, customer: Customer, begin: int, established: bool = False) -> None:
        self.customer = customer
        self.begin = begin
        self.established = established
        self.rng: random.Random = customer.rng

    # -- moments ----------------------------------------------------------------------------------

    def start(self, days_needed: int = 40, latest: int = AS_OF) -> int:
        """A start that leaves `days_needed`; likelier early, some near midnight or month's end."""
        room = (latest - days_needed * DAY - self.begin) // DAY
        if room < 1:
            raise RetryStoryError
        day = self.begin // DAY + int(room * self.rng.random() ** (6 if self.established else 1.5))
        draw = self.rng.random()
        if draw < 0.08:  # the 31st: the billing day then wanders with the month's length
            day = add_months(day * DAY, 0, 31) // DAY
        if draw > 0.8:
            return day * DAY + 21 * HOUR + self.rng.randrange(3 * HOUR)
        return day * DAY + 6 * HOUR + self.rng.randrange(12 * HOUR)

    def moment(self, sub: Subscription, after_days: int, before_days: int) -> int:
        """A moment inside some billing period, so many days after the start and before the end."""
        low, high = sub.start + after_days * DAY, AS_OF - before_days * DAY
        if high <= low:
            raise RetryStoryError
        at = self.customer.inside(sub, self.rng.randrange(low, high))
        if not sub.start < at < AS_OF - 2 * DAY:
            raise RetryStoryError
        return at

    def renewal(self, sub: Subscription, after_days: int, before_days: int) -> int:
        """A renewal of the subscription inside a window."""
        low, high = sub.start + after_days * DAY, AS_OF - before_days * DAY
        if high <= low:
            raise RetryStoryError
        at = sub.renewal_after(self.rng.randrange(low, high))
        if at >= AS_OF - 2 * DAY:
            raise RetryStoryError
        return at

    # -- goods ------------------------------------------------------------------------------------

    def price(self, product: Product, term: Term = MONTH, edition: str = "v1") -> Price:
        """A price in the customer's currency."""
        return price(product, self.customer.currency, term, edition)

    def quantity(self, product: Product = CORE, low: int = 3, high: int = 40) -> int:
        """A number of seats or packs."""
        if product is EVENTS:
            return product.quantity_step * self.rng.randint(2, 20)
        return self.rng.randint(low, high)

    def product(self, *but: Product) -> Product:
        """A product sold by the seat, other than those given."""
        return self.rng.choice([one for one in SEAT_PRODUCTS if one not in but])

    def term(self) -> Term:
        """Mostly monthly, else yearly; in an established business some by the week."""
        draw = self.rng.random()
        if self.established:
            return YEAR if draw < 0.05 else WEEK if draw < 0.14 else MONTH
        return MONTH if draw < 0.8 else YEAR

    def sell(
        self,
        product: Product | None = None,
        term: Term = MONTH,
        start: int | None = None,
        days_needed: int = 40,
        edition: str = "v1",
        quantity: int | None = None,
    ) -> Subscription:
        """A subscription with one item."""
        chosen = product or self.product()
        at = self.start(days_needed) if start is None else start
        amount = quantity or self.quantity(chosen)
        return self.customer.subscribe(at, term, (self.price(chosen, term, edition), amount))

    # -- changes ----------------------------------------------------------------------------------

    @staticmethod
    def change(
        item: Item, at: int, quantity: int | None = None, new: Price | None = None,
        how: str = PRORATED,
    ) -> None:  # fmt: skip
        """From `at` another quantity, another price, or both."""
        last = item.steps[-1]
        if at <= last.at:
            raise RetryStoryError
        item.steps.append(Step(at, quantity or last.quantity, new or last.price, how))

    def change_at_renewal(
        self, item: Item, at: int, quantity: int | None = None, new: Price | None = None
    ) -> None:
        """A change that simply shows on the next regular invoice."""
        self.change(item, at, quantity, new, AT_RENEWAL)

    def add(self, sub: Subscription, at: int, product: Product, term: Term = MONTH) -> Item:
        """One more item on a living subscription, prorated unless it starts with a period."""
        how = AT_START if sub.period_at(at)[0] == at else PRORATED
        return self.customer.add_item(
            sub, at, self.price(product, term), self.quantity(product), how
        )

    def cancel_at_period_end(self, sub: Subscription, end: int) -> None:
        """The customer gives notice some days before the period ends."""
        before = sub.period_at(end - 1)[0]
        asked = max(before + DAY, end - self.rng.randint(3, 20) * DAY)
        if asked >= end:
            raise RetryStoryError
        sub.cancel_requests.append((asked, True, end))
        sub.close(end)
