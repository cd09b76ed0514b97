"""Plots about money: price rises, escalators, coupons of every kind, trials, corrections."""

from __future__ import annotations

from orchestration.simulator.catalogue import (
    BACKUP,
    CORE,
    CORE_PRO,
    FIFTEEN_ONCE,
    FREE_FOREVER,
    FREE_THREE,
    LOYALTY,
    MONTH,
    ODD_FOREVER,
    SETUP,
    SUPPORT,
    TEN_FOREVER,
    TWENTY_FOR_THREE,
    WELCOME_SIX,
    YEAR,
    amount_coupon,
    one_time_price,
)
from orchestration.simulator.clock import DAY, add_months
from orchestration.simulator.model import AT_START
from orchestration.simulator.teller import Teller, plot


@plot(5)
def price_rise(t: Teller) -> None:
    term = t.term()
    sub = t.sell(term=term, days_needed=450)
    at = t.renewal(sub, 60, 40)
    t.change_at_renewal(sub.items[0], at, new=t.price(sub.items[0].product, term, "v2"))


@plot(1)
def price_cut(t: Teller) -> None:
    sub = t.sell(edition="v2", days_needed=200)
    t.change_at_renewal(sub.items[0], t.renewal(sub, 60, 40), new=t.price(sub.items[0].product))


@plot(4)
def escalator(t: Teller) -> None:
    sub = t.sell(term=YEAR, days_needed=450)
    t.change_at_renewal(
        sub.items[0], sub.phases[0].boundary(1), new=t.price(sub.items[0].product, YEAR, "e1")
    )


@plot(1)
def growth_with_price_rise(t: Teller) -> None:
    sub = t.sell(CORE, days_needed=200)
    quantity = sub.items[0].steps[0].quantity + 4
    t.change_at_renewal(sub.items[0], t.renewal(sub, 60, 40), quantity, t.price(CORE, MONTH, "v2"))


@plot(1)
def volume_deal(t: Teller) -> None:
    sub = t.sell(CORE, edition="v2", days_needed=200)
    quantity = sub.items[0].steps[0].quantity * 2
    t.change(sub.items[0], t.moment(sub, 60, 40), quantity, t.price(CORE))


@plot(6)
def coupon_three_months(t: Teller) -> None:
    sub = t.sell(days_needed=150)
    coupon = TWENTY_FOR_THREE if t.rng.random() < 0.5 else WELCOME_SIX
    end = add_months(sub.start, coupon.months or 0)
    t.customer.discount(coupon, sub.start, end, sub, own_table=t.rng.random() < 0.4)


@plot(3)
def coupon_for_ever(t: Teller) -> None:
    sub = t.sell(term=t.term(), days_needed=150)
    coupon = TEN_FOREVER if t.rng.random() < 0.5 else ODD_FOREVER
    t.customer.discount(coupon, sub.start, None, sub, own_table=t.rng.random() < 0.3)
    if t.rng.random() < 0.5:
        at = t.moment(sub, 30, 20)
        t.change(sub.items[0], at, sub.items[0].steps[0].quantity + 3)


@plot(2)
def coupon_once(t: Teller) -> None:
    sub = t.sell(days_needed=150)
    end = sub.phases[0].boundary(1)
    t.customer.discount(FIFTEEN_ONCE, sub.start, end, sub, on_invoice_at=sub.start)


@plot(1)
def coupon_once_on_proration(t: Teller) -> None:
    sub = t.sell(days_needed=150)
    at = t.moment(sub, 40, 30)
    t.change(sub.items[0], at, sub.items[0].steps[0].quantity + 5)
    t.customer.discount(FIFTEEN_ONCE, at, None, sub, on_invoice_at=at, counts=False)


@plot(2)
def amount_off(t: Teller) -> None:
    sub = t.sell(CORE, days_needed=260)
    months = 6 if t.rng.random() < 0.6 else None
    end = None if months is None else add_months(sub.start, months)
    t.customer.discount(amount_coupon(t.customer.currency, months), sub.start, end, sub)


@plot(1)
def amount_off_two_items(t: Teller) -> None:
    sub = t.sell(CORE, days_needed=260)
    t.customer.add_item(sub, sub.start, t.price(BACKUP), t.quantity(), AT_START)
    t.customer.add_item(sub, sub.start, t.price(SUPPORT), 1, AT_START)
    end = add_months(sub.start, 6)
    t.customer.discount(amount_coupon(t.customer.currency, 6), sub.start, end, sub)


@plot(1)
def amount_off_growing(t: Teller) -> None:
    sub = t.sell(CORE, days_needed=260)
    t.customer.discount(amount_coupon(t.customer.currency, None), sub.start, None, sub)
    t.change(sub.items[0], t.moment(sub, 40, 40), sub.items[0].steps[0].quantity + 8)


@plot(1)
def free_at_first(t: Teller) -> None:
    sub = t.sell(days_needed=200)
    t.customer.discount(FREE_THREE, sub.start, add_months(sub.start, 3), sub)


@plot(1)
def discount_given_later(t: Teller) -> None:
    sub = t.sell(days_needed=300)
    start = t.moment(sub, 60, 140)
    end = start + t.rng.randint(60, 120) * DAY if t.rng.random() < 0.6 else None
    t.customer.discount(TEN_FOREVER, start, end, sub, own_table=t.rng.random() < 0.5)


@plot(1)
def loyal_customer(t: Teller) -> None:
    first = t.sell(CORE, days_needed=300)
    t.sell(BACKUP, start=first.start + t.rng.randint(0, 30) * DAY)
    start = t.moment(first, 50, 100)
    end = start + t.rng.randint(40, 90) * DAY if t.rng.random() < 0.5 else None
    t.customer.discount(LOYALTY, start, end)


@plot(1)
def own_coupon_beats_loyalty(t: Teller) -> None:
    sub = t.sell(CORE, days_needed=300)
    t.customer.discount(LOYALTY, sub.start, None)
    t.customer.discount(TWENTY_FOR_THREE, sub.start, add_months(sub.start, 3), sub)


@plot(1)
def discount_ends_with_growth(t: Teller) -> None:
    sub = t.sell(days_needed=200)
    end = sub.phases[0].boundary(3)
    t.customer.discount(TWENTY_FOR_THREE, sub.start, end, sub)
    t.change_at_renewal(sub.items[0], end, sub.items[0].steps[0].quantity + 6)


@plot(6)
def trial_converted(t: Teller) -> None:
    chosen = t.product()
    line = (t.price(chosen), t.quantity(chosen))
    t.customer.subscribe(t.start(100), MONTH, line, trial_days=t.rng.choice([14, 14, 30]))


@plot(1)
def paid_trial_converted(t: Teller) -> None:
    start = t.start(100)
    sub = t.customer.subscribe(start, MONTH, (t.price(CORE_PRO), t.quantity()), trial_days=14)
    sub.one_time.append((start, one_time_price(SETUP, t.customer.currency), 1))


@plot(2)
def trial_not_converted(t: Teller) -> None:
    sub = t.customer.subscribe(t.start(100), MONTH, (t.price(CORE), 5), trial_days=14)
    end = "canceled" if t.rng.random() < 0.7 else "paused"
    sub.statuses[-1] = (sub.statuses[-1][0], end)


@plot(1)
def second_product_on_trial(t: Teller) -> None:
    first = t.sell(CORE, days_needed=300)
    start = t.moment(first, 60, 60)
    t.customer.subscribe(start, MONTH, (t.price(BACKUP), t.quantity()), trial_days=14)


@plot(1)
def wrong_price_credited(t: Teller) -> None:
    sub = t.sell(CORE, days_needed=200)
    sub.items[0].wrong_price_at = t.renewal(sub, 40, 40)


@plot(1)
def goodwill_credited(t: Teller) -> None:
    sub = t.sell(term=t.term(), days_needed=200)
    sub.refund = "goodwill"


@plot(1)
def refunded(t: Teller) -> None:
    sub = t.sell(term=t.term(), days_needed=200)
    sub.refund = "refund"


@plot(1)
def invoice_voided(t: Teller) -> None:
    sub = t.sell(days_needed=200)
    sub.voided_at = t.renewal(sub, 40, 20)


@plot(1)
def own_use(t: Teller) -> None:
    sub = t.sell()
    sub.license_type = "internal_use" if t.customer.number % 2 else "not_for_resale"
    if t.rng.random() < 0.5:
        t.sell(BACKUP, start=t.start(60))


@plot(0)
def forever_free_of_charge(t: Teller) -> None:
    sub = t.sell(CORE, quantity=5)
    t.customer.discount(FREE_FOREVER, sub.start, None, sub)
