"""CRM rows about selling: opportunities with their stages, tasks and meetings, contacts, leads."""

from __future__ import annotations

import random
from typing import Any

from orchestration.simulator.billing import Rows
from orchestration.simulator.catalogue import MINOR_UNITS, PRODUCTS, Product, monthly_micros
from orchestration.simulator.clock import DAY, HOUR, local_day, next_sync
from orchestration.simulator.config import AS_OF
from orchestration.simulator.crm import END_OF_TIME, INDUSTRIES, owner_id
from orchestration.simulator.model import Customer, Item
from orchestration.simulator.names import company_name, person_name

_STAGES = (
    ("Prospecting", 10, "Pipeline"),
    ("Qualification", 30, "Pipeline"),
    ("Proposal", 60, "BestCase"),
    ("Negotiation", 80, "Commit"),
)
_WON, _LOST = ("Closed Won", 100, "Closed"), ("Closed Lost", 0, "Omitted")
_TITLES = ("IT manager", "CFO", "Operations lead", "Office manager", "CTO")
_SUBJECTS = ("Call", "Follow up", "Quarterly review", "Renewal talk", "Demo", "Check in")
LIST_PRICE_PLACES = 10_000


def crm_product_id(product: Product) -> str:
    """Id of a product in the CRM."""
    return f"01tP{PRODUCTS.index(product):011d}AAA"


def opportunity_id(number: int, index: int) -> str:
    """Id of the n-th opportunity of a customer."""
    return f"006O{number:09d}{index:02d}AAA"


def contact_id(number: int, index: int) -> str:
    """Id of the n-th contact of a customer."""
    return f"003K{number:09d}{index:02d}AAA"


def annual_value(item: Item, currency: str) -> int:
    """First-year value at list price, in ten-thousandths of a major unit."""
    step = item.steps[0]
    price = step.price
    if price.interval is None or price.metered:
        return price.minimum * 12 * LIST_PRICE_PLACES // MINOR_UNITS[currency]
    micros = monthly_micros(price.amount(step.quantity), currency, price.interval, price.count)
    return micros * 12 * LIST_PRICE_PLACES // 1_000_000


class SalesDesk:
    """Everything the CRM knows about dealings with one customer."""

    def __init__(self, customer: Customer, rows: Rows, seed: int, detailed: bool) -> None:
        self._customer = customer
        self._rows = rows
        self._detailed = detailed
        self._rng = random.Random(f"{seed}:sales:{customer.number}")
        self._count = 0
        self._activities = 0

    def write(self) -> None:
        """All sales rows of the customer, if the CRM knows it."""
        customer, rng = self._customer, self._rng
        if not customer.linked:
            return
        first = min(sub.start for sub in customer.subscriptions)
        self._contacts(first)
        for index, sub in enumerate(customer.subscriptions):
            if not index:
                kind = "New Business"
            else:
                kind = "Renewal" if sub.items[0].replaces else "Cross-sell"
            value = sum(annual_value(item, customer.currency) for item in sub.items)
            # New customers sign up to six weeks before service starts.
            ahead = customer.number % 7 * 7 * DAY if not index else 0
            self._opportunity(kind, sub.start - HOUR - ahead, value, sub.items[0], True, sub.start)
            for item in sub.items:
                for step in item.steps[1:]:
                    if step.quantity > item.steps[0].quantity:
                        self._opportunity("Upsell", step.at - HOUR, value // 5, item, True)
        if rng.random() < 0.35:
            kind = rng.choice(("Upsell", "Cross-sell"))
            item = customer.subscriptions[0].items[0]
            at = first + rng.randint(40, 400) * DAY
            won = False if at < AS_OF - 5 * DAY else None
            self._opportunity(kind, at, annual_value(item, customer.currency) // 3, item, won)
        self._engage(first)

    def _contacts(self, first: int) -> None:
        customer = self._customer
        for index in range(1 + customer.number % 3):
            given, family = person_name(customer.number + 7 * index)
            self._rows["salesforce.contact"].append(
                (contact_id(customer.number, index), AS_OF, customer.account_id, first - 25 * DAY,
                 "IT", f"{index}.contact@customer{customer.number}.example", given, False,
                 AS_OF // DAY - customer.number % 90, first, family, f"{given} {family}",
                 owner_id(customer.number), _TITLES[(customer.number + index) % 5], "Web", True)
            )  # fmt: skip
        if self._detailed and customer.number % 2 == 0:
            given, family = person_name(customer.number)
            self._rows["salesforce.lead"].append(
                (customer.country, owner_id(customer.number), "Web", (first - 20 * DAY) // DAY,
                 f"00QL{customer.number:011d}AAA", f"{given} {family}", True, "Qualified",
                 INDUSTRIES[customer.number % 6], _TITLES[customer.number % 5], AS_OF,
                 opportunity_id(customer.number, 1), False, company_name(customer.number), given,
                 f"lead@customer{customer.number}.example", family, 10, first - 50 * DAY,
                 customer.account_id, True)
            )  # fmt: skip

    def _opportunity(
        self,
        kind: str,
        closed: int,
        value: int,
        item: Item,
        won: bool | None,
        service: int | None = None,
    ) -> None:
        """One opportunity with its stages; `won` None = still open, `service` = when it starts."""
        self._count += 1
        rng, customer = self._rng, self._customer
        one = opportunity_id(customer.number, self._count)
        owner = owner_id(customer.number)
        opened = min(closed, AS_OF - DAY) - rng.randint(15, 90) * DAY
        name = f"{company_name(customer.number)} {kind.lower()}"
        stages = list(_STAGES) if won is not None else list(_STAGES[: rng.randint(1, 4)])
        length = (min(closed, AS_OF - HOUR) - opened) // (len(stages) + 1)
        moments = [opened + index * length for index in range(len(stages))]
        if won is not None:
            stages.append(_WON if won else _LOST)
            moments.append(closed)
        close_day = closed // DAY if won is not None else AS_OF // DAY + rng.randint(5, 90)
        if self._detailed:
            for index, (at, (stage, chance, forecast)) in enumerate(
                zip(moments, stages, strict=True)
            ):
                last = index + 1 == len(stages)
                closing = last and won is not None
                self._rows["salesforce.opportunity_history"].append(
                    (last, at, END_OF_TIME if last else moments[index + 1],
                     min(AS_OF, next_sync(at)), customer.account_id, value, close_day, opened,
                     forecast, one, closing, False, closing and won, "Partner", name, owner, chance,
                     stage, kind)
                )  # fmt: skip
        stage, chance, forecast = stages[-1]
        closed_now = won is not None
        self._rows["salesforce.opportunity"].append(
            (AS_OF, customer.account_id, value, close_day, opened, customer.currency.upper(),
             forecast, forecast, one, closed_now, False, bool(won), min(closed, AS_OF) // DAY,
             "Partner", name, None if closed_now else "Send proposal", owner, chance, None, stage,
             kind, True)
        )  # fmt: skip
        quantity = item.steps[0].quantity
        self._rows["salesforce.opportunity_line_item"].append(
            (crm_product_id(item.product), quantity, value, None, value // quantity, AS_OF, False,
             one, close_day if service is None else local_day(service), item.product.name,
             f"00kI{one[4:15]}AAA", opened, 1, True)
        )  # fmt: skip

    def _engage(self, first: int) -> None:
        """Tasks and meetings; a big run has them for one customer in ten."""
        customer, rng = self._customer, self._rng
        if not self._detailed and customer.number % 10:
            return
        span = max(1, (AS_OF - first) // DAY - 1)
        for index in range(rng.randint(0, 6)):
            at = first + rng.randrange(span) * DAY + rng.randrange(8 * HOUR)
            subject = rng.choice(_SUBJECTS)
            self._rows["salesforce.task"].append(
                task_row(customer, f"00TT{customer.number:09d}{index:02d}AAA",
                         owner_id(customer.number), contact_id(customer.number, 0), at, subject)
            )  # fmt: skip
        for index in range(rng.randint(0, 2)):
            at = first + rng.randrange(span) * DAY + 9 * HOUR
            self._rows["salesforce.event"].append(
                event_row(customer, f"00UE{customer.number:09d}{index:02d}AAA",
                          owner_id(customer.number), contact_id(customer.number, 0), at,
                          "Business review")
            )  # fmt: skip


def task_row(
    customer: Customer, one: str, owner: str, who: str, at: int, subject: str, kind: str = "Call"
) -> tuple[Any, ...]:
    """A row of task: something one of the vendor's people does with a contact."""
    done = at < AS_OF - 10 * DAY
    return (
        who, owner, subject, None, AS_OF, False, one, done, at // DAY, "Normal",
        customer.account_id, at - DAY, customer.account_id, "Email" if kind == "Email" else "Task",
        "Completed" if done else "Not Started", kind, at if done else None, True,
    )  # fmt: skip


def event_row(
    customer: Customer, one: str, owner: str, who: str, at: int, subject: str
) -> tuple[Any, ...]:
    """A row of event: a meeting of an hour."""
    return (
        one, AS_OF, customer.account_id, at // DAY, at, at - 7 * DAY, None, 60, at + HOUR, False,
        owner, at, subject, "Meeting", customer.account_id, who, True,
    )  # fmt: skip


def product_2_rows() -> list[tuple[Any, ...]]:
    """The CRM's own product list; `external_id` is the billing product."""
    return [
        (True, None, product.id.upper(), AS_OF, False, product.name, crm_product_id(product),
         AS_OF - 1_200 * DAY, product.family, product.id, True)
        for product in PRODUCTS
    ]  # fmt: skip
