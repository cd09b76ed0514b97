"""True movements of one customer, found by looking at every day on which anything changes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.simulator.associations import DIRECT, Shares
from orchestration.simulator.catalogue import Coupon, all_coupons, monthly_micros
from orchestration.simulator.clock import local_day
from orchestration.simulator.model import Customer, Subscription
from orchestration.simulator.truth import ItemLine, State, allocate, round_half_up

LINK_DAYS = 31
_COUPONS: dict[str, Coupon] = {one.id: one for one in all_coupons()}

# (reason, stock before, stock after) of one part of a chain's change.
Part = tuple[str, int, int]


@dataclass(slots=True)
class Entry:
    """From `day` a chain is worth `state` (None: nothing), carried by `sub`."""

    day: int
    state: State | None
    sub: Subscription


@dataclass(slots=True)
class Chain:
    """Items that replace one another, seen as one, with short gaps bridged."""

    entries: list[Entry]
    days: list[int]

    def at(self, day: int) -> Entry | None:
        """What is in force on a day."""
        index = bisect_right(self.days, day) - 1
        return self.entries[index] if index >= 0 else None


def status_on(sub: Subscription, day: int) -> tuple[str, str | None]:
    """(status at the end of a local day, the status before that one)."""
    found: tuple[str, str | None] = (sub.statuses[0][1], None)
    for (_, before), (at, status) in zip(sub.statuses, sub.statuses[1:], strict=False):
        if local_day(at) <= day:
            found = (status, before)
    return found


def build_chains(lines: list[ItemLine]) -> list[Chain]:
    """Link items into chains and bridge gaps of at most 31 days at the old value."""
    by_item = {line.item.id: line for line in lines}
    followers = {line.item.replaces: line for line in lines if line.item.replaces in by_item}
    chains = []
    for line in lines:
        if line.item.replaces in by_item:
            continue
        entries: list[Entry] = []
        current: ItemLine | None = line
        while current is not None:
            if entries and entries[-1].state is None:
                entries.pop()  # the gap up to the successor is bridged
            entries.extend(Entry(day, state, current.sub) for day, state in current.days)
            current = followers.get(current.item.id)
        entries = list(_bridged(entries))
        chains.append(Chain(entries, [entry.day for entry in entries]))
    return chains


def _bridged(entries: list[Entry]) -> Iterator[Entry]:
    for index, entry in enumerate(entries):
        if entry.state is None and index + 1 < len(entries):
            gap = entries[index + 1].day - entry.day
            if gap <= LINK_DAYS and status_on(entry.sub, entry.day)[0] != "paused":
                continue
        yield entry


def _end_reason(sub: Subscription, day: int, customer_left: bool) -> str:
    status, before = status_on(sub, day)
    if status == "paused":
        return "pause"
    if not customer_left:
        return "product_drop"
    if status == "unpaid" or (status == "canceled" and before == "past_due"):
        return "involuntary"
    if status == "canceled" and sub.cancel_requests and sub.cancel_requests[-1][1]:
        return "non_renewal"
    return "voluntary"


def _change_parts(old: State, new: State) -> list[Part]:
    """Why a chain that goes on is worth more or less."""
    before, after = old.step.price, new.step.price
    if (before.product, before.interval, before.count) != (
        after.product,
        after.interval,
        after.count,
    ):
        return [("plan_change", old.mrr, new.mrr)]
    coupon = _COUPONS[old.coupon] if old.coupon else None

    def net_as_before(gross: int) -> int:
        if coupon is not None and coupon.basis_points:
            return round_half_up(gross * (10_000 - coupon.basis_points), 10_000)
        return max(0, gross - (old.gross - old.mrr))

    gross = old.gross
    if new.quantity != old.quantity:
        gross = monthly_micros(
            before.amount(new.quantity), before.currency, str(before.interval), before.count
        )
    by_quantity = net_as_before(gross)
    by_price = new.mrr if new.coupon == old.coupon else net_as_before(new.gross)
    rise = "escalator" if after.escalator and by_price > by_quantity else "price"
    discount = "discount_end" if new.mrr > by_price else "discount_start"
    parts = [
        ("quantity", old.mrr, by_quantity),
        (rise, by_quantity, by_price),
        (discount, by_price, new.mrr),
    ]
    parts = [part for part in parts if part[1] != part[2]]
    if len({part[2] > part[1] for part in parts}) < 2:
        return parts
    net = new.mrr - old.mrr
    if net == 0:
        return []
    direction = 1 if net > 0 else -1
    main = max(parts, key=lambda part: (part[2] - part[1]) * direction)
    return [(main[0], old.mrr, new.mrr)]


class MovementFinder:
    """Brute force over one customer: compares each day of change with the day before."""

    def __init__(
        self, customer: Customer, lines: list[ItemLine], shares: dict[str, list[tuple[int, Shares]]]
    ) -> None:
        self._customer = customer
        self._chains = build_chains(lines)
        self._shares = shares
        self._held: set[str] = set()
        self._ever_active = False

    def rows(self) -> list[tuple[object, ...]]:
        """Rows of truth movements, in order of date."""
        days = {day for chain in self._chains for day in chain.days}
        days.update(day for changes in self._shares.values() for day, _ in changes)
        return [row for day in sorted(days) for row in self._day(day)]

    def _shares_on(self, sub: Subscription, day: int) -> Shares:
        found = DIRECT
        for since, shares in self._shares[sub.id]:
            if since <= day:
                found = shares
        return found

    def _day(self, day: int) -> Iterator[tuple[object, ...]]:
        pairs = [(chain.at(day - 1), chain.at(day)) for chain in self._chains]
        active_before = any(old is not None and old.state for old, _ in pairs)
        active_after = any(new is not None and new.state for _, new in pairs)
        products: set[str] = set()
        for old, new in pairs:
            if new is None:
                continue
            if old is not None and old.state is not None:
                yield from self._transfers(day, old, new)
            if new.state is not None:
                products.add(new.state.step.price.product.id)
            yield from self._chain_rows(day, old, new, active_before, active_after)
        self._held |= products
        self._ever_active = self._ever_active or active_after

    def _transfers(self, day: int, old: Entry, new: Entry) -> Iterator[tuple[object, ...]]:
        assert old.state is not None
        before, after = self._shares_on(old.sub, day - 1), self._shares_on(new.sub, day)
        if before == after:
            return
        moved = {name for name, _ in before} != {name for name, _ in after}
        reason = "change_of_record" if moved else "split_change"
        was, now = allocate(old.state.mrr, before), allocate(old.state.mrr, after)
        for partner in sorted(was.keys() | now.keys()):
            amount = now.get(partner, 0) - was.get(partner, 0)
            if amount:
                kind = "transfer_in" if amount > 0 else "transfer_out"
                yield self._row(day, partner, old.state, kind, reason, amount)

    def _chain_rows(
        self, day: int, old: Entry | None, new: Entry, active_before: bool, active_after: bool
    ) -> Iterator[tuple[object, ...]]:
        was = old.state if old is not None else None
        now = new.state
        if was is None and now is not None:
            movement, reason = self._start(day, old, new, now, active_before)
            parts = [(movement, (reason, 0, now.mrr))]
        elif was is not None and now is None:
            movement = "contraction" if active_after else "churn"
            reason = _end_reason(new.sub, day, not active_after)
            parts = [(movement, (reason, was.mrr, 0))]
        elif was is not None and now is not None:
            changes = _change_parts(was, now)
            parts = [
                ("expansion" if part[2] > part[1] else "contraction", part) for part in changes
            ]
        else:
            return
        shown = now or was
        assert shown is not None
        shares = self._shares_on(new.sub, day)
        for movement, (reason, before, after) in parts:
            stock_before, stock_after = allocate(before, shares), allocate(after, shares)
            for partner, amount in stock_after.items():
                if amount != stock_before[partner]:
                    change = amount - stock_before[partner]
                    yield self._row(day, partner, shown, movement, reason, change)

    def _start(
        self, day: int, old: Entry | None, new: Entry, now: State, active_before: bool
    ) -> tuple[str, str]:
        if active_before:
            held = now.step.price.product.id in self._held
            return "expansion", "quantity" if held else "cross_sell"
        if not self._ever_active:
            trial = new.sub.trial
            converted = trial is not None and local_day(trial[1]) == day
            return "new", "trial_conversion" if converted else "land"
        resumed = old is not None and status_on(old.sub, day - 1)[0] == "paused"
        return "reactivation", "resume" if resumed else "won_back"

    def _row(
        self, day: int, partner: str, state: State, movement: str, reason: str, amount: int
    ) -> tuple[object, ...]:
        product = state.step.price.product.id
        currency = self._customer.currency.upper()
        return (day, self._customer.id, partner, product, currency, movement, reason, amount)
