"""Plots in which a customer stays: flat, growing, shrinking, other plans, second contracts."""

from __future__ import annotations

from orchestration.simulator.catalogue import (
    API,
    APPLIANCE,
    BACKUP,
    CLOUD,
    CORE,
    CORE_ENT,
    CORE_PRO,
    DAILY,
    EVENTS,
    HALF_YEAR,
    MONTH,
    QUARTER,
    SETUP,
    SUPPORT,
    THREE_YEARS,
    TRAINING,
    TWO_WEEKS,
    TWO_YEARS,
    WEEK,
    YEAR,
    metered_price,
    one_time_price,
)
from orchestration.simulator.clock import DAY, add_months
from orchestration.simulator.config import AS_OF
from orchestration.simulator.model import AT_START, NOT_YET_BILLED, Phase
from orchestration.simulator.teller import RetryStoryError, Teller, Term, plot


@plot(60)
def flat(t: Teller) -> None:
    t.sell(term=t.term())


@plot(30)
def several_items(t: Teller) -> None:
    term = t.term()
    sub = t.sell(CORE, term)
    for product in t.rng.sample([BACKUP, SUPPORT, CORE_PRO], t.rng.randint(1, 2)):
        t.customer.add_item(sub, sub.start, t.price(product, term), t.quantity(product), AT_START)


@plot(4)
def other_terms(t: Teller) -> None:
    terms: list[Term] = [QUARTER, HALF_YEAR, TWO_YEARS, THREE_YEARS, WEEK, TWO_WEEKS]
    term = terms[t.customer.number % len(terms)]
    start = t.start() if term[0] != "week" else t.start(latest=AS_OF, days_needed=60)
    t.sell(term=term, start=start)


@plot(0)
def daily(t: Teller) -> None:
    t.sell(term=DAILY, start=AS_OF - t.rng.randint(60, 140) * DAY - t.rng.randrange(DAY))


@plot(9)
def seats_up(t: Teller) -> None:
    term = t.term()
    sub = t.sell(term=term, days_needed=150)
    item = sub.items[0]
    for at in sorted(t.moment(sub, 20, 20) for _ in range(t.rng.randint(1, 3))):
        t.change(item, at, item.steps[-1].quantity + t.rng.randint(1, 9))


@plot(5)
def seats_down(t: Teller) -> None:
    sub = t.sell(term=t.term(), days_needed=120, quantity=t.rng.randint(20, 60))
    t.change(sub.items[0], t.moment(sub, 40, 20), t.rng.randint(5, 18))


@plot(0)
def seats_twice_in_a_day(t: Teller) -> None:
    sub = t.sell(days_needed=120, quantity=10)
    at = t.moment(sub, 40, 20) // DAY * DAY + 9 * 3600
    t.change(sub.items[0], at, 14)
    t.change(sub.items[0], at + 5 * 3600, 12)


@plot(5)
def seats_at_renewal(t: Teller) -> None:
    sub = t.sell(term=t.rng.choice([MONTH, MONTH, QUARTER, YEAR]), days_needed=500)
    t.change_at_renewal(sub.items[0], t.renewal(sub, 60, 40), t.quantity(low=41, high=70))


@plot(2)
def not_yet_billed(t: Teller) -> None:
    term = t.rng.choice([QUARTER, HALF_YEAR, YEAR])
    sub = t.sell(term=term, days_needed=400)
    since = sub.period_at(AS_OF)[0]
    if AS_OF - since < 12 * DAY:
        raise RetryStoryError
    at = t.rng.randrange(since + 3 * DAY, AS_OF - 4 * DAY)
    item = sub.items[0]
    if t.rng.random() < 0.6:
        t.change(item, at, item.steps[-1].quantity + 7, how=NOT_YET_BILLED)
    else:
        t.change(item, at, new=t.price(item.product, term, "v2"), how=NOT_YET_BILLED)


@plot(0)
def decimal_unit(t: Teller) -> None:
    sub = t.sell(EVENTS, t.rng.choice([MONTH, YEAR]), days_needed=200)
    item = sub.items[0]
    t.change(item, t.moment(sub, 40, 20), item.steps[0].quantity + 3 * EVENTS.quantity_step)


@plot(5)
def plan_swap(t: Teller) -> None:
    term = t.term()
    sub = t.sell(CORE, term, days_needed=150)
    new = CORE_PRO if t.rng.random() < 0.7 else CORE_ENT
    t.change(sub.items[0], t.moment(sub, 40, 20), new=t.price(new, term))


@plot(2)
def plan_downgrade(t: Teller) -> None:
    sub = t.sell(CORE_ENT, days_needed=150)
    t.change(sub.items[0], t.moment(sub, 40, 20), t.rng.randint(2, 30), t.price(CORE))


@plot(2)
def plan_swap_at_renewal(t: Teller) -> None:
    sub = t.sell(CORE, days_needed=150)
    t.change_at_renewal(sub.items[0], t.renewal(sub, 40, 40), new=t.price(CORE_PRO))


@plot(2)
def monthly_to_yearly(t: Teller) -> None:
    sub = t.sell(days_needed=300)
    at = t.renewal(sub, 60, 60)
    sub.phases.append(Phase(at, *YEAR))
    t.change_at_renewal(sub.items[0], at, new=t.price(sub.items[0].product, YEAR))


@plot(5)
def item_added(t: Teller) -> None:
    sub = t.sell(CORE, days_needed=200)
    t.add(sub, t.moment(sub, 50, 30), t.product(CORE, CORE_PRO))


@plot(1)
def item_added_at_renewal(t: Teller) -> None:
    sub = t.sell(CORE, days_needed=200)
    t.add(sub, t.renewal(sub, 50, 30), BACKUP)


@plot(3)
def item_removed(t: Teller) -> None:
    sub = t.sell(CORE, days_needed=200)
    item = t.customer.add_item(sub, sub.start, t.price(BACKUP), t.quantity(BACKUP), AT_START)
    item.end, item.end_credited = t.moment(sub, 60, 20), True


@plot(1)
def item_removed_silently(t: Teller) -> None:
    sub = t.sell(CORE, days_needed=200)
    item = t.customer.add_item(sub, sub.start, t.price(BACKUP), t.quantity(BACKUP), AT_START)
    item.end = t.renewal(sub, 60, 20)


@plot(6)
def second_subscription(t: Teller) -> None:
    first = t.sell(CORE, days_needed=300)
    t.sell(t.product(CORE), t.term(), start=t.moment(first, 90, 30))


@plot(2)
def second_of_the_same(t: Teller) -> None:
    first = t.sell(CORE, days_needed=300)
    t.sell(CORE, YEAR, start=t.moment(first, 90, 30))


@plot(4)
def one_of_two_cancelled(t: Teller) -> None:
    first = t.sell(CORE, days_needed=400)
    second = t.sell(BACKUP, start=first.start + t.rng.randint(0, 90) * DAY)
    if t.rng.random() < 0.5:
        t.cancel_at_period_end(second, t.renewal(second, 100, 20))
    else:
        second.close(t.moment(second, 100, 20))


@plot(2)
def swapped_subscription(t: Teller) -> None:
    old = t.sell(CORE, days_needed=200)
    at = t.moment(old, 60, 30)
    old.close(at)
    new = t.sell(CORE_PRO, t.term(), start=at + t.rng.choice([0, 0, 3600, DAY]))
    t.customer.replace_links(old, new)


@plot(1)
def swapped_for_more_seats(t: Teller) -> None:
    old = t.sell(CORE, days_needed=200)
    at = t.moment(old, 60, 30)
    old.close(at)
    new = t.sell(CORE, start=at, quantity=old.items[0].steps[0].quantity + 5)
    t.customer.replace_links(old, new)


@plot(1)
def migrated_to_another_system(t: Teller) -> None:
    old = t.sell(CORE, days_needed=200)
    t.customer.add_item(old, old.start, t.price(BACKUP), t.quantity(BACKUP), AT_START)
    at = t.moment(old, 60, 30)
    old.close(at)
    lines = [(item.steps[0].price, item.steps[0].quantity) for item in old.items]
    new = t.customer.subscribe(at + t.rng.randint(0, 2) * DAY, MONTH, *lines)
    t.customer.replace_links(old, new)


@plot(2)
def late_renewal(t: Teller) -> None:
    old = t.sell(term=YEAR, days_needed=450)
    end = old.phases[0].boundary(1)
    t.cancel_at_period_end(old, end)
    last = old.items[0].steps[0]
    new = t.sell(
        last.price.product, YEAR, end + t.rng.randint(4, 25) * DAY,
        edition="v2", quantity=last.quantity,
    )  # fmt: skip
    t.customer.replace_links(old, new)


@plot(1)
def metered(t: Teller) -> None:
    sub = t.sell(CORE)
    usage = metered_price(t.customer.currency, with_minimum=t.customer.number % 2 == 0)
    t.customer.add_item(sub, sub.start, usage, 1, AT_START)


@plot(0)
def metered_with_minimum_only(t: Teller) -> None:
    usage = metered_price(t.customer.currency, with_minimum=True)
    sub = t.customer.subscribe(t.start(100), MONTH, (usage, 1))
    if t.rng.random() < 0.5:
        t.cancel_at_period_end(sub, t.renewal(sub, 60, 10))


@plot(3)
def with_hardware(t: Teller) -> None:
    sub = t.sell(days_needed=120)
    currency = t.customer.currency
    sub.one_time.append((sub.start, one_time_price(SETUP, currency), 1))
    sub.one_time.append((sub.start, one_time_price(APPLIANCE, currency), t.rng.randint(1, 5)))
    later = t.renewal(sub, 40, 20)
    sub.one_time.append((later, one_time_price(TRAINING, currency), 2))


@plot(1)
def with_pass_through(t: Teller) -> None:
    sub = t.sell(CORE)
    t.customer.add_item(sub, sub.start, t.price(CLOUD), t.rng.randint(1, 4), AT_START)


@plot(1)
def co_termed(t: Teller) -> None:
    months, days = t.rng.randint(12, 15), t.rng.randint(6, 24)
    chosen, start = t.product(), t.start(200)
    listed = t.price(chosen, YEAR)
    quantity = t.quantity()
    sub = t.customer.subscribe(start, YEAR, (listed, quantity), odd_months=(months, days))
    amount = listed.amount(quantity) * (365 * months + 12 * days) // (365 * 12)
    sub.items[0].odd_amount = amount if t.rng.random() < 0.5 else amount * 97 // 100


@plot(1)
def three_year_ramp(t: Teller) -> None:
    sub = t.sell(CORE_PRO, YEAR, start=add_months(t.start(40, t.begin + 200 * DAY), 0))
    for year, edition in enumerate(("e1", "e2"), 1):
        at = sub.phases[0].boundary(year)
        if at < AS_OF - 2 * DAY:
            quantity = sub.items[0].steps[-1].quantity + 10
            t.change_at_renewal(sub.items[0], at, quantity, t.price(CORE_PRO, YEAR, edition))


@plot(0)
def usage_only(t: Teller) -> None:
    usage = metered_price(t.customer.currency, with_minimum=False)
    assert usage.product is API
    t.customer.subscribe(t.start(100), MONTH, (usage, 1))
