"""Plots in which service stops, for a while or for good."""

from __future__ import annotations

from orchestration.simulator.catalogue import BACKUP, CORE, MONTH, QUARTER, YEAR
from orchestration.simulator.clock import DAY, HOUR, instant, month_start
from orchestration.simulator.config import AS_OF
from orchestration.simulator.model import Phase, Subscription
from orchestration.simulator.teller import RetryStoryError, Teller, plot


@plot(9)
def not_renewed(t: Teller) -> None:
    term = t.rng.choice([MONTH, MONTH, YEAR])
    sub = t.sell(term=term, days_needed=420)
    t.cancel_at_period_end(sub, t.renewal(sub, 50, 5))


@plot(0)
def not_renewed_at_midnight(t: Teller) -> None:
    # Service ends at 22:00 UTC on 31 May, which is 1 June for the reader.
    sub = t.sell(CORE, MONTH, instant(2025, 1, 31, 22))
    t.cancel_at_period_end(sub, sub.phases[0].boundary(4))


@plot(4)
def cancelled(t: Teller) -> None:
    sub = t.sell(term=t.rng.choice([MONTH, QUARTER]), days_needed=200)
    at = t.moment(sub, 40, 5)
    sub.cancel_requests.append((at, False, None))
    sub.close(at)


@plot(2)
def cancelled_with_refund(t: Teller) -> None:
    cancelled(t)
    t.customer.subscriptions[0].refund = "refund"


@plot(1)
def cancelled_on_a_date(t: Teller) -> None:
    sub = t.sell(days_needed=200)
    at = t.moment(sub, 60, 10)
    sub.cancel_requests.append((at - 9 * DAY, False, at))
    sub.close(at)


@plot(2)
def cancellation_ahead(t: Teller) -> None:
    sub = t.sell(term=t.term(), days_needed=200)
    end = sub.period_at(AS_OF)[1]
    asked = AS_OF - t.rng.randint(3, 15) * DAY
    if asked <= sub.period_at(AS_OF)[0]:
        raise RetryStoryError
    sub.cancel_requests.append((asked, True, end))


@plot(1)
def cancellation_withdrawn(t: Teller) -> None:
    sub = t.sell(days_needed=200)
    start, end = sub.period_at(t.moment(sub, 60, 60))
    sub.cancel_requests.append((start + 3 * DAY, True, end))
    sub.cancel_requests.append((start + 8 * DAY, False, None))


@plot(2)
def new_and_gone_in_a_month(t: Teller) -> None:
    day = month_start(t.start(60) // DAY, 1)
    if day * DAY > AS_OF - 40 * DAY:
        raise RetryStoryError
    sub = t.sell(start=day * DAY + 30 * HOUR)
    sub.close(sub.start + t.rng.randint(8, 20) * DAY)


@plot(1)
def never_paid(t: Teller) -> None:
    sub = t.sell()
    sub.statuses = [(sub.start, "incomplete"), (sub.start + 23 * HOUR, "incomplete_expired")]


@plot(2)
def bought_again_soon(t: Teller) -> None:
    old = t.sell(CORE, days_needed=250)
    at = t.moment(old, 60, 60)
    old.close(at)
    new = t.sell(CORE, t.term(), start=at + t.rng.randint(5, 28) * DAY)
    t.customer.replace_links(old, new)


@plot(4)
def won_back(t: Teller) -> None:
    old = t.sell(CORE, days_needed=400)
    at = t.moment(old, 60, 200)
    old.close(at)
    t.sell(start=at + t.rng.randint(60, 180) * DAY)


def _pause(t: Teller, sub: Subscription) -> None:
    at = t.moment(sub, 60, 120)
    back = at + t.rng.randint(48, 100) * DAY + t.rng.randrange(5 * HOUR)
    sub.statuses += [(at, "paused"), (back, "active")]
    phase = sub.phases[0]
    sub.phases.append(Phase(back, phase.interval, phase.count))


@plot(3)
def paused(t: Teller) -> None:
    _pause(t, t.sell(days_needed=300))


@plot(1)
def one_of_two_paused(t: Teller) -> None:
    first = t.sell(CORE, days_needed=400)
    second = t.sell(BACKUP, start=first.start + t.rng.randint(0, 30) * DAY)
    _pause(t, second)


@plot(0)
def still_paused(t: Teller) -> None:
    sub = t.sell(days_needed=300)
    sub.statuses.append((t.moment(sub, 60, 10), "paused"))


@plot(4)
def dunning_recovered(t: Teller) -> None:
    sub = t.sell(days_needed=200)
    due = t.renewal(sub, 40, 40)
    paid = due + t.rng.randint(3, 25) * DAY
    sub.statuses += [(due + 2 * HOUR, "past_due"), (paid, "active")]


@plot(4)
def dunning_cancelled(t: Teller) -> None:
    sub = t.sell(days_needed=200)
    due = t.renewal(sub, 40, 40)
    sub.statuses.append((due + 2 * HOUR, "past_due"))
    sub.close(due + 21 * DAY + t.rng.randrange(DAY))
    sub.write_off = True


@plot(2)
def dunning_unpaid(t: Teller) -> None:
    sub = t.sell(days_needed=200)
    due = t.renewal(sub, 40, 40)
    sub.statuses += [(due + 2 * HOUR, "past_due"), (due + 21 * DAY, "unpaid")]
    sub.write_off = True


@plot(1)
def unpaid_then_paid_soon(t: Teller) -> None:
    sub = t.sell(days_needed=200)
    due = t.renewal(sub, 40, 40)
    sub.statuses += [
        (due + 2 * HOUR, "past_due"),
        (due + 14 * DAY, "unpaid"),
        (due + t.rng.randint(18, 25) * DAY, "active"),
    ]


@plot(1)
def unpaid_then_paid_late(t: Teller) -> None:
    sub = t.sell(days_needed=300)
    due = t.renewal(sub, 40, 160)
    back = due + t.rng.randint(75, 110) * DAY
    sub.statuses += [
        (due + 2 * HOUR, "past_due"), (due + 20 * DAY, "unpaid"), (back, "active"),
    ]  # fmt: skip
    sub.phases.append(Phase(back, sub.phases[0].interval, sub.phases[0].count))


@plot(1)
def past_due_now(t: Teller) -> None:
    sub = t.sell(days_needed=200)
    due = sub.period_at(AS_OF)[0]
    if AS_OF - due > 18 * DAY or AS_OF - due < DAY:
        raise RetryStoryError
    sub.statuses.append((due + 2 * HOUR, "past_due"))
