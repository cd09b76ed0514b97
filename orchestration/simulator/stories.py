"""Draws a customer: who it is, its plot, and the partners behind it."""

from __future__ import annotations

import random

from orchestration.simulator import plots_endings, plots_growth, plots_pricing
from orchestration.simulator.associations import Association
from orchestration.simulator.channel import associate
from orchestration.simulator.clock import local_day
from orchestration.simulator.config import AS_OF, SimulationConfig
from orchestration.simulator.model import Customer
from orchestration.simulator.partners import Partner
from orchestration.simulator.teller import PLOTS, RetryStoryError, Teller
from orchestration.simulator.truth import COUNTING, ItemLine, item_lines

# Importing a module of plots registers them; naming the modules keeps the order fixed.
PLOT_MODULES = (plots_growth, plots_pricing, plots_endings)

CURRENCIES = (("eur", 62), ("usd", 14), ("gbp", 9), ("chf", 5), ("sek", 5), ("jpy", 3), ("kwd", 2))
COUNTRIES = {
    "eur": ("NL", "DE", "FR", "BE", "ES", "IT", "IE"),
    "usd": ("US",),
    "gbp": ("GB",),
    "chf": ("CH",),
    "sek": ("SE",),
    "jpy": ("JP",),
    "kwd": ("KW",),
}
KEEP_APART_DAYS = 45
LINK_DAYS = 31
MAX_ATTEMPTS = 60


class Story:
    """A told customer with its partners and its true MRR lines."""

    __slots__ = ("associations", "customer", "lines")

    def __init__(
        self, customer: Customer, associations: list[Association], lines: list[ItemLine]
    ) -> None:
        self.customer = customer
        self.associations = associations
        self.lines = lines


def tell(config: SimulationConfig, partners: list[Partner], number: int) -> Story:
    """The story of customer `number`; depends on the seed and the number alone.

    Every plot is told to one of the first customers in turn, later ones draw by weight.
    """
    names = list(PLOTS)
    pick = random.Random(f"{config.seed}:customer:{number}")
    if number <= 3 * len(names):
        name = names[number % len(names)]
    else:
        name = pick.choices(names, [weight for _, weight in PLOTS.values()])[0]
    for attempt in range(MAX_ATTEMPTS):
        rng = random.Random(f"{config.seed}:story:{number}:{attempt}")
        currency = rng.choices([c for c, _ in CURRENCIES], [w for _, w in CURRENCIES])[0]
        customer = Customer(number, name, rng, currency)
        customer.country = rng.choice(COUNTRIES[currency])
        try:
            PLOTS[name][0](Teller(customer, config.begin, established=not config.detailed))
            associations = associate(customer, partners)
        except RetryStoryError:
            continue
        lines = item_lines(customer)
        if unambiguous(customer, lines):
            return Story(customer, associations, lines)
    raise RuntimeError(f"plot {name} found no room for customer {number}")


def unambiguous(customer: Customer, lines: list[ItemLine]) -> bool:
    """Whether linking ends to starts within 31 days can be done in one way only."""
    if any(at > AS_OF for sub in customer.subscriptions for at, _ in sub.statuses):
        return False
    spans = []
    for line in lines:
        runs: list[tuple[int, int | None]] = []
        for start, end, _ in line.spans():
            if runs and runs[-1][1] == start:
                runs[-1] = (runs[-1][0], end)
            else:
                runs.append((start, end))
        spans.append((line, runs))
    replaced = {line.item.id: line.item.replaces for line in lines}
    groups = {
        (old.sub.id, line.sub.id)
        for line in lines
        for old in lines
        if line.item.replaces == old.item.id
    }
    for old, old_runs in spans:
        for _, end in old_runs:
            if end is None:
                continue
            for new, new_runs in spans:
                for start, _ in new_runs:
                    gap = start - end
                    linked = replaced[new.item.id] == old.item.id
                    if linked and not 0 <= gap <= LINK_DAYS:
                        return False
                    if linked or not 0 <= gap <= KEEP_APART_DAYS:
                        continue
                    if (old.sub.id, new.sub.id) in groups:
                        continue
                    unpaid = old is new and _came_back_from(new, start) == "unpaid"
                    if not (unpaid and gap <= LINK_DAYS):
                        return False
    return True


def _came_back_from(line: ItemLine, day: int) -> str | None:
    before = None
    for at, status in line.sub.statuses:
        if status in COUNTING and local_day(at) == day:
            return before
        before = status
    return None
